from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="apply-tags",
    params={"tag": "env=test", "tags": '{"env": "prod", "a": "1"}', "absent": "old"},
    world={
        "clusters": [
            {"name": "demo", "tags": {"env": "test", "old": "1"}},
            {"name": "other", "tags": {"env": "test", "more": "2"}},
        ]
    },
)
