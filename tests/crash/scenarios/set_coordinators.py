from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="set-coordinators",
    params={"cluster": "demo", "coordinators": "5"},
    world={"clusters": [{"name": "demo", "nodes": 6}]},
)
