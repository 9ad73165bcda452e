from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="scale-out-with-redistribution",
    params={"cluster": "demo", "nodes": "6"},
    world={
        "clusters": [{"name": "demo"}],
        "durations": {"snapshot": 200, "grow": 600, "redistribute": 600},
    },
)
