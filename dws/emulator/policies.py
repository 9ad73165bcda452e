"""
Policies of automated snapshots: when they fire, what they take, and for how long it is kept.

A cluster that is busy at that moment, or the standby of a running disaster recovery, is passed over
until the next one (assumed). A fault of ``CreateSnapshotPolicy`` strikes the snapshots that
policies take.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator import cron, lifecycle, snapshotting
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Event, Snapshot
from dws.emulator.refused import Refused, name_taken
from dws.emulator.world import World

DAY_S = 86400.0
KEEP_DAYS = 3
"""The sample of reference 5.3.11; that it is what holds unless told is assumed."""


@kept
@dataclass(slots=True)
class Policy:
    """When to take an automated snapshot of a cluster, and which."""

    id: str
    cluster_id: str
    name: str
    cron: str
    kind: str
    """``full`` or ``increment``"""
    level: str
    updated: float
    next: float | None = None


@kept
@dataclass(slots=True)
class Keeping:
    """What the policies of a cluster have in common; the id is the cluster's."""

    id: str
    days: int = KEEP_DAYS
    device: str = "OBS"
    server_ips: list[str] | None = None
    server_port: str | None = None
    param: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A policy as it is to be; None: as it is."""

    name: str | None = None
    cron: str | None = None
    kind: str | None = None
    level: str | None = None


@dataclass(order=True, slots=True)
class Plan:
    """A snapshot to come."""

    at: float
    policy: Policy = field(compare=False)


def of(world: World, cluster_id: str) -> list[Policy]:
    """The policies of a cluster."""
    return [policy for policy in world.of(Policy).values() if policy.cluster_id == cluster_id]


def found(world: World, cluster_id: str, policy_id: str) -> Policy:
    """
    A policy of a cluster.

    Raises:
        Refused: There is none of that id (assumed: this code).
    """
    policy = world.of(Policy).get(policy_id)
    if policy is None or policy.cluster_id != cluster_id:
        raise Refused(404, "DWS.0047", f"The snapshot policy {policy_id} does not exist.")
    return policy


def put(world: World, cluster: Cluster, wishes: list[tuple[str | None, Wish]]) -> None:
    """
    Take in policies of a cluster, and change those that are told by their id: all, or none.

    Raises:
        Refused: There is none of an id, a name is taken, or an expression means no time.
    """
    names = [wish.name.lower() for _, wish in wishes if wish.name]
    if len(set(names)) < len(names):
        raise Refused(400, "DWS.5039", "Duplicate parameters: two policies of one name.")
    policies = [
        found(world, cluster.id, policy_id)
        if policy_id
        else Policy(world.new_id(), cluster.id, "", "", "full", "cluster", world.now)
        for policy_id, _ in wishes
    ]
    for policy, (_, wish) in zip(policies, wishes, strict=True):
        _require(world, policy, wish)
    for policy, (_, wish) in zip(policies, wishes, strict=True):
        change(world, policy, wish)


def change(world: World, policy: Policy, wish: Wish) -> None:
    """
    Let a policy be as wished.

    Raises:
        Refused: Its name is taken, or its expression means no time.
    """
    _require(world, policy, wish)
    policy.name, policy.cron = wish.name or policy.name, wish.cron or policy.cron
    policy.kind, policy.level = wish.kind or policy.kind, wish.level or policy.level
    policy.updated = world.now
    _plan(world, policy)


def _require(world: World, policy: Policy, wish: Wish) -> None:
    project_id = world.clusters[policy.cluster_id].project_id
    for other in world.of(Policy).values():
        is_near = world.clusters[other.cluster_id].project_id == project_id
        # Unique in the project, in whatever case of letters (assumed: within what).
        if other is policy or not is_near or wish.name is None:
            continue
        if other.name.lower() == wish.name.lower():
            raise name_taken("snapshot policy", wish.name)
    try:
        never = wish.cron is not None and cron.read(wish.cron).next(world.now) is None
    except ValueError as error:
        message = f"Invalid automated backup period: {error}."
        raise Refused(400, "DWS.5018", message) from None
    if never:
        raise Refused(400, "DWS.5018", "Invalid automated backup period: it never comes.")


def keep(world: World, keeping: Keeping) -> None:
    """Say what the policies of a cluster have in common; what is kept too long by that goes."""
    world.keep(keeping)
    for snapshot in world.snapshots_of(keeping.id):
        if snapshot.type == "AUTOMATED" and snapshot.finished is not None:
            _expire(world, snapshot)


def keeping(world: World, cluster_id: str) -> Keeping:
    """What the policies of a cluster have in common."""
    return world.of(Keeping).get(cluster_id) or Keeping(cluster_id)


def plans(world: World, cluster_id: str, until: float) -> list[Plan]:
    """The snapshots to come, soonest first."""
    ahead = []
    for policy in of(world, cluster_id):
        expression, at = cron.read(policy.cron), policy.next
        while at is not None and at <= until:
            ahead.append(Plan(at, policy))
            at = expression.next(at)
    return sorted(ahead)


def _plan(world: World, policy: Policy) -> None:
    policy.next = cron.read(policy.cron).next(world.now)
    world.keep(policy)
    if policy.next is not None:
        world.at(policy.next, "policy_fired", policy.id)


@effect
def policy_fired(world: World, event: Event) -> None:
    policy = world.of(Policy).get(event.target)
    if policy is None or policy.next != event.due:
        return
    _plan(world, policy)
    cluster = world.clusters[policy.cluster_id]
    try:
        lifecycle.require_idle(world, cluster)
        lifecycle.require_not_standby(world, cluster)
    except Refused:
        return
    _take(world, cluster, policy)


def _take(world: World, cluster: Cluster, policy: Policy) -> None:
    before, world.operation = world.operation, "CreateSnapshotPolicy"
    full = _latest_full(world, cluster) if policy.kind == "increment" else None
    lifecycle.clear_failure(world, cluster)
    snapshot = snapshotting.automatic(world, cluster)
    # Where there is no full one yet, the first increment is one (assumed).
    snapshot.prior_key = full.backup_key if full else "FULL"
    lasting_s = world.lasting_s("snapshot", snapshot.name) / (4 if full else 1)
    stretches = [lifecycle.Stretch("SNAPSHOTTING", lasting_s)]
    work = lifecycle.begin(world, cluster, stretches, "policy_snapshot_taken", snapshot.id)
    snapshot.making, snapshot.is_stuck = work.phases[0], work.is_stuck
    world.add(snapshot)
    world.operation = before


def _latest_full(world: World, cluster: Cluster) -> Snapshot | None:
    usable = [
        snapshot
        for snapshot in world.snapshots_of(cluster.id)
        if snapshot.status == "AVAILABLE" and snapshot.prior_key == "FULL"
    ]
    return max(usable, key=lambda snapshot: snapshot.started, default=None)


@effect
def policy_snapshot_taken(world: World, event: Event) -> None:
    snapshotting.snapshot_taken(world, event)
    snapshot = world.snapshots[event.arguments[1]]
    if snapshot.finished is not None:
        _expire(world, snapshot)


def _expire(world: World, snapshot: Snapshot) -> None:
    world.at(max(_end(world, snapshot), world.now), "automated_snapshot_expired", snapshot.id)


def _end(world: World, snapshot: Snapshot) -> float:
    days = keeping(world, snapshot.cluster_id).days
    return max((snapshot.finished or 0.0) + days * DAY_S, snapshot.held_until)


@effect
def automated_snapshot_expired(world: World, event: Event) -> None:
    snapshot = world.snapshots[event.target]
    if snapshot.deleted_at is not None:
        return
    if _end(world, snapshot) > world.now:
        # Kept longer meanwhile, or in use.
        _expire(world, snapshot)
        return
    snapshot.deleted_at = world.now
    world.touch(snapshot)


@listens
def forget(world: World, cluster: Cluster, what: str) -> None:
    """Drop what belongs to a cluster that is gone."""
    if what not in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        return
    for policy in of(world, cluster.id):
        world.forget(policy)
    world.forget(keeping(world, cluster.id))
