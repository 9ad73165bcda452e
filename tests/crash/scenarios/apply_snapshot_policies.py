from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="apply-snapshot-policies",
    params={
        "cluster": "demo",
        "keep_days": "9",
        "remove_others": "true",
        "policies": '[{"name": "nightly", "schedule": "0 0 2 * * ?"}, '
        '{"name": "hourly", "schedule": "0 30 * ? * *", "type": "increment"}]',
    },
    world={"clusters": [{"name": "demo"}]},
    speed=60,
)
