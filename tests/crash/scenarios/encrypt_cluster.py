from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="encrypt-cluster",
    params={"cluster": "demo", "key_id": "k1", "key_name": "mine"},
    world={"clusters": [{"name": "demo"}], "durations": {"encrypt": 120}},
)
