from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="lift-read-only",
    params={"cluster": "demo"},
    world={"clusters": [{"name": "demo", "sub_status": "READONLY"}]},
)
