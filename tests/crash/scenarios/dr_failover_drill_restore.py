from dataclasses import replace

from tests.crash.scenarios.dr_failover_drill import SCENARIO as SWITCHOVER

SCENARIO = replace(
    SWITCHOVER,
    params={"pair": "pair-1", "mode": "restore"},
    world={
        **SWITCHOVER.world,
        "snapshots": [{"name": "nightly", "cluster": "near", "type": "AUTOMATED"}],
    },
)
