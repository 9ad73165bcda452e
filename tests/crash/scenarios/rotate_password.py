from dws.emulator.data_plane import DEFAULT_PASSWORD
from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="rotate-password",
    params={"cluster": "demo"},
    world={"clusters": [{"name": "demo"}]},
    data_plane="postgres",
    environment={
        "DWS_DATABASE_PASSWORD": DEFAULT_PASSWORD,
        "DWS_DATABASE_NEW_PASSWORD": "Rotated-4711-Key",
    },
    varies={"passwords": "each is kept with a salt of chance"},
)
