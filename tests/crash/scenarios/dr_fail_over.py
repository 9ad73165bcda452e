from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="dr-fail-over",
    params={"pair": "pair-1", "primary": "far"},
    world={
        "clusters": [{"name": "near", "status": "UNAVAILABLE"}, {"name": "far"}],
        "disaster_recoveries": [
            {"name": "pair-1", "primary": "near", "standby": "far", "status": "abnormal"}
        ],
        "durations": {"dr_repair": "P9D"},  # beyond the end of each trial
    },
)
