"""What every procedure tells a person before it is run."""

from __future__ import annotations

import inspect
import pkgutil
from typing import Any

import pytest

import flows
from dws.waiters import waiters
from runbooks.engine.actions import action_named
from runbooks.engine.shelf import files
from tasks.action import Effect

FLOWS = sorted(module.name for module in pkgutil.iter_modules(flows.__path__) if not module.ispkg)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_tells_what_it_does_and_what_to_do_half_way(name: str) -> None:
    briefing = action_named(name).briefing

    assert briefing is not None
    assert all([briefing.changes, briefing.interrupts, briefing.by_hand])
    assert set(briefing.waits) <= set(waiters())


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_has_a_runbook_of_its_name(name: str) -> None:
    assert name.replace("_", "-") in files()


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_takes_what_it_declares(name: str) -> None:
    action = action_named(name)
    flow: Any = action.load()
    taken = set(inspect.signature(flow.fn).parameters) - {"account", "run_id"}

    assert taken == set(action.inputs.model_fields)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_that_changes_anything_can_be_foreseen(name: str) -> None:
    action = action_named(name)

    assert action.effect is Effect.READ or action.preview is not None
