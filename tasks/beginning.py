"""Asking for a change whose answer may get lost: look, act, look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from dws import clock
from dws.errors import Conflict, RequestFailed, ServerFault, Unreachable
from tasks.run import Run, Stopped

T = TypeVar("T")

REFUSED = "refused"

ATTEMPTS = 3
"""How often a change is asked for whose effect was looked for and not found."""
LOOKS = 6
LOOK_EVERY_S = 10.0
"""For how long what was begun is looked for: lists lag behind."""


def was_asked(run: Run, what: str) -> bool:
    """Whether this run, or an earlier attempt of it, may have asked for it; not if refused."""
    is_refused = run.recall_latest(_answer(what)) == REFUSED
    return run.recall(f"asked for {what}") is not None and not is_refused


async def begin(
    run: Run,
    what: str,
    *,
    before: Callable[[], Awaitable[None]],
    act: Callable[[], Awaitable[object]],
    look: Callable[[], Awaitable[T | None]],
) -> T:
    """
    Begin something that has a name of its own, and answer what there is of it then.

    An act whose outcome is unknown is followed by looking, and repeated only when nothing
    showed up: what it began is adopted. That it is asked for is remembered before, and where it
    was refused, that too: what has the name later is another's. What an earlier attempt had asked
    for may show up late, and is given a minute before it is asked for again.

    Args:
        what: What is begun, e.g. ``snapshot rb-0123``; at most 100 characters.
        before: Is called before each act: waits until it is possible, makes sure it is allowed.
        act: Asks for it, once.
        look: Finds it; None if it is not there.

    Raises:
        RequestFailed, Unreachable: It was refused, or not taken in three attempts.
        Stopped: It was accepted, and does not show up.
    """
    asked = was_asked(run, what)
    found = await _appears(look, LOOKS) if asked else None
    for attempt in range(1, ATTEMPTS + 1):
        if found is not None:
            return found
        await before()
        # It may have shown up while that took its time.
        if asked and (found := await look()) is not None:
            return found
        run.remember(f"asked for {what}", attempt)
        run.remember_latest(_answer(what), "none yet")
        try:
            await act()
        except (RequestFailed, Unreachable) as error:
            # What is refused for good at the first time of asking was begun by nobody of ours:
            # a thing of that name is another's.
            asked = asked or may_pass(error)
            found = await _appears(look, LOOKS if may_pass(error) else 1) if asked else None
            if found is None and not may_pass(error):
                run.remember_latest(_answer(what), REFUSED)
            if found is None and (attempt == ATTEMPTS or not may_pass(error)):
                raise
        else:
            found = await _appears(look, LOOKS)
            if found is None:
                raise Stopped(f"{what} was accepted, and does not show up; look for it by hand")
    if found is None:
        raise AssertionError("the last attempt answers or raises")
    return found


def may_pass(error: RequestFailed | Unreachable) -> bool:
    """Whether the same request may do better later: what is refused for good may not."""
    return isinstance(error, Conflict | ServerFault | Unreachable)


async def _appears(look: Callable[[], Awaitable[T | None]], looks: int) -> T | None:
    for remaining in reversed(range(looks)):
        if (found := await look()) is not None:
            return found
        if remaining:
            await clock.sleep(LOOK_EVERY_S)
    return None


def _answer(what: str) -> str:
    return f"answer to {what}"
