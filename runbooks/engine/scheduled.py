"""
One run of a runbook at a time of its trigger, as a deployment of Prefect starts it.

The run is the engine's: its id is made from the runbook and the time, so that the same time
started twice is one run. What Prefect keeps of it are the parameters, which hold no secret.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed

from dws import clock
from runbooks.engine.console.mistaken import Told
from runbooks.engine.console.refused import nothing_done
from runbooks.engine.console.running import carried_out, ending_on_sigterm
from runbooks.engine.console.screen import Served
from runbooks.engine.journal import digest
from runbooks.engine.parameters import Typed

LATEST = timedelta(hours=1)
"""A time that was missed by more is left out, unless each is to be carried out."""


class NotDone(Exception):
    """A run of a trigger did not reach its end; the message says why, and how to go on."""


@flow(name="scheduled", retries=0, persist_result=False)
def run_scheduled(
    runbook: str, trigger: int, account: str, params: dict[str, Any], *, each: bool
) -> State[Any]:
    """
    Run a runbook of the shelf, or go on with its run of that time.

    Args:
        runbook: Its name, or its file.
        trigger: Which of its triggers, from 1.
        params: All that the trigger, and whoever serves it, tell.
        each: Whether a time is carried out however late it is.

    Raises:
        NotDone: The run was refused, failed, or was interrupted.
    """
    due: datetime = flow_run.scheduled_start_time
    late = clock.wall() - due
    if late > LATEST and not each:
        return Cancelled(message=f"left out: {late.total_seconds() / 3600:.1f} h too late")
    run_id = run_id_at(runbook, trigger, account, due)
    screen = Served(run_id)
    given = {name: Typed(value, f"trigger {trigger}") for name, value in params.items()}
    # Ctrl-C on the terminal is for the process that serves, which ends this one by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _told_to_prefect(screen), ending_on_sigterm(), nothing_done():
        code = carried_out(
            runbook, given, account=account, mode="live", run_id=run_id, screen=screen
        )
    if code:
        raise NotDone(f"run {run_id} ended with exit code {code}: runbook report {run_id}")
    return Completed(message=f"run {run_id}: done")


def run_id_at(runbook: str, trigger: int, account: str, due: datetime) -> str:
    """The id of the run at a time: ``20261121-2200-backup-then-delete-7f3a90c1``, in UTC."""
    told = due.astimezone(UTC)
    name = re.sub(r"[^A-Za-z0-9_-]", "-", Path(runbook).stem)[:40].rstrip("-")
    mark = digest([runbook, trigger, account, told.isoformat()])[:8]
    return f"{told:%Y%m%d-%H%M}-{name}-{mark}"


@contextmanager
def _told_to_prefect(screen: Served) -> Iterator[None]:
    try:
        yield
    except Told as error:
        for problem in error.problems:
            screen.say(f"error: {problem}")
        raise NotDone("; ".join(error.problems)) from None
