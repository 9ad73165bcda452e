from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="rebalance-cluster",
    params={"cluster": "demo"},
    world={"clusters": [{"name": "demo", "sub_status": "UNBALANCED"}]},
)
