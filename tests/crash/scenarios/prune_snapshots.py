from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="prune-snapshots",
    params={"clusters": "demo", "keep_daily": "1", "keep_weekly": "0", "keep_monthly": "0"},
    world={
        "clusters": [{"name": "demo"}],
        "snapshots": [
            {"name": f"rb-{day:04}", "cluster": "demo", "started": f"2026-01-{day:02}T01:00:00Z"}
            for day in (1, 2, 3)
        ],
    },
)
