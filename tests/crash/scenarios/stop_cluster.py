from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="stop-cluster", params={"cluster": "demo"}, world={"clusters": [{"name": "demo"}]}
)
