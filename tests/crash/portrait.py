"""A world as one can compare it with another: without ids and times."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

LEFT_OUT = frozenset({"Token", "Event", "Seat", "Unmade"})
"""Kinds of records that tell of requests, of time and of this machine, not of the world."""
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d{8}_\d{6}")
_MADE_UP = re.compile(r"\d{8}_\d{6}-\d+")
"""What the names of automated snapshots end in: a time, and a number."""
_EPOCH = 1e9
"""Numbers above are times."""


def portrait(state_file: Path, varies: Collection[str] = ()) -> list[str]:
    """
    Every record of a world, one line each, sorted; ids are told by the kind of what they name.

    Args:
        state_file: As an emulator has left it.
        varies: Names of fields to leave out.
    """
    with closing(sqlite3.connect(state_file)) as file:
        rows = file.execute("SELECT kind, id, content FROM records ORDER BY rowid").fetchall()
    kept = [(kind, id_, json.loads(content)) for kind, id_, content in rows if kind not in LEFT_OUT]
    named = dict(_named(kept))
    return sorted(
        f"{kind} {json.dumps(_plain(content, named, varies), sort_keys=True)}"
        for kind, _, content in kept
    )


def _named(kept: list[tuple[str, str, Any]]) -> Iterator[tuple[str, str]]:
    # Not numbered: the order of what is done at once may differ.
    for kind, id_, content in kept:
        yield id_, f"<{kind} {content.get('name') or ''}>"


def _plain(value: Any, named: dict[str, str], varies: Collection[str]) -> Any:
    match value:
        case dict():
            return {
                _text(key, named): _plain(item, named, varies)
                for key, item in value.items()
                if key not in varies
            }
        case list():
            return [_plain(item, named, varies) for item in value]
        case str():
            return _text(value, named)
        case bool() | None:
            return value
        case int() | float():
            return "time" if value > _EPOCH else value
    raise TypeError(value)


def _text(text: str, named: dict[str, str]) -> str:
    if text in named:
        return _MADE_UP.sub("<time>", named[text])
    if _TIME.match(text):
        return "time"
    plain = _ID.sub(lambda found: named.get(found[0], "<id>"), text)
    return _MADE_UP.sub("<time>", plain)
