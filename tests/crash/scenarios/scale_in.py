from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="scale-in",
    params={"cluster": "demo", "nodes": "3"},
    world={"clusters": [{"name": "demo", "nodes": 9}], "durations": {"shrink": 600}},
)
