from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="expand-disks",
    params={"cluster": "demo", "size_gb": "200"},
    world={"clusters": [{"name": "demo", "node_type": "dwsx2.xlarge"}]},
)
