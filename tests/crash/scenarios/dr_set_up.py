from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="dr-set-up",
    params={"primary": "near", "standby": "far", "name": "pair-1", "sync_period": "1d"},
    world={"clusters": [{"name": "near"}, {"name": "far"}]},
)
