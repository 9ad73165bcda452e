"""
A scratch cluster: restored from a snapshot by a run, for the run, and deleted by the run.

It bears a name that follows from run and snapshot. What is deleted is a cluster of that name
which was not there before the run, or whose id the run has remembered, never another. That a
restore copies no tags is assumed: one marked `runbook-protected` would stay, and be told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from dws import clock
from dws.errors import DwsError, WaitFailed, WaitTimedOut
from dws.operations.snapshots import Restore
from dws.shapes import Cluster, PublicIp
from flows.steps.deletion import begin_deletion, is_going
from flows.steps.guarding import protection_of
from flows.steps.procedure import found_once
from tasks import clusters, snapshots, sql
from tasks.beginning import begin, was_asked
from tasks.locks import holding
from tasks.run import Run, Stopped

NAME = re.compile(r"rb-scratch-[0-9a-f]{12}")


class StillRestoring(WaitTimedOut):
    """A scratch cluster was not there in time; it still may be, and costs. Go on with the run."""


class Origin(BaseModel):
    """
    What a scratch cluster is made from: remembered before it is asked for, under its name.

    Attributes:
        present: Ids of the clusters that were there before: none of them is the scratch cluster.
        begun: When its restore was first asked for, by the clock of the cloud.
    """

    model_config = ConfigDict(frozen=True)

    snapshot_id: str
    present: tuple[str, ...]
    begun: datetime


@dataclass(frozen=True)
class Scratch:
    """
    A scratch cluster that a run wants.

    Attributes:
        ensure: Is called before each change: makes sure that the run holds its locks.
    """

    run: Run
    account: str
    snapshot_id: str
    ensure: Callable[[], None]

    @property
    def name(self) -> str:
        """Its name: the same for every attempt of the run."""
        return scratch_name(self.run.id, self.snapshot_id)

    def is_own(self, cluster: Cluster, origin: Origin) -> bool:
        """Whether the run made the cluster."""
        return is_made_by(self.run, self.name, cluster, origin)


@dataclass(frozen=True)
class Restored:
    """A scratch cluster at work, and how long its restore took at most, seen from outside."""

    cluster: Cluster
    restore_s: float


def scratch_name(run_id: str, snapshot_id: str) -> str:
    """The name of the scratch cluster that a run restores a snapshot to."""
    digest = hashlib.sha256(f"{run_id}{snapshot_id}".encode()).hexdigest()
    return f"rb-scratch-{digest[:12]}"


def scratch_lock(account: str, name: str) -> str:
    """The name of the lock that is held while a scratch cluster is in use."""
    return f"dws/{account}/scratch/{name}"


def is_made_by(run: Run, name: str, cluster: Cluster, origin: Origin) -> bool:
    """Whether a cluster is the one that a run restored: by name, by id, and by having asked."""
    if cluster.name != name or scratch_name(run.id, origin.snapshot_id) != name:
        return False
    is_known = run.recall(_known(name, cluster.id)) is not None
    return is_known or (was_asked(run, _what(name)) and cluster.id not in origin.present)


@asynccontextmanager
async def scratch_cluster(wanted: Scratch) -> AsyncIterator[Restored]:
    """
    Restore the snapshot to a scratch cluster, lend it, delete it: also after an error.

    Not so where the restore did not end in time, as it still may, nor where the run is
    interrupted: then the next attempt of the run goes on with it, or `flows.steps.leftovers` of
    another run deletes it.

    Raises:
        Stopped: The restore failed, the name is another's, or the deletion failed; the message
            says what is left.
        StillRestoring: The restore did not end in time.
        WaitTimedOut, RequestFailed, Unreachable: As of waits and calls.
    """
    async with holding(wanted.run, scratch_lock(wanted.account, wanted.name)) as lease:

        def ensure() -> None:
            outer()
            lease.ensure()

        outer = wanted.ensure
        wanted = replace(wanted, ensure=ensure)
        try:
            yield await _restored(wanted)
        except StillRestoring:
            raise
        except Exception as error:
            await _removed_after(wanted, error)
            raise
        await remove(wanted)


async def remove(wanted: Scratch) -> None:
    """
    Delete the scratch cluster of the run if it is there, and see it gone.

    Raises:
        Stopped: It could not be deleted.
        WaitTimedOut, RequestFailed, Unreachable: As of waits and calls.
    """
    told = wanted.run.recall(origins_of(wanted.name))
    if told is None:
        return
    origin = Origin.model_validate(told)
    for cluster in await _named(wanted.account, wanted.name):
        if wanted.is_own(cluster, origin):
            await delete_scratch(wanted.run, wanted.account, cluster, ensure=wanted.ensure)


async def delete_scratch(
    run: Run, account: str, cluster: Cluster, *, ensure: Callable[[], None]
) -> None:
    """
    Delete a scratch cluster, of this or of another run, and see it gone.

    Snapshots that somebody took of it by hand are kept.

    Raises:
        Stopped: A person has protected it, or its deletion failed.
        WaitTimedOut, RequestFailed, Unreachable: As of waits and calls.
    """

    async def before() -> int:
        try:
            await clusters.wait_until_cluster_settled(account, cluster_id=cluster.id)
        except WaitFailed as error:
            run.note("scratch cluster is deleted though it is not well", why=str(error))
        if told := await protection_of(account, cluster.id):
            raise Stopped(f"scratch cluster {cluster.name} ({cluster.id}) is left: {told}")
        present = await snapshots.snapshots_of(account, cluster.id)
        ensure()
        return sum(item.is_manual for item in present)

    if not await is_going(account, cluster.id):
        await begin_deletion(run, account, cluster.id, before=before)
    try:
        await clusters.wait_until_cluster_gone(account, cluster_id=cluster.id)
    except WaitFailed as error:
        raise Stopped(f"scratch cluster {cluster.name} ({cluster.id}): {error}") from error
    run.note("scratch cluster gone", name=cluster.name, id=cluster.id)


async def _restored(wanted: Scratch) -> Restored:
    run, name = wanted.run, wanted.name
    origin = await found_once(run, origins_of(name), Origin, lambda: _origin(wanted))
    public = await sql.is_reached_from_outside(wanted.account)
    restore = Restore(
        name=name,
        public_ip=PublicIp(public_bind_type="auto_assign") if public else None,
    )

    async def before() -> None:
        wanted.ensure()

    found = await _own(wanted, origin)
    if found is None:
        found = await begin(
            run,
            _what(name),
            before=before,
            act=lambda: snapshots.restore_cluster(
                wanted.account, snapshot_id=wanted.snapshot_id, restore=restore
            ),
            look=lambda: _own(wanted, origin),
        )
        run.note("restore to scratch cluster begun", name=name, id=found.id)
    else:
        run.note("scratch cluster adopted", name=name, id=found.id, status=found.status)
    run.remember(_known(name, found.id), value=True)
    try:
        await clusters.wait_until_cluster_settled(wanted.account, cluster_id=found.id)
    except WaitFailed as error:
        raise Stopped(f"restore to scratch cluster {name} ({found.id}): {error}") from error
    except WaitTimedOut as error:
        raise StillRestoring(f"{error}; scratch cluster {name} ({found.id}) is left") from error
    ended = run.remember(f"{name} settled", clock.time_of_day().isoformat())
    return Restored(found, (datetime.fromisoformat(ended) - origin.begun).total_seconds())


async def _origin(wanted: Scratch) -> Origin:
    listed = (await clusters.list_clusters(wanted.account)).clusters
    return Origin(
        snapshot_id=wanted.snapshot_id,
        present=tuple(item.id for item in listed),
        begun=clock.time_of_day(),
    )


async def _own(wanted: Scratch, origin: Origin) -> Cluster | None:
    """The scratch cluster as far as it is there; one that is being deleted is seen gone first."""
    for cluster in await _named(wanted.account, wanted.name):
        if not wanted.is_own(cluster, origin):
            raise Stopped(
                f"cluster {cluster.name} ({cluster.id}) has the name of a scratch cluster of run "
                f"{wanted.run.id}, and is not of it; it is left alone: rename or delete it"
            )
        if cluster.status != "DELETING":
            return cluster
        await clusters.wait_until_cluster_gone(wanted.account, cluster_id=cluster.id)
    return None


async def _named(account: str, name: str) -> list[Cluster]:
    listed = (await clusters.list_clusters(account)).clusters
    return [item for item in listed if item.name == name and item.status != "DELETED"]


async def _removed_after(wanted: Scratch, error: Exception) -> None:
    try:
        await remove(wanted)
    except DwsError as left:
        raise Stopped(f"{error}; scratch cluster {wanted.name} may be left: {left}") from error


def _what(name: str) -> str:
    return f"restore to {name}"


def origins_of(name: str) -> str:
    """What the origin of a scratch cluster is remembered under."""
    return f"origin of {name}"


def _known(name: str, cluster_id: str) -> str:
    return f"{name} is {cluster_id}"
