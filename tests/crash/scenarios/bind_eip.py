from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="bind-eip",
    params={"cluster": "demo", "eip": "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983"},
    world={"clusters": [{"name": "demo"}], "durations": {"bind_eip": 30}},
)
