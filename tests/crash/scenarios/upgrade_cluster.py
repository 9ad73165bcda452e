from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="upgrade-cluster",
    params={"cluster": "demo", "version": "8.3.0.100", "confirm": "true"},
    world={
        "clusters": [{"name": "demo"}],
        "durations": {"snapshot": "PT3M", "upgrade": "PT4M"},
    },
)
