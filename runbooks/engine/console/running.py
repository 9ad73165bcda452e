"""What ``runbook run`` and ``runbook resume`` do."""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from filelock import FileLock, Timeout

from runbooks.command.deferred import deferred
from runbooks.engine.console.mistaken import REFUSED, Told
from runbooks.engine.console.planning import made, ordered
from runbooks.engine.console.records import story_of
from runbooks.engine.console.refused import INTERRUPTED, nothing_done
from runbooks.engine.console.screen import Screen
from runbooks.engine.journal import Journal, TakenOver
from runbooks.engine.mistakes import BadInput
from runbooks.engine.order import Order, valid_run_id
from runbooks.engine.parameters import Given, resolved, told
from runbooks.engine.report import written
from runbooks.engine.story import Story
from runbooks.engine.walk import BUG, LEFT
from runbooks.engine.window import closed_now
from runbooks.server import ServerFailed, use_prefect
from tasks.places import state_folder
from tasks.store import database


def run(  # noqa: PLR0913 - one for each option
    name: str,
    pairs: Sequence[str],
    file: str | None,
    *,
    account: str,
    mode: str,
    run_id: str | None,
    outside_window: str,
    screen: Screen,
) -> int:
    """Run a runbook, or go on with the run of that id; answers the exit code."""
    with ending_on_sigterm(), screen.ending_told(), nothing_done():
        return carried_out(
            name,
            told(pairs, file),
            account=account,
            mode=mode,
            run_id=run_id,
            outside_window=outside_window,
            screen=screen,
        )


def carried_out(  # noqa: PLR0913 - one for each option
    name: str,
    given: Mapping[str, Given],
    *,
    account: str,
    mode: str,
    run_id: str | None,
    screen: Screen,
    outside_window: str = "",
) -> int:
    """
    Run a runbook, or go on with the run of that id; answers the exit code.

    Args:
        outside_window: Why it is begun outside of its window; empty if it must not be.

    Raises:
        Told: It was not begun.
        Exception: What `nothing_done` turns into that.
    """
    if run_id is not None and (story := _story(valid_run_id(run_id))):
        _same(story, name, given, account=account, mode=mode)
        return _gone_on(story.run_id, screen)
    order = ordered(name, given, account=account, mode=mode, run_id=run_id)
    return _begun(replace(order, outside_window=outside_window), screen)


def resume(run_id: str, *, screen: Screen) -> int:
    """Go on with a run; answers the exit code."""
    with ending_on_sigterm(), screen.ending_told(), nothing_done():
        return _gone_on(story_of(run_id).run_id, screen)


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Being told to end is the same as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _story(run_id: str) -> Story | None:
    records = Journal(database()).records(run_id)
    return Story(records) if records else None


def _same(story: Story, name: str, given: Mapping[str, Given], *, account: str, mode: str) -> None:
    """
    Make sure that what is asked for is what the run was begun with.

    Raises:
        BadInput: It is something else.
    """
    order = story.order()
    loaded = order.loaded.runbook
    if name not in {loaded.metadata.name, order.loaded.document.file}:
        raise BadInput([f"run {story.run_id} is one of {loaded.metadata.name}, not of {name}"])
    asked = {**resolved(loaded, given), "--account": account, "--mode": mode}
    begun = {**order.params, "--account": order.account, "--mode": order.mode}
    problems = [
        f"{key}: run {story.run_id} was begun with {begun[key]!r}, not {asked[key]!r}; "
        "go on with `runbook resume`, or choose a new --run-id"
        for key in asked
        if asked[key] != begun[key]
    ]
    if problems:
        raise BadInput(problems)


def _begun(order: Order, screen: Screen) -> int:
    policy = order.loaded.runbook.policy
    if policy and not order.outside_window and (why := closed_now(policy.window)):
        cure = "begin it then, or with --outside-window --reason TEXT; nothing was changed"
        raise Told([f"{order.loaded.runbook.metadata.name} is {why}: {cure}"], REFUSED)
    with _alone(order.run_id):
        planned = made(order)
        screen.planned(planned)
        if planned.steps_block:  # what the preflight finds is for the journal: the run tells it
            raise Told([*planned.blocks, "nothing was changed"], REFUSED)
        use_prefect(screen.say)
        begin = deferred("runbooks.engine.run:begin")
        return _walked(order.run_id, lambda: begin(order, planned.hash), screen)


def _gone_on(run_id: str, screen: Screen) -> int:
    with _alone(run_id):
        story = Story(Journal(database()).records(run_id))
        if story.is_finished:
            screen.say(f"run {run_id} has ended before: {story.status}; nothing was changed")
            return screen.ended(story, written(story))
        screen.say(f"going on with run {run_id}")
        use_prefect(screen.say)
        go_on = deferred("runbooks.engine.run:go_on")
        return _walked(run_id, lambda: go_on(story), screen)


def _walked(run_id: str, walk: Callable[[], Coroutine[Any, Any, None]], screen: Screen) -> int:
    watched_by = deferred("runbooks.engine.run:watched_by")
    failure: BaseException | None = None
    try:
        with screen.watching() as watcher, watched_by(watcher):
            asyncio.run(walk())
    except BaseException as error:  # noqa: BLE001 - how a run ended is in its journal
        failure = error
    story = _story(run_id)
    if story is None or story.end is None:
        raise _unrecorded(run_id, failure, screen)
    if story.exit_code == BUG and failure is not None:
        screen.say(f"this is a mistake of the program; traceback: {_logged(run_id, failure)}")
        screen.trace(failure)
    return screen.ended(story, written(story))


def _unrecorded(run_id: str, failure: BaseException | None, screen: Screen) -> Told:
    """Nothing tells how the run ended: another process has it, or Prefect let us down."""
    told = f"run {run_id}: {failure or 'ended, and wrote nothing down'}"
    if failure is not None and not isinstance(failure, Exception):
        told = f"run {run_id}: interrupted; go on with: runbook resume {run_id}"
        return Told([told], INTERRUPTED)
    if isinstance(failure, ServerFailed | TakenOver):
        return Told([f"{told}; go on with: runbook resume {run_id}"], LEFT)
    if failure is not None:
        screen.trace(failure)
        told += f"; the traceback is in {_logged(run_id, failure)}"
    return Told([f"{told}; go on with: runbook resume {run_id}"], BUG)


def _logged(run_id: str, failure: BaseException) -> str:
    folder = state_folder() / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{run_id}.log"
    with file.open("a", encoding="utf-8") as log:
        log.writelines(traceback.format_exception(failure))
    return str(file)


@contextmanager
def _alone(run_id: str) -> Iterator[None]:
    """No second process on this machine works at the same run."""
    folder = state_folder() / "running"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(folder / f"{run_id}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Told([f"run {run_id} is at work in another process"], REFUSED) from None
    try:
        yield
    finally:
        lock.release()
