"""Production breaks by the wall clock, late enough for a busy machine: for the sweep alone."""

from dataclasses import replace

from tests.crash.scenarios.dr_failover_drill import SCENARIO as SWITCHOVER

SCENARIO = replace(
    SWITCHOVER,
    params={**SWITCHOVER.params, "mode": "failover", "outage_within": "PT6H"},
    world={
        **SWITCHOVER.world,
        "clusters": [{"name": "near", "breaks_after": "PT75M"}, {"name": "far"}],
        "durations": {"dr_switch": "PT3M", "dr_repair": "PT5M", "dr_recover": "PT5M"},
    },
    is_quick=False,
)
