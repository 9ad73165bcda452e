from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="dr-tear-down",
    params={"pair": "pair-1"},
    world={
        "clusters": [{"name": "near"}, {"name": "far"}],
        "disaster_recoveries": [
            {"name": "pair-1", "primary": "near", "standby": "far", "sync_period": "9d"}
        ],
    },
)
