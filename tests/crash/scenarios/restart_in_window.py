from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="restart-in-window",
    params={"cluster": "demo", "window": "00:00-00:00"},
    world={"clusters": [{"name": "demo"}]},
)
