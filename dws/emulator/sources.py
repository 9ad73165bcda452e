"""External data sources: how they are made, changed and undone. Their states are numbers."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import lifecycle
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Work
from dws.emulator.refused import Refused
from dws.emulator.world import World

CREATING, AVAILABLE, CREATE_FAILED, DELETING, DELETE_FAILED = "100", "200", "303", "304", "302"
CONFIGURING, ACTIVE, FAILED, UPDATING, PENDING_REBOOT = "100", "200", "300", "500", "600"
"""Facts/service_and_peers A1: of ``status`` the first line, of ``configure_status`` this one."""


@kept
@dataclass(slots=True)
class ExternalSource:
    """One data source of a cluster. The password of its user is not kept: nothing asks for it."""

    id: str
    cluster_id: str
    name: str
    type: str
    user_name: str
    created: float
    updated: float
    connect_info: str = ""
    data_source_id: str = ""
    description: str = ""
    status: str = CREATING
    configure_status: str = CONFIGURING
    fail_reason: str | None = None


def of_cluster(world: World, cluster_id: str) -> list[ExternalSource]:
    """The data sources of a cluster, oldest first."""
    return [found for found in world.of(ExternalSource).values() if found.cluster_id == cluster_id]


def source(world: World, cluster_id: str, source_id: str) -> ExternalSource:
    """
    A data source of a cluster.

    Raises:
        Refused: There is none (assumed: told as an illegal id, as of a snapshot that is gone).
    """
    found = world.of(ExternalSource).get(source_id)
    if found is None or found.cluster_id != cluster_id:
        raise Refused(404, "DWS.0001", f"The data source {source_id} does not exist.")
    return found


def configure(world: World, cluster: Cluster, changed: ExternalSource, *, reboot: bool) -> Work:
    """Let a cluster take over a data source, and restart in the end if told so."""
    stretches = [Stretch("CONFIGURING_EXT_DATASOURCE", _lasting_s(world, changed))]
    if reboot:
        stretches.append(Stretch("REBOOTING", world.lasting_s("restart", cluster.name)))
    world.keep(changed)
    restarted = "restarted" if reboot else ""
    return lifecycle.begin(world, cluster, stretches, "source_configured", changed.id, restarted)


def remove(world: World, cluster: Cluster, doomed: ExternalSource) -> Work:
    """Let a cluster drop a data source."""
    doomed.status = DELETING
    world.keep(doomed)
    stretches = [Stretch("DELETING_EXT_DATASOURCE", _lasting_s(world, doomed))]
    return lifecycle.begin(world, cluster, stretches, "source_removed", doomed.id)


@effect
def source_configured(world: World, event: Event) -> None:
    number, source_id, restarted = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    changed = world.of(ExternalSource)[source_id]
    changed.updated = world.now
    if cluster.failure:
        changed.configure_status, changed.fail_reason = FAILED, cluster.failure
        changed.status = CREATE_FAILED if changed.status == CREATING else changed.status
    else:
        # MRS brings files of its own, which a running database does not read (assumed).
        waits = changed.type == "MRS" and not restarted
        changed.status, changed.fail_reason = AVAILABLE, None
        changed.configure_status = PENDING_REBOOT if waits else ACTIVE
    world.keep(changed)


@effect
def source_removed(world: World, event: Event) -> None:
    number, source_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    doomed = world.of(ExternalSource)[source_id]
    if cluster.failure:
        doomed.status, doomed.fail_reason, doomed.updated = (
            DELETE_FAILED,
            cluster.failure,
            world.now,
        )
        world.keep(doomed)
        return
    world.forget(doomed)


@listens
def _follow(world: World, cluster: Cluster, what: str) -> None:
    """A restart takes over what waits for it; with the cluster goes all that it had."""
    if what == "RestartCluster.done":
        for waiting in of_cluster(world, cluster.id):
            if waiting.configure_status == PENDING_REBOOT:
                waiting.configure_status = ACTIVE
                world.keep(waiting)
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for gone in of_cluster(world, cluster.id):
            world.forget(gone)


def _lasting_s(world: World, of: ExternalSource) -> float:
    return world.lasting_s("data_source", of.name)
