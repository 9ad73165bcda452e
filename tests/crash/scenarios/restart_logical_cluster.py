from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="restart-logical-cluster",
    params={"cluster": "big", "name": "two"},
    world={
        "clusters": [{"name": "big", "nodes": 9, "logical_clusters": {"one": 1, "two": 1}}],
        "durations": {"lc_restart": 30},
    },
)
