"""Every procedure killed with -9, finished by a second run; `python -m tests.crash` does more."""

from __future__ import annotations

import pkgutil
import random
from collections.abc import Iterator

import pytest

import flows
from runbooks.engine.actions import action_named
from tasks.action import Effect
from tests.crash.scenarios import Scenario, scenarios
from tests.crash.trial import Nursery, killed, undisturbed

pytestmark = pytest.mark.usefixtures("prefect_server")

SCENARIOS = scenarios()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery.open() as opened:
        yield opened


def test_every_flow_that_changes_anything_has_a_scenario() -> None:
    names = {module.name for module in pkgutil.iter_modules(flows.__path__) if not module.ispkg}
    changing = {name for name in names if action_named(name).effect is not Effect.READ}

    assert changing <= set(SCENARIOS)


@pytest.mark.parametrize("name", [name for name, one in SCENARIOS.items() if one.is_quick])
def test_a_killed_run_ends_as_an_undisturbed_one(nursery: Nursery, name: str) -> None:
    scenario: Scenario = SCENARIOS[name]
    whole = undisturbed(nursery, scenario)
    at = random.Random(name).randrange(whole.requests)

    outcome = killed(nursery, scenario, at)

    assert whole.code == scenario.exit_code, whole.printed
    assert outcome.code == scenario.exit_code, outcome.printed
    assert outcome.was_killed
    assert outcome.world == whole.world
