"""The parameters of a cluster: values of its own, and how they come into force."""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator import lifecycle
from dws.emulator.due import effect
from dws.emulator.guc import GUCS, MAIN, Guc
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event
from dws.emulator.refused import Refused
from dws.emulator.world import World

IN_SYNC, APPLYING, PENDING, FAILED = "In-Sync", "Applying", "Pending-Reboot", "Sync-Failure"
ROLES = ("cn", "dn")


@kept
@dataclass(slots=True)
class OwnParameters:
    """What a cluster has otherwise than by default."""

    id: str
    """That of the cluster."""
    values: dict[str, str] = field(default_factory=dict)
    """By role and name, e.g. ``cn:autovacuum``."""
    status: dict[str, str] = field(default_factory=dict)
    """Of its groups, by their types."""
    fail_reason: dict[str, str] = field(default_factory=dict)
    awaits_restart: list[str] = field(default_factory=list)
    """Types of groups with values that count only after a restart."""


@kept
@dataclass(slots=True)
class ParameterChange:
    """One change of parameters, as audited."""

    id: str
    number: int
    cluster_id: str
    group: str
    operator: str
    wanted: dict[str, str]
    began: float
    ended: float | None = None
    failure: str = ""

    @property
    def status(self) -> str:
        """``RUNNING, SUCCESS, FAIL`` (assumed: the sample has none)."""
        if self.ended is None:
            return "RUNNING"
        return "FAIL" if self.failure else "SUCCESS"


def own(world: World, cluster: Cluster) -> OwnParameters:
    """What a cluster has of its own."""
    return world.of(OwnParameters).get(cluster.id) or OwnParameters(cluster.id)


def value(known: OwnParameters, guc: Guc, role: str) -> str:
    """The value of a parameter on nodes of a role."""
    return known.values.get(f"{role}:{guc.name}", guc.value)


def changes(world: World, cluster: Cluster) -> list[ParameterChange]:
    """The changes of a cluster's parameters, newest first."""
    found = [c for c in world.of(ParameterChange).values() if c.cluster_id == cluster.id]
    return sorted(found, key=lambda change: change.number, reverse=True)


def require_fits(group: str, wanted: list[tuple[str, str, str]]) -> None:
    """
    See that parameters may be set so.

    Args:
        wanted: Role, name and value of each.

    Raises:
        Refused: One is unknown, told twice, read-only, or out of its range.
    """
    seen: set[tuple[str, str]] = set()
    for role, name, new in wanted:
        guc = GUCS.get(name)
        if guc is None or guc.group != group:
            raise Refused(400, "DWS.5037", f"The parameter does not exist: {name}.")
        if guc.readonly:
            raise Refused(400, "DWS.5063", f"The parameter is read-only: {name}.")  # assumed
        if (role, name) in seen:
            raise Refused(400, "DWS.5039", f"Duplicate parameters: {name}.")
        if not guc.takes(new):
            raise Refused(400, "DWS.5038", f"The parameter value is out of range: {name}.")
        seen.add((role, name))


def set_values(world: World, cluster: Cluster, group: str, wanted: dict[str, str], by: str) -> None:
    """
    Begin to set parameters.

    Raises:
        Refused: The cluster is busy.
    """
    lifecycle.require_idle(world, cluster)
    lifecycle.clear_failure(world, cluster)
    lasting_s = world.lasting_s("set_parameters", cluster.name)
    stretches = [Stretch("SETTING_CONFIGURATION", lasting_s)]
    work = lifecycle.begin(world, cluster, stretches, "parameters_set", group)
    change_id = f"{cluster.id}:{work.number}"
    world.keep(
        ParameterChange(change_id, work.number, cluster.id, group, by, wanted, began=world.now)
    )
    _say(world, cluster, group, APPLYING)


@effect
def parameters_set(world: World, event: Event) -> None:
    number, group = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    change = world.of(ParameterChange)[f"{cluster.id}:{number}"]
    # The status tells of it (facts/service_and_peers A4); that no task is left failed is assumed.
    change.failure = lifecycle.end(world, cluster) or ""
    change.ended = world.now
    world.keep(change)
    if change.failure:
        _say(world, cluster, group, FAILED, change.failure)
        return
    known = own(world, cluster)
    if group not in known.awaits_restart and _needs_restart(known, change.wanted):
        known.awaits_restart.append(group)
    known.values |= change.wanted
    world.keep(known)
    _say(world, cluster, group, PENDING if group in known.awaits_restart else IN_SYNC)


@listens
def _restarted(world: World, cluster: Cluster, what: str) -> None:
    if what not in {"RestartCluster.done", "StartCluster.done"}:
        return
    known = world.of(OwnParameters).get(cluster.id)
    if known is None:
        return
    known.awaits_restart.clear()
    for group in [group for group, status in known.status.items() if status == PENDING]:
        _say(world, cluster, group, IN_SYNC)


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what not in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        return
    for change in changes(world, cluster):
        world.forget(change)
    if known := world.of(OwnParameters).get(cluster.id):
        world.forget(known)


def _needs_restart(known: OwnParameters, wanted: dict[str, str]) -> bool:
    for key, new in wanted.items():
        role, _, name = key.partition(":")
        guc = GUCS[name]
        if guc.restart and value(known, guc, role) != new:
            return True
    return False


def _say(world: World, cluster: Cluster, group: str, status: str, why: str = "") -> None:
    known = own(world, cluster)
    known.status[group] = status
    known.fail_reason[group] = why
    if group == MAIN:
        cluster.parameters_status = status
        world.touch(cluster)
    world.keep(known)
