"""Small works on whole clusters: stopped, started, renamed, given another time zone."""

from __future__ import annotations

from dws.emulator import births, lifecycle
from dws.emulator.due import effect
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import GAP, Cluster, Event, Work
from dws.emulator.refused import busy
from dws.emulator.world import World

STOPPED = "STOPPED"


def stop(world: World, cluster: Cluster) -> Work:
    """
    Begin to stop a cluster.

    Raises:
        Refused: It is busy, stopped, or held by disaster recovery (the last is assumed).
    """
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    lifecycle.clear_failure(world, cluster)
    lasting_s = world.lasting_s("stop", cluster.name)
    return lifecycle.begin(world, cluster, [Stretch("STOPPING", lasting_s)], "cluster_stopped")


def start(world: World, cluster: Cluster) -> Work:
    """
    Begin to start a cluster.

    Raises:
        Refused: It is busy, or not stopped.
    """
    if cluster.work or world.now < cluster.settles_at or cluster.status != STOPPED:
        raise busy()
    lifecycle.clear_failure(world, cluster)
    lasting_s = world.lasting_s("start", cluster.name)
    return lifecycle.begin(world, cluster, [Stretch("STARTING", lasting_s)], "cluster_started")


def rename(world: World, cluster: Cluster, name: str) -> Work:
    """
    Begin to rename a cluster. It shows as no task (assumed); the job tells of it.

    Raises:
        Refused: It is busy, or the name is taken.
    """
    births.require_free_name(world, cluster.project_id, name)
    lifecycle.require_idle(world, cluster)
    stretches = [Stretch(GAP, world.lasting_s("rename", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "cluster_renamed", name)


def set_timezone(world: World, cluster: Cluster, timezone: str) -> Work:
    """
    Begin to give a cluster a time zone. It shows as no task (assumed); the job tells of it.

    Raises:
        Refused: It is busy.
    """
    lifecycle.require_idle(world, cluster)
    stretches = [Stretch(GAP, world.lasting_s("set_timezone", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "timezone_set", timezone)


@effect
def cluster_stopped(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    cluster.status = cluster.status if cluster.failure else STOPPED


@effect
def cluster_started(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    cluster.status = cluster.status if cluster.failure else "AVAILABLE"


@effect
def cluster_renamed(world: World, event: Event) -> None:
    number, name = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    # Another may have been created under that name meanwhile: names may then be twice (assumed).
    if cluster and lifecycle.end(world, cluster) is None:
        cluster.name = name


@effect
def timezone_set(world: World, event: Event) -> None:
    number, timezone = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster and lifecycle.end(world, cluster) is None:
        cluster.timezone = timezone
