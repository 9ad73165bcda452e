from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="create-logical-cluster",
    params={"cluster": "big", "name": "three", "nodes": "3"},
    world={
        "clusters": [{"name": "big", "nodes": 9, "logical_clusters": {"one": 1, "two": 1}}],
        "durations": {"lc_create": 60},
    },
)
