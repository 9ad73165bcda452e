"""What `flows.bind_domain` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from dws.client import Client
from dws.lookup import find_cluster
from dws.operations.network import (
    ClusterEndpoints,
    DomainName,
    DomainTtl,
    ListClusterEndpoints,
    PrivateConnection,
    PublicConnection,
)
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.binding import UNBOUND, may_be_replaced, wanted_id
from tasks.preconditions import cluster_target, is_well

Side = Literal["private", "public"]


class Inputs(OnCluster):
    """The domain name that a cluster is to have, inside its network or outside."""

    type: Side = Field(title="Inside its network, or outside")
    domain: str = Field(title=f"Domain name, without its suffix, or {UNBOUND}")
    ttl: DomainTtl = Field(default=300, title="Seconds that name servers may remember it")
    replace: bool = Field(default=False, title="Whether another one that it has is given up")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.domain == UNBOUND and self.type == "private":
            raise ValueError("domain=unbound: the service gives up names for outside alone")
        try:
            TypeAdapter(DomainName).validate_python(self.domain)
        except ValidationError:
            raise ValueError(
                f"domain={self.domain!r}: 1 to 63 letters, digits, '-' and '.'"
            ) from None
        return self

    @property
    def wanted(self) -> str | None:
        """The name; None if there is to be none."""
        return wanted_id(self.domain)


class Outputs(OfCluster):
    """What name the cluster has now."""

    domain: str | None
    """In full where the service tells its suffix."""
    changed: bool
    """Whether this run changed anything."""


ACTION = Action(
    name="bind_domain",
    title="Give a cluster a domain name, or none",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.bind_domain:bind_domain",
    usual=(timedelta(seconds=30), timedelta(minutes=2)),
    preview="flows.declared.bind_domain:preview",
    briefing=Briefing(
        changes="By which name the cluster is found, inside its network or outside.",
        interrupts="Connections go on. Who connects by a name that is given up finds it no more.",
        waits=(
            "clusters.cluster_settled",
            "network.private_domain_ready",
            "network.public_domain_ready",
            "network.public_domain_gone",
        ),
        by_hand="Nothing: run it again.",
    ),
)

Connection = PrivateConnection | PublicConnection


def side_of(endpoints: ClusterEndpoints, type_: Side) -> Connection | None:
    """How the cluster is reached on a side; None if it is not."""
    return endpoints.private_endpoints if type_ == "private" else endpoints.public_endpoints


def name_on(side: Connection | None) -> str | None:
    """The domain name there, in use or not; None if there is none."""
    return (side.domain_name or None) if side else None


def has_name(side: Connection | None, name: str, ttl: int) -> bool:
    """
    Whether it has that name and that TTL, as far as it is told.

    The sample of reference 5.9.9 has a name with a TTL of 0, which no name can have: it is not
    told then. That the name may be told with its suffix is assumed.
    """
    if side is None or side.domain_name is None or side.domain_name_ttl not in {None, 0, ttl}:
        return False
    return side.domain_name in {name, f"{name}.{side.domain_name_suffix}"}


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the domain name now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    endpoints = await client.call(ListClusterEndpoints(cluster_id=cluster.id))
    side = side_of(endpoints, inputs.type)
    changes = tuple(_changes(cluster, inputs, side))
    target = cluster_target(account, cluster)
    if not changes:
        told = f"{cluster.name} has {inputs.wanted or 'none'} already"
        return Preview((target,), findings=(Finding("domain name is bound", Level.PASS, told),))
    return Preview(
        targets=(target,),
        changes=changes,
        findings=(
            is_well(cluster),
            _may_be_given_up(cluster, inputs, side),
            _has_address(cluster, inputs, side),
        ),
    )


def _changes(cluster: Cluster, inputs: Inputs, side: Connection | None) -> list[str]:
    present, name = name_on(side), inputs.wanted
    of = f"{inputs.type} domain name"
    if name is None:
        return [f"give up the {of} {present} of cluster {cluster.name}"] if present else []
    if has_name(side, name, inputs.ttl):
        return []
    if present is None:
        return [f"apply for the {of} {name} of cluster {cluster.name}, ttl {inputs.ttl} s"]
    was = f"{present}, ttl {side.domain_name_ttl if side else None} s"
    return [f"change the {of} of cluster {cluster.name} to {name}, ttl {inputs.ttl} s, from {was}"]


def _may_be_given_up(cluster: Cluster, inputs: Inputs, side: Connection | None) -> Finding:
    present, kind = name_on(side), f"{inputs.type} domain name"
    suffix = f".{side.domain_name_suffix}" if side else ""
    bare = present.removesuffix(suffix) if present else None
    return may_be_replaced(kind, cluster, bare, inputs.wanted, replace=inputs.replace)


def _has_address(cluster: Cluster, inputs: Inputs, side: Connection | None) -> Finding:
    """Whether there is an elastic IP for a name outside to lead to (assumed to be needed)."""
    check = "it can be reached on that side"
    if inputs.type == "public" and inputs.wanted and side is None:
        told = f"cluster {cluster.name} has no elastic IP; bind one first, by bind-eip"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"by {side.ip}" if side else "it is not")
