from dws.emulator.data_plane import DEFAULT_PASSWORD
from tests.crash.scenarios import Scenario

SEED = "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 99)"

SCENARIO = Scenario(
    runbook="dr-failover-drill",
    params={
        "pair": "pair-1",
        "mode": "switchover",
        "primary": "far",
        "canary_every": "PT30S",
        "warm_up": "PT1M",
    },
    world={
        "clusters": [{"name": "near", "sql": SEED}, {"name": "far"}],
        "disaster_recoveries": [
            {"name": "pair-1", "primary": "near", "standby": "far", "sync_period": "9d"}
        ],
        "durations": {"dr_switch": "PT3M"},
    },
    speed=300.0,
    data_plane="postgres",
    environment={"DWS_DATABASE_PASSWORD": DEFAULT_PASSWORD},
)
