from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="dr-recover",
    params={"pair": "pair-1", "wipe": "near"},
    world={
        "clusters": [{"name": "near"}, {"name": "far"}],
        "disaster_recoveries": [
            {
                "name": "pair-1",
                "primary": "far",
                "standby": "near",
                "status": "abnormal",
                "sync_period": "9d",
                "failed_over": True,
            }
        ],
    },
)
