from tests.conftest import DEMO
from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="backup-then-delete",
    params={"cluster": "demo", "give_up": "weekly"},
    world=DEMO,
)
