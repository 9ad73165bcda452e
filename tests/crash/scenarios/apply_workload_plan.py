from tests.crash.scenarios import Scenario

# On a day that comes once in four years: no stage begins while a run is tried.
_STAGE = (
    '{{"name": "{}", "months": "2", "days": "29", "start": "{}", "end": "{}",'
    ' "pools": [{{"pool": "etl", "cpu_share": 30}}]}}'
)
_STAGES = [
    _STAGE.format("early", "00:00:00", "12:00:00"),
    _STAGE.format("late", "12:00:00", "00:00:00"),
]

SCENARIO = Scenario(
    runbook="apply-workload-plan",
    params={
        "cluster": "demo",
        "plan": "daily",
        "pools": '[{"name": "etl"}]',
        "stages": f"[{', '.join(_STAGES)}]",
    },
    world={"clusters": [{"name": "demo"}]},
)
