"""A snapshot of a cluster, taken by a run or adopted from an earlier attempt of it, and proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict

from dws import clock
from dws.errors import WaitFailed
from dws.operations.snapshots import NewSnapshot
from dws.shapes import Snapshot
from tasks import clusters, snapshots
from tasks.beginning import begin
from tasks.run import Refused, Run, Stopped

_ASKED_AT = "backup asked for at"
_WANTED_SINCE = "backup wanted since"
_ANEW = "begin a new run"


class Baseline(BaseModel):
    """The snapshots that a cluster had when a run began: none of them is the run's own."""

    model_config = ConfigDict(frozen=True)

    ids: tuple[str, ...]
    newest: datetime | None
    """When the youngest of them was begun, by the service's own time."""

    @classmethod
    def of(cls, present: Sequence[Snapshot]) -> Self:
        """The baseline of what is there now."""
        begun = [item.started for item in present if item.started]
        return cls(ids=tuple(item.id for item in present), newest=max(begun, default=None))


@dataclass(frozen=True)
class Wanted:
    """
    The backup that a run wants.

    Attributes:
        name: Of the snapshot; follows from run and cluster, so that a second attempt finds it.
        why: Its description.
        changing: Is called before each time of asking: makes sure that the run holds its locks,
            and remembers that it may change something.
    """

    run: Run
    changing: Callable[[], None]
    account: str
    cluster_id: str
    cluster_name: str
    name: str
    baseline: Baseline
    why: str

    def stop(self, told: str) -> Refused | Stopped:
        """The error that ends the run: nothing was changed as long as no snapshot was begun."""
        return Refused(told) if self.run.recall("snapshot_id") is None else Stopped(told)


async def proved_backup(wanted: Wanted) -> Snapshot:
    """
    See to it that the snapshot is there and is what it should be; takes it if it is not there.

    Remembers ``snapshot_id`` as soon as it is known, ``proved`` at the end, and when it was asked
    for (`ensure_young`).

    Raises:
        Refused: The cluster cannot be backed up, or the name is another's; nothing was changed.
        Stopped: The snapshot failed, or does not prove what it should.
        WaitTimedOut, RequestFailed, Unreachable: As of waits and calls.
    """
    if (known := wanted.run.recall("proved")) is not None:
        return await prove(wanted, str(known))
    if wanted.run.recall("snapshot_id") is None:
        wanted.run.remember(_WANTED_SINCE, clock.time_of_day().isoformat())
    found = await _own(wanted)
    if found is None:
        found = await _taken(wanted)
    else:
        wanted.run.note("snapshot adopted", name=found.name, id=found.id, status=found.status)
    wanted.run.remember("snapshot_id", found.id)
    try:
        await snapshots.wait_until_snapshot_ready(wanted.account, snapshot_id=found.id)
    except WaitFailed as error:
        raise Stopped(f"{error}; cluster {wanted.cluster_name} was not touched") from error
    proved = await prove(wanted, found.id)
    wanted.run.remember("proved", proved.id)
    wanted.run.note("snapshot proved", name=proved.name, id=proved.id, size_gb=proved.size)
    return proved


def ensure_young(wanted: Wanted, max_age: timedelta) -> None:
    """
    Make sure that the snapshot was asked for not longer ago: what is written after it is lost.

    The age is told by one clock, the one the run saw when it asked: an emulated service may count
    other hours than its client. What shows up without having been asked for is as old as the run.

    Raises:
        Stopped: It was; the snapshot stays.
    """
    asked = wanted.run.recall_latest(_ASKED_AT) or wanted.run.recall(_WANTED_SINCE)
    if asked is None:
        raise Stopped(f"it is not known when snapshot {wanted.name} was asked for; {_ANEW}")
    age = clock.time_of_day() - datetime.fromisoformat(asked)
    if age > max_age:
        raise Stopped(
            f"snapshot {wanted.name} was asked for {timedelta(seconds=int(age.total_seconds()))} "
            f"ago, which is more than max_backup_age={max_age}: it lacks what was written to "
            f"cluster {wanted.cluster_name} since; the cluster was not touched, the snapshot is "
            f"kept; {_ANEW}, with a longer max_backup_age if it never can be that young"
        )


async def settle(wanted: Wanted) -> None:
    """
    Wait until the cluster is idle and well.

    Raises:
        Refused, Stopped: It never will be.
    """
    try:
        await clusters.wait_until_cluster_settled(wanted.account, cluster_id=wanted.cluster_id)
    except WaitFailed as error:
        raise wanted.stop(f"{error}; cluster {wanted.cluster_name} was not touched") from error


async def prove(
    wanted: Wanted, snapshot_id: str, *, cluster_is: str = "was not touched after it"
) -> Snapshot:
    """
    The snapshot, if all that can be known of it says that it is the backup wanted.

    Args:
        cluster_is: What became of the cluster, for the error.

    Raises:
        Stopped: It is not there, or does not; the message tells all that is missing.
    """
    found = await snapshots.snapshot_with_id(wanted.account, snapshot_id)
    if found is None:
        raise Stopped(
            f"snapshot {wanted.name} ({snapshot_id}) is not there any more; "
            f"cluster {wanted.cluster_name} {cluster_is}"
        )
    if missing := _missing(wanted, found):
        told = "; ".join(missing)
        raise Stopped(
            f"snapshot {found.name} ({found.id}) is no proved backup: {told}; "
            f"cluster {wanted.cluster_name} {cluster_is}"
        )
    return found


def _missing(wanted: Wanted, found: Snapshot) -> list[str]:
    baseline = wanted.baseline
    is_young = found.started is not None and (
        baseline.newest is None or found.started > baseline.newest
    )
    proofs = {
        f"it is {found.status}, not AVAILABLE": found.is_usable,
        f"it is of cluster {found.cluster_id}": found.cluster_id == wanted.cluster_id,
        f"it is {found.type}, not MANUAL": found.is_manual,
        f"it was begun at {found.started}, before the run": is_young
        and found.id not in baseline.ids,
        f"its size is {found.size}": (found.size or 0) > 0,
    }
    return [told for told, holds in proofs.items() if not holds]


async def _taken(wanted: Wanted) -> Snapshot:
    asked = NewSnapshot(name=wanted.name, cluster_id=wanted.cluster_id, description=wanted.why)

    async def before() -> None:
        await settle(wanted)
        wanted.changing()

    async def act() -> None:
        # Each time: nothing had come of what was asked for before, it was looked for.
        wanted.run.remember_latest(_ASKED_AT, clock.time_of_day().isoformat())
        await snapshots.create_snapshot(wanted.account, snapshot=asked)

    found = await begin(
        wanted.run,
        f"snapshot {wanted.name}",
        before=before,
        act=act,
        look=lambda: _own(wanted),
    )
    wanted.run.note("snapshot begun", name=found.name, id=found.id)
    return found


async def _own(wanted: Wanted) -> Snapshot | None:
    listed = (await snapshots.list_snapshots(wanted.account)).snapshots
    named = [item for item in listed if item.name.lower() == wanted.name.lower()]
    if not named:
        return None
    found = named[0]
    if found.cluster_id != wanted.cluster_id or found.id in wanted.baseline.ids:
        raise wanted.stop(
            f"snapshot {found.name} ({found.id}) is not of this run; choose another name"
        )
    return found
