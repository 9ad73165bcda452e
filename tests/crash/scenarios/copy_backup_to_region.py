from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="copy-backup-to-region",
    params={
        "cluster": "demo",
        "region": "eu-nl",
        "project_id": "9bc552e6-19af-4326-800d-281a92984637",
        "snapshot": "newest",
    },
    world={
        "clusters": [{"name": "demo"}],
        "snapshots": [{"name": "auto-1", "cluster": "demo", "type": "AUTOMATED"}],
        "durations": {"copy_abroad": "P1D"},  # it is not waited for
    },
)
