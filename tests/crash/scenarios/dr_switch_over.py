from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="dr-switch-over",
    params={"pair": "pair-1", "primary": "far"},
    world={
        "clusters": [{"name": "near"}, {"name": "far"}],
        "disaster_recoveries": [
            {"name": "pair-1", "primary": "near", "standby": "far", "sync_period": "9d"}
        ],
    },
)
