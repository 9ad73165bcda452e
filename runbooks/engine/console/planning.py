"""What ``runbook plan`` does, and what ``run`` does before it runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence

import click

from runbooks.engine import plan_text
from runbooks.engine.access import looking
from runbooks.engine.check import sound
from runbooks.engine.console.mistaken import REFUSED
from runbooks.engine.console.refused import nothing_done
from runbooks.engine.fit import fitting
from runbooks.engine.load import document_of
from runbooks.engine.order import Order, new_run_id, valid_run_id
from runbooks.engine.parameters import Given, resolved, told
from runbooks.engine.plan import Plan, plan
from runbooks.engine.shelf import found


def show_plan(  # noqa: PLR0913 - one for each option
    name: str,
    pairs: Sequence[str],
    file: str | None,
    *,
    account: str,
    mode: str,
    run_id: str | None,
    as_json: bool,
) -> int:
    """Make a plan and print it; answers the exit code."""
    with nothing_done():
        given = told(pairs, file)
        planned = made(ordered(name, given, account=account, mode=mode, run_id=run_id))
    if as_json:
        click.echo(json.dumps(plan_text.told(planned), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(plan_text.lines(planned)))
    return REFUSED if planned.blocks else 0


def ordered(
    name: str, given: Mapping[str, Given], *, account: str, mode: str, run_id: str | None
) -> Order:
    """
    What is asked for, by a runbook of the shelf.

    Raises:
        Unsound: The runbook has mistakes.
        BadInput: There is no such runbook, or its parameters or the run's id do not fit.
    """
    loaded = sound(document_of(found(name)))
    params = resolved(loaded.runbook, given)
    known = valid_run_id(run_id) if run_id else new_run_id(loaded.runbook.metadata.name)
    order = Order(loaded, params, account, mode, known)
    fitting(loaded.runbook, order.params, order.run)
    return order


def made(order: Order) -> Plan:
    """The plan of what is asked for. Raises as `runbooks.engine.plan.plan`, or `BadSetting`."""
    return asyncio.run(_made(order))


async def _made(order: Order) -> Plan:
    async with looking(order.account) as client:
        return await plan(order, client)
