from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="bind-elb",
    params={"cluster": "demo", "elb": "elb-dws-1"},
    world={"clusters": [{"name": "demo"}], "durations": {"bind_elb": 30}},
)
