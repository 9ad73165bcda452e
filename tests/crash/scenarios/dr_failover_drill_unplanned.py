from dataclasses import replace

from tests.crash.scenarios.dr_failover_drill import SCENARIO as SWITCHOVER

SCENARIO = replace(
    SWITCHOVER,
    params={**SWITCHOVER.params, "mode": "failover", "outage_within": "PT3H"},
    world={
        **SWITCHOVER.world,
        "clusters": [{"name": "near", "breaks_after": "PT50M"}, {"name": "far"}],
        "durations": {"dr_switch": "PT3M", "dr_repair": "PT5M", "dr_recover": "PT5M"},
    },
)
