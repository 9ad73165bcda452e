from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="bind-domain",
    params={"cluster": "demo", "type": "private", "domain": "sales"},
    world={"clusters": [{"name": "demo"}], "durations": {"domain": 30}},
)
