"""A region made of timelines: what each cluster shows is told by the clock alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from dws import clock
from tests.dws.script import Told, refused, told

IDLE: dict[str, Any] = {"status": "AVAILABLE", "task_status": None}
Shown = dict[str, Any] | Told
"""Fields of a cluster or snapshot, or an answer in its place."""


def busy(task: str, percent: float | None = None) -> dict[str, Any]:
    """A cluster at work."""
    progress = {} if percent is None else {task: f"{percent:.0f}%"}
    return {"status": "AVAILABLE", "task_status": task, "action_progress": progress}


def growing(task: str, lasts: float, *, after: float = 0.0) -> Callable[[float], Shown]:
    """Work whose progress is told, and then idleness."""

    def at(now: float) -> Shown:
        done = (now - after) / lasts
        return busy(task, min(done, 0.99) * 100) if 0 <= done < 1 else IDLE

    return at


def phases(*told_from: tuple[float, Shown]) -> Callable[[float], Shown]:
    """What is shown from each moment on."""

    def at(now: float) -> Shown:
        return [shown for begins, shown in told_from if begins <= now][-1]

    return at


class Region:
    """
    Answers for clusters (``snapshots`` likewise) by id.

    Attributes:
        listed: Who appears in lists; all if None.
        list_answer: Given in place of a list.
        asked: ``list``, or the id of the one asked for.
        at: When each was asked for.
    """

    def __init__(self, what: str = "clusters", **items: Callable[[float], Shown]) -> None:
        self.items = items
        self.what = what
        self.listed: set[str] | None = None
        self.list_answer: Told | None = None
        self.asked: list[str] = []
        self.at: list[float] = []

    def __call__(self, request: httpx.Request) -> Told:
        _, _, name = request.url.path.partition(f"/{self.what}")
        name = name.strip("/")
        self.asked.append(name or "list")
        self.at.append(clock.now())
        return self._one(name) if name else self._all()

    def _one(self, name: str) -> Told:
        if name not in self.items:
            return refused(404, "DWS.0047")
        shown = self.items[name](clock.now())
        return shown if isinstance(shown, Told) else told(200, self._whole(name, shown))

    def _all(self) -> Told:
        if self.list_answer is not None:
            return self.list_answer
        found = []
        for name, at in self.items.items():
            shown = at(clock.now())
            if isinstance(shown, Told) or (self.listed is not None and name not in self.listed):
                continue
            found.append(self._fields(name, shown))
        return told(200, {self.what: found, "count": len(found)})

    def _whole(self, name: str, shown: dict[str, Any]) -> dict[str, Any]:
        return {self.what.removesuffix("s"): self._fields(name, shown)}

    def _fields(self, name: str, shown: dict[str, Any]) -> dict[str, Any]:
        return {"id": name, "name": name, "cluster_id": "c1", **shown}
