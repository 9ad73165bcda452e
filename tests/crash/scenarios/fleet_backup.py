from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="fleet-backup",
    params={"tag": "env=prod", "max_parallel": "2"},
    world={"clusters": [{"name": "dws-{n}", "count": 3, "tags": {"env": "prod"}}]},
    varies={"number": "counts the tasks of all clusters, in whichever order they began"},
)
