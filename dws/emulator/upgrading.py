"""
How a cluster gets to another version: updated, tried again, rolled back, confirmed.

The words for states are those that peers know (facts/service_and_peers A7); what leads from which
to which is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dws.emulator import jobs, lifecycle
from dws.emulator.due import effect
from dws.emulator.durations import Kind
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import GAP, Cluster, Event, Job
from dws.emulator.refused import Refused, busy
from dws.emulator.versions import parts
from dws.emulator.world import World, id_from

WAITING, DISABLED, COMPLETED = "Waiting", "Disable", "Completed"
_FROM: Mapping[str, frozenset[str]] = {
    "update": frozenset({WAITING, "Rollback_Success"}),
    "retry": frozenset({"Update_Failure", "Rollback_Failure"}),
    "rollback": frozenset({"Update_Failure", "Update_Success", "Rollback_Failure"}),
    "commit": frozenset({"Update_Success"}),
}
"""The states that an action may follow."""
_OPEN = frozenset({"Update_Running", "Update_Success", "Update_Failure"})
_ROLLS = frozenset({"Rollback_Running", "Rollback_Failure"})


@kept
@dataclass(slots=True)
class Upgrade:
    """A path of a cluster from one version to another that was taken."""

    id: str
    cluster_id: str
    from_version: str
    to_version: str
    status: str = WAITING
    job_id: str = ""
    started: float | None = None
    ended: float | None = None
    failure: str = ""


@kept
@dataclass(slots=True)
class UpgradeStep:
    """One action that was carried out on such a path; it has the id of its job."""

    id: str
    number: int
    item_id: str
    cluster_id: str
    action: str
    status: str
    from_version: str
    to_version: str
    started: float
    ended: float | None = None
    failure: str = ""


def paths(world: World, cluster: Cluster) -> list[Upgrade]:
    """The paths of a cluster, the taken ones first; while one is open the others are disabled."""
    taken = [u for u in world.of(Upgrade).values() if u.cluster_id == cluster.id]
    is_open = any(u.status in _OPEN | _ROLLS for u in taken)
    known = {u.id for u in taken}
    others = [
        Upgrade(item, cluster.id, cluster.version, version, DISABLED if is_open else WAITING)
        for version in world.spec.versions
        if parts(version) > parts(cluster.version)
        and (item := id_from(f"{cluster.id}:upgrade:{cluster.version}:{version}")) not in known
    ]
    return taken + others


def steps(world: World, cluster: Cluster) -> list[UpgradeStep]:
    """What was done on the paths of a cluster, newest first."""
    found = [s for s in world.of(UpgradeStep).values() if s.cluster_id == cluster.id]
    return sorted(found, key=lambda step: step.number, reverse=True)


def act(world: World, cluster: Cluster, action: str, item_id: str) -> Job:
    """
    Begin an action on a path.

    Raises:
        Refused: There is no such path, it is not in a state for that (the code is assumed), or
            the cluster is busy or held by disaster recovery.
    """
    found = next((u for u in paths(world, cluster) if u.id == item_id), None)
    if found is None:
        raise Refused(400, "DWS.0001", f"The upgrade item does not exist: {item_id}.")  # assumed
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    if found.status not in _FROM[action]:
        raise busy()
    undoes = action == "rollback" or (action == "retry" and found.status == "Rollback_Failure")
    word = "Commit" if action == "commit" else "Rollback" if undoes else "Update"
    lifecycle.clear_failure(world, cluster)
    # No task is known to show meanwhile (assumed: none does); the job and the records tell of it.
    stretches = [Stretch(GAP, _lasting_s(world, cluster, word))]
    work = lifecycle.begin(world, cluster, stretches, "upgrade_acted", item_id, word)
    job = jobs.start(world, cluster.id, "upgradeClusterJob", work)
    found.status, found.job_id, found.started = f"{word}_Running", job.id, world.now
    found.ended, found.failure = None, ""
    world.keep(found)
    ends = (found.to_version, found.from_version) if undoes else _ends(found)
    step = UpgradeStep(
        job.id, work.number, item_id, cluster.id, action, found.status, *ends, started=world.now
    )
    world.keep(step)
    return job


@effect
def upgrade_acted(world: World, event: Event) -> None:
    number, item_id, word = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    failure = lifecycle.end(world, cluster) or ""
    upgrade = world.of(Upgrade)[item_id]
    step = world.of(UpgradeStep)[upgrade.job_id]
    done = COMPLETED if word == "Commit" else f"{word}_Success"
    upgrade.status = f"{word}_Failure" if failure else done
    if word == "Commit" and failure:
        upgrade.status = "Update_Success"  # it can be confirmed again (assumed)
    step.status = f"{word}_Failure" if failure else done
    upgrade.failure = step.failure = failure
    upgrade.ended = step.ended = world.now
    if not failure and word != "Commit":
        cluster.version = upgrade.to_version if word == "Update" else upgrade.from_version
    world.keep(upgrade)
    world.keep(step)


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for step in steps(world, cluster):
            world.forget(step)
        for upgrade in [u for u in world.of(Upgrade).values() if u.cluster_id == cluster.id]:
            world.forget(upgrade)


def _lasting_s(world: World, cluster: Cluster, word: str) -> float:
    if word == "Commit":
        return 60.0  # assumed
    kind: Kind = "rollback" if word == "Rollback" else "upgrade"
    return world.lasting_s(kind, cluster.name)


def _ends(upgrade: Upgrade) -> tuple[str, str]:
    return upgrade.from_version, upgrade.to_version
