"""A snapshot of a cluster, taken by a run or adopted from an earlier attempt of it, and proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from dws.errors import WaitFailed
from dws.operations.snapshots import NewSnapshot
from dws.shapes import Snapshot
from tasks import clusters, snapshots
from tasks.beginning import begin
from tasks.run import Refused, Run, Stopped


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

    Remembers ``snapshot_id`` as soon as it is known, and ``proved`` at the end.

    Raises:
        Refused: The cluster cannot be backed up, or the name is another's; nothing was changed.
        Stopped: The snapshot failed, or does not prove what it should.
        WaitTimedOut, RequestFailed, Unreachable: As of waits and calls.
    """
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


async def prove(wanted: Wanted, snapshot_id: str) -> Snapshot:
    """
    The snapshot, if all that can be known of it says that it is the backup wanted.

    Raises:
        Stopped: It is not there, or does not; the message tells all that is missing.
    """
    found = await snapshots.snapshot_with_id(wanted.account, snapshot_id)
    if found is None:
        raise Stopped(f"snapshot {wanted.name} ({snapshot_id}) is not there any more")
    if missing := _missing(wanted, found):
        told = "; ".join(missing)
        raise Stopped(
            f"snapshot {found.name} ({found.id}) is no proved backup: {told}; "
            f"cluster {wanted.cluster_name} was not touched after it"
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

    found = await begin(
        wanted.run,
        f"snapshot {wanted.name}",
        before=before,
        act=lambda: snapshots.create_snapshot(wanted.account, snapshot=asked),
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
