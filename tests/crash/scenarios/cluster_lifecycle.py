from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="cluster-lifecycle",
    params={
        "name": "dws-demo",
        "vpc_id": "219ab8a0-1272-4049-a383-8ad0b770fa11",
        "subnet_id": "d23ef2e9-8b90-49b3-bc4a-fd7d6bea6bec",
        "security_group_id": "12e3c23a-8710-4b75-95e4-5c8d7f68ef3c",
    },
    world={},
    varies={"passwords": "the administrator's is made up by each run"},
)
