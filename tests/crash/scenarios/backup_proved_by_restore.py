from dws.emulator.data_plane import DEFAULT_PASSWORD
from tests.crash.scenarios import Scenario

SEED = "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 99)"

SCENARIO = Scenario(
    runbook="backup-then-delete",
    params={"cluster": "demo", "proof": "restore", "give_up": "weekly"},
    world={
        "clusters": [{"name": "demo", "data_gb": 120, "sql": SEED}],
        "snapshots": [{"name": "weekly", "cluster": "demo", "type": "MANUAL"}],
    },
    speed=300.0,
    data_plane="postgres",
    environment={"DWS_DATABASE_PASSWORD": DEFAULT_PASSWORD},
)
