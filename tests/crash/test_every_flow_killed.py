"""Every procedure killed with -9, finished by a second run; `python -m tests.crash` does more."""

from __future__ import annotations

import pkgutil
import random
from collections.abc import Iterator
from functools import cache

import pytest

import flows
from runbooks.engine.actions import action_named
from tasks.action import Effect
from tests.crash.scenarios import Scenario, scenarios
from tests.crash.trial import Nursery, Outcome, killed, undisturbed

pytestmark = pytest.mark.usefixtures("prefect_server")

SCENARIOS = scenarios()
MOMENTS = 2
"""How often each is killed here."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery.open() as opened:
        yield opened


@cache
def _whole(nursery: Nursery, name: str) -> Outcome:
    return undisturbed(nursery, SCENARIOS[name])


def test_every_flow_that_changes_anything_has_a_scenario() -> None:
    names = {module.name for module in pkgutil.iter_modules(flows.__path__) if not module.ispkg}
    changing = {name for name in names if action_named(name).effect is not Effect.READ}

    assert changing <= set(SCENARIOS)


@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("name", [name for name, one in SCENARIOS.items() if one.is_quick])
def test_a_killed_run_ends_as_an_undisturbed_one(nursery: Nursery, name: str, moment: int) -> None:
    scenario: Scenario = SCENARIOS[name]
    whole = _whole(nursery, name)
    at = random.Random(f"{name} {moment}").randrange(whole.requests)

    outcome = killed(nursery, scenario, at)

    assert whole.code == scenario.exit_code, whole.printed
    assert outcome.code == scenario.exit_code, outcome.printed
    assert outcome.was_killed
    assert outcome.world == whole.world
