from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="change-flavor",
    params={"cluster": "demo", "flavor": "dwsx2.2xlarge"},
    world={
        "clusters": [{"name": "demo", "node_type": "dwsx2.xlarge"}],
        "durations": {"change_flavor": 600},
    },
)
