from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="apply-parameters",
    params={
        "cluster": "demo",
        "parameters": '{"max_connections": "1000", "password_min_length": "12"}',
        "restart": "true",
    },
    world={"clusters": [{"name": "demo"}]},
)
