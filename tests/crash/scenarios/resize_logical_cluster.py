from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="resize-logical-cluster",
    params={"cluster": "big", "name": "two", "nodes": "6"},
    world={
        "clusters": [{"name": "big", "nodes": 9, "logical_clusters": {"one": 1, "two": 1}}],
        "durations": {"lc_edit": 60},
    },
)
