from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="restore-tables",
    params={
        "snapshot": "weekly",
        "database": "sales",
        "tables": "public.orders=public.orders_before,public.items=public.items_before",
    },
    world={
        "clusters": [
            {"name": "demo", "databases": {"sales": {"public": ["orders", "items"]}}},
        ],
        "snapshots": [{"name": "weekly", "cluster": "demo"}],
    },
)
