"""How clusters are reached: domain names, elastic IPs, load balancers; and what binds them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from dws.emulator import jobs, lifecycle
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Job
from dws.emulator.refused import Refused
from dws.emulator.world import World, id_from

NOT_USED = "not_use"
ELB_FAILED = "ELB_BIND_FAILED"
BANDWIDTH = 300
"""Mbit/s of an elastic IP that came with its cluster: sample of reference 5.9.9."""


@kept
@dataclass(slots=True)
class Balancer:
    """A load balancer of a project."""

    id: str
    project_id: str
    name: str
    private_ip: str
    public_ip: str
    vpc_id: str
    subnet_id: str
    cluster_id: str = ""
    """The cluster that it is bound to."""


@kept
@dataclass(slots=True)
class ElasticIp:
    """An elastic IP of a project. Which cluster it is bound to, that cluster tells."""

    id: str
    project_id: str
    address: str
    bandwidth: int


def balancers(world: World, project_id: str) -> list[Balancer]:
    """The load balancers of a project."""
    return [found for found in world.of(Balancer).values() if found.project_id == project_id]


def balancer(world: World, project_id: str, elb_id: str) -> Balancer:
    """
    A load balancer of a project.

    Raises:
        Refused: There is none (facts/service_and_peers B5: 400 DWS.0102).
    """
    found = world.of(Balancer).get(elb_id)
    if found is None or found.project_id != project_id:
        raise Refused(400, "DWS.0102", f"The ELB {elb_id} does not exist.")
    return found


def balancer_of(world: World, cluster: Cluster) -> Balancer | None:
    """The load balancer that a cluster is bound to."""
    bound = (found for found in world.of(Balancer).values() if found.cluster_id == cluster.id)
    return next(bound, None)


def bind_balancer(world: World, cluster: Cluster, found: Balancer) -> Job:
    """
    Begin to bind a load balancer to a cluster.

    Raises:
        Refused: It is in another VPC, or one of the two is bound already (assumed: these codes).
    """
    lifecycle.require_idle(world, cluster)
    if found.vpc_id != cluster.vpc_id:
        raise Refused(404, "DWS.5021", f"The VPC of the ELB {found.id} is not the cluster's.")
    if found.cluster_id or balancer_of(world, cluster):
        raise Refused(400, "DWS.5045", "The ELB or the cluster is bound already.")
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("ELB_BINDING", world.lasting_s("bind_elb", found.name))]
    work = lifecycle.begin(world, cluster, stretches, "elb_bound", found.id)
    if not found.private_ip:
        work.fails_as = work.fails_as or ELB_FAILED
    return jobs.start(world, cluster.id, "ecfClusterElbCreateJob", work)


def unbind_balancer(world: World, cluster: Cluster, found: Balancer) -> Job:
    """
    Begin to unbind a load balancer from a cluster.

    Raises:
        Refused: It is not bound to it.
    """
    if found.cluster_id != cluster.id:
        raise Refused(400, "DWS.0102", f"The ELB {found.id} is not bound to the cluster.")
    lifecycle.require_idle(world, cluster)
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("ELB_UNBINDING", world.lasting_s("bind_elb", found.name))]
    work = lifecycle.begin(world, cluster, stretches, "elb_unbound", found.id)
    return jobs.start(world, cluster.id, "ecfClusterElbDeleteJob", work)


@effect
def elb_bound(world: World, event: Event) -> None:
    number, elb_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    found = world.of(Balancer)[elb_id]
    if cluster.failure is None:
        found.cluster_id = cluster.id
        world.keep(found)
    elif not found.private_ip:
        # The sample of reference 5.13.1.
        detail = "DWS.0114:ELB private IP is not configured."
        jobs.fail(world, cluster.id, "CreateELBTask-fail:DWS.0114", detail)


@effect
def elb_unbound(world: World, event: Event) -> None:
    number, elb_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        _let_go(world, world.of(Balancer)[elb_id])


def ip_of(world: World, cluster: Cluster) -> ElasticIp | None:
    """The elastic IP of a cluster: one of the project's, or that which came with it."""
    if cluster.public_bind_type == NOT_USED:
        return None
    found = world.of(ElasticIp).get(cluster.eip_id)
    if found:
        return found
    eip_id = cluster.eip_id or id_from(f"eip:{cluster.id}")
    address = f"10.0.0.{8 + sum(cluster.id.encode()) % 240}"
    return ElasticIp(eip_id, cluster.project_id, address, BANDWIDTH)


def bind_ip(world: World, cluster: Cluster, eip_id: str) -> None:
    """
    Begin to bind an elastic IP to a cluster. That it shows as NETWORK_CONFIGURING is assumed.

    Raises:
        Refused: There is none of that id, it is bound already, or the cluster has one
            (assumed: as an invalid id).
    """
    found = world.of(ElasticIp).get(eip_id)
    if not _is_uuid(eip_id):
        raise Refused(400, "DWS.5133", f"Invalid EIP ID: {eip_id}.")
    if found is None or found.project_id != cluster.project_id:
        raise Refused(400, "DWS.5135", f"The EIP does not exist: {eip_id}.")
    lifecycle.require_idle(world, cluster)
    if ip_of(world, cluster) or _is_bound(world, eip_id):
        raise Refused(400, "DWS.5133", "The EIP or the cluster is bound already.")
    _configure(world, cluster, "eip_bound", eip_id)


def unbind_ip(world: World, cluster: Cluster, eip_id: str) -> None:
    """
    Begin to unbind the elastic IP of a cluster.

    Raises:
        Refused: It has not that one.
    """
    found = ip_of(world, cluster)
    if found is None or found.id != eip_id:
        raise Refused(400, "DWS.5135", f"The EIP is not bound to the cluster: {eip_id}.")
    lifecycle.require_idle(world, cluster)
    # One that came with its cluster outlives the binding.
    world.keep(found)
    _configure(world, cluster, "eip_unbound", eip_id)


@effect
def eip_bound(world: World, event: Event) -> None:
    number, eip_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        cluster.public_bind_type, cluster.eip_id = "bind_existing", eip_id


@effect
def eip_unbound(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        cluster.public_bind_type, cluster.eip_id = NOT_USED, ""


@listens
def _let_loose(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        found = balancer_of(world, cluster)
        if found:
            _let_go(world, found)


def _let_go(world: World, found: Balancer) -> None:
    found.cluster_id = ""
    world.keep(found)


def _configure(world: World, cluster: Cluster, effect_name: str, eip_id: str) -> None:
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("NETWORK_CONFIGURING", world.lasting_s("bind_eip", cluster.name))]
    lifecycle.begin(world, cluster, stretches, effect_name, eip_id)


def _is_bound(world: World, eip_id: str) -> bool:
    present = (c for c in world.clusters.values() if c.deleted_at is None)
    return any(c.eip_id == eip_id and c.public_bind_type != NOT_USED for c in present)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
