"""Resource pools of clusters, and their users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dws.emulator import logical, users
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused, name_taken
from dws.emulator.versions import require_version
from dws.emulator.world import World

Json = dict[str, Any]
MOST_POOLS = 63
"""Seen: the service's user guide, "Creating and Managing a DWS Resource Pool"."""
MOST_SHARE, MOST_LIMIT, MOST_MEMORY = 99, 100, 100
"""Percent over all pools; for the first two as above, that of memory is assumed."""
USUAL_SHARE = 20
USUAL_STATEMENTS = 60
"""As in the sample of reference 5.7.2."""
SINCE_LIMITS = "8.1.3"
_SAME_AS = {"cpu": "cpu_share", "concurrency": "activestatements"}
"""Resources have other names in plans and in details (samples of reference 5.7.7, 5.7.25)."""
_UNITS = {"cpu": "%", "cpu_limit": "%", "memory": "%", "tablespace": "MB"}


@kept
@dataclass(slots=True)
class WorkloadSwitch:
    """Whether the resources of a cluster are managed."""

    id: str
    """That of the cluster."""
    is_on: bool = True
    most_statements: int = USUAL_STATEMENTS


@kept
@dataclass(slots=True)
class ResourcePool:
    """A resource pool."""

    id: str
    cluster_id: str
    name: str
    logical_cluster: str
    """Its id; empty outside logical clusters."""
    resources: dict[str, int]
    short_queries: bool = True
    short_concurrency: int = -1
    users: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


def switch_of(world: World, cluster: Cluster) -> WorkloadSwitch:
    """The switch of a cluster; on at its beginning (assumed)."""
    return world.of(WorkloadSwitch).get(cluster.id) or WorkloadSwitch(cluster.id)


def pools_of(world: World, cluster: Cluster, name: str | None = None) -> list[ResourcePool]:
    """The pools of a cluster; those of one logical cluster if its name is told."""
    present = {"": ""} | {known.id: known.name for known in logical.of(world, cluster)}
    return [
        pool
        for pool in world.of(ResourcePool).values()
        if pool.cluster_id == cluster.id
        and pool.logical_cluster in present
        and (not name or present[pool.logical_cluster] == name)
    ]


def logical_id(world: World, cluster: Cluster, name: str | None) -> str:
    """
    The id of the logical cluster that something new is to belong to; empty in an ordinary one.

    Raises:
        Refused: There is none of that name, or none is told though there are some (assumed: the
            codes).
    """
    if not name and cluster.is_logical:
        raise Refused(400, "DWS.5037", "logical_cluster_name is mandatory in this cluster.")
    if not name:
        return ""
    for known in logical.of(world, cluster):
        if known.name == name:
            return known.id
    raise Refused(404, "DWS.0047", f"logical cluster is not existed: {name}.")


def logical_name(world: World, known_id: str) -> str:
    """The name of a logical cluster; empty if there is none of that id."""
    known = world.of(logical.Logical).get(known_id)
    return known.name if known else ""


def find_pool(world: World, cluster: Cluster, name: str) -> ResourcePool | None:
    """A pool by its name, which it bears alone in its cluster (assumed)."""
    return next((pool for pool in pools_of(world, cluster) if pool.name == name), None)


def pool_of(world: World, cluster: Cluster, name: str) -> ResourcePool:
    """
    A pool that is there.

    Raises:
        Refused: There is none. The reference has the status; the code is assumed.
    """
    found = find_pool(world, cluster, name)
    if found is None:
        raise Refused(404, "DWS.0047", f"The resource pool {name} does not exist.")
    return found


def add_pool(
    world: World, cluster: Cluster, name: str, owner: str, resources: Mapping[str, int]
) -> None:
    """
    Make a pool.

    Raises:
        Refused: The name is taken, or it does not fit beside the others.
    """
    if find_pool(world, cluster, name):
        raise name_taken("resource pool", name)
    if len(pools_of(world, cluster)) >= MOST_POOLS:
        raise Refused(400, "DWS.5038", f"There may be {MOST_POOLS} resource pools.")
    wanted = {"cpu_limit": 0, "cpu_share": USUAL_SHARE} | named(resources)
    pool = ResourcePool(world.new_id(), cluster.id, name, owner, wanted)
    require_fitting(world, cluster, [pool])
    world.keep(pool)


def set_resources(
    world: World, cluster: Cluster, pool: ResourcePool, told: Mapping[str, int]
) -> None:
    """
    Change what a pool has; what is not told stays.

    Raises:
        Refused: It does not fit beside the others.
    """
    wanted = changed(pool, told)
    require_fitting(world, cluster, [wanted])
    world.keep(wanted)


def changed(pool: ResourcePool, told: Mapping[str, int]) -> ResourcePool:
    """A pool as it would be with other resources; the pool itself stays as it is."""
    resources = named(told)
    short = resources.pop("shortqueryconcurrencynum", pool.short_concurrency)
    return ResourcePool(
        pool.id,
        pool.cluster_id,
        pool.name,
        pool.logical_cluster,
        pool.resources | resources,
        pool.short_queries,
        short,
        pool.users,
        pool.rules,
    )


def named(told: Mapping[str, int]) -> dict[str, int]:
    """Resources under the one name that we keep each by."""
    small = {name.lower(): value for name, value in told.items()}
    return {_SAME_AS.get(name, name): value for name, value in small.items()}


def require_fitting(world: World, cluster: Cluster, wanted: list[ResourcePool]) -> None:
    """
    See that pools fit beside the others of their logical cluster.

    Raises:
        Refused: Their sum is too much (assumed: by the code of a value out of range), or the
            cluster is too old for limits.
    """
    if any(pool.resources.get("cpu_limit") for pool in wanted):
        require_version(cluster, SINCE_LIMITS)
    ids = {pool.id for pool in wanted}
    rest = [pool for pool in pools_of(world, cluster) if pool.id not in ids]
    for owner in {pool.logical_cluster for pool in wanted}:
        _require_sums([p for p in [*rest, *wanted] if p.logical_cluster == owner])


def _require_sums(pools: list[ResourcePool]) -> None:
    sums = {
        # Where there is a limit, it counts in place of the share (reference 5.7.4).
        "cpu_share": (
            _sum([p for p in pools if not p.resources["cpu_limit"]], "cpu_share"),
            MOST_SHARE,
        ),
        "cpu_limit": (_sum(pools, "cpu_limit"), MOST_LIMIT),
        "memory": (_sum(pools, "memory"), MOST_MEMORY),
    }
    for name, (total, most) in sums.items():
        if total > most:
            raise Refused(400, "DWS.5038", f"{name} of all pools sums up to {total}, over {most}.")


def _sum(pools: list[ResourcePool], name: str) -> int:
    return sum(pool.resources.get(name, 0) for pool in pools)


def bind_users(world: World, cluster: Cluster, pool: ResourcePool, names: list[str]) -> None:
    """
    Put users into a pool.

    Raises:
        Refused: There is no such user, or it is in another pool (assumed: by the code of a
            duplicate).
    """
    for name in names:
        users.user(world, cluster, name)
    for other in pools_of(world, cluster):
        taken = set(other.users) & set(names) if other.id != pool.id else set()
        if taken:
            user = min(taken)
            raise Refused(400, "DWS.5039", f"The user {user} is in the pool {other.name}.")
    pool.users += [name for name in dict.fromkeys(names) if name not in pool.users]
    world.keep(pool)


def pool_told(world: World, pool: ResourcePool) -> Json:
    """A pool in its details, in the words of the sample of reference 5.7.7."""
    told = {"cpu": pool.resources["cpu_share"]} | {
        name: pool.resources[name]
        for name in ("cpu_limit", "memory", "tablespace", "activestatements")
    }
    return {
        "queue_name": pool.name,
        "logical_cluster_name": logical_name(world, pool.logical_cluster),
        "short_query_optimize": "t" if pool.short_queries else "f",
        "short_query_concurrency_num": pool.short_concurrency,
        "resource_item_list": [resource_told(*item) for item in told.items()],
    }


def user_told(name: str) -> Json:
    """A user of a pool. Nobody runs statements here: what a user takes of it is nothing."""
    idle = {**resource_told("memory_used", 0), "value_unit": "M"}
    return {"user_name": name, "occupy_resource_list": [idle]}


def unbind_users(world: World, cluster: Cluster, pool: ResourcePool, names: list[str]) -> None:
    """
    Take users out of a pool; those in none are passed over.

    Raises:
        Refused: There is no such user (seen: Terraform provider; the code is assumed).
    """
    for name in names:
        if users.find(world, cluster, name) is None:
            raise Refused(500, "DWS.9999", f"The user {name} does not exist.")
    pool.users = [name for name in pool.users if name not in names]
    world.keep(pool)


def users_of(world: World, cluster: Cluster, pool: ResourcePool) -> list[str]:
    """The users of a pool that are still there."""
    return [name for name in pool.users if users.find(world, cluster, name)]


def resource_told(name: str, value: int) -> Json:
    """One resource."""
    return {
        "resource_name": name,
        "resource_value": value,
        "value_unit": _UNITS.get(name),
        "resource_description": None,
    }


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what not in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        return
    for pool in [p for p in world.of(ResourcePool).values() if p.cluster_id == cluster.id]:
        world.forget(pool)
    world.forget(switch_of(world, cluster))
