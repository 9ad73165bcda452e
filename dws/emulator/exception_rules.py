"""Exception rules of clusters: what makes a statement an exception, once bound to a pool."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.pools import Json, pools_of
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.versions import require_version
from dws.emulator.world import World

SINCE, SINCE_BANDWIDTH = "8.2.0", "8.2.1"
"""Reference 5.7.10."""


@kept
@dataclass(slots=True)
class ExceptionRule:
    """What makes a statement an exception, and what befalls it then."""

    id: str
    cluster_id: str
    name: str
    action: str
    limits: dict[str, str]


def require_rules(cluster: Cluster, limits: dict[str, str]) -> None:
    """
    See that a cluster is new enough for exception rules, and for these.

    Raises:
        Refused: It is too old.
    """
    require_version(cluster, SINCE_BANDWIDTH if "bandwidth" in limits else SINCE)


def keep_rule(world: World, rule: ExceptionRule, told: dict[str, str]) -> None:
    """Give a rule its thresholds and its action: ``abort`` unless told (assumed)."""
    rule.action = told.get("action", "abort")
    rule.limits = {key: value for key, value in told.items() if key != "action"}
    world.keep(rule)


def rules_of(world: World, cluster: Cluster) -> list[ExceptionRule]:
    """The exception rules of a cluster."""
    return [rule for rule in world.of(ExceptionRule).values() if rule.cluster_id == cluster.id]


def rule_of(world: World, cluster: Cluster, name: str) -> ExceptionRule:
    """
    A rule that is there.

    Raises:
        Refused: There is none. The reference has the status; the code is assumed.
    """
    found = next((rule for rule in rules_of(world, cluster) if rule.name == name), None)
    if found is None:
        raise Refused(404, "DWS.0047", f"The exception rule {name} does not exist.")
    return found


def bound_to(world: World, cluster: Cluster, rule: ExceptionRule) -> list[str]:
    """The names of the pools that a rule is bound to."""
    return [pool.name for pool in pools_of(world, cluster) if rule.name in pool.rules]


def rule_told(world: World, cluster: Cluster, rule: ExceptionRule) -> Json:
    """An exception rule, with the pools that it is bound to."""
    return {
        "name": rule.name,
        "action": rule.action,
        "queues": bound_to(world, cluster, rule),
        "except_rules": rule.limits,
    }


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for rule in rules_of(world, cluster):
            world.forget(rule)
