from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="start-cluster",
    params={"cluster": "demo"},
    world={"clusters": [{"name": "demo", "status": "STOPPED"}]},
)
