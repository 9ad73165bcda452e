"""
A cluster that a run makes under a name of its own choice, and may delete.

It is the run's own by the id that the answer told; where that is missing or got lost, by its name,
if it was asked for, was not refused, and was not there before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from dws.shapes import Cluster
from tasks import clusters
from tasks.beginning import begin, was_asked
from tasks.run import Run, Stopped


class Told(Protocol):
    """The answer to a creation or a restore."""

    @property
    def cluster_id(self) -> str | None:
        """The new cluster, if the answer tells it."""


async def made_cluster(
    run: Run,
    account: str,
    name: str,
    *,
    ask: Callable[[], Awaitable[Told]],
    ensure: Callable[[], None],
) -> str:
    """
    The id of the cluster that the run made under a name, once it is ready; makes it if need be.

    Args:
        ask: Asks for it, once.
        ensure: Is called before that: makes sure that the run holds its locks.

    Raises:
        Stopped: Another's has the name; or it was accepted, and does not show up.
        WaitFailed: It did not become ready.
        WaitTimedOut, RequestFailed, Unreachable: As of waits and calls.
    """

    async def before() -> None:
        ensure()
        if not was_asked(run, _what(name)):
            listed = (await clusters.list_clusters(account)).clusters
            run.remember_latest(_present(name), [item.id for item in listed])

    async def act() -> None:
        told = (await ask()).cluster_id
        if told is not None:
            run.remember_latest(_told_id(name), told)

    found = await _own(run, account, name)
    if found is None:
        found = await begin(
            run, _what(name), before=before, act=act, look=lambda: _own(run, account, name)
        )
        run.note("cluster begun", name=name, id=found.id)
    await clusters.wait_until_cluster_settled(account, cluster_id=found.id)
    return found.id


async def _own(run: Run, account: str, name: str) -> Cluster | None:
    """The cluster of that name; None if there is none, an error if it is not of this run."""
    listed = (await clusters.list_clusters(account)).clusters
    named = [item for item in listed if item.name == name and item.status != "DELETED"]
    for cluster in named:
        if not _is_own(run, name, cluster.id):
            raise Stopped(
                f"cluster {name} ({cluster.id}) was made by someone else meanwhile; it is left "
                "alone: begin a new run under another name"
            )
    return named[0] if named else None


def _is_own(run: Run, name: str, cluster_id: str) -> bool:
    told = run.recall_latest(_told_id(name))
    if told is not None:
        return bool(told == cluster_id)
    present = run.recall_latest(_present(name)) or ()
    return was_asked(run, _what(name)) and cluster_id not in present


def _what(name: str) -> str:
    return f"cluster {name}"


def _present(name: str) -> str:
    return f"clusters before {name}"


def _told_id(name: str) -> str:
    return f"id told of {name}"
