"""Give a cluster a domain name inside its network or outside, or see to it that it has none."""

from __future__ import annotations

from prefect import flow

from flows.declared.bind_domain import (
    ACTION,
    Connection,
    Inputs,
    Outputs,
    Side,
    has_name,
    name_on,
    side_of,
)
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster
from tasks import network


@flow(name="bind-domain", flow_run_name="bind-domain-{cluster}", retries=0)
async def bind_domain(  # noqa: PLR0913 - what an operator may tell
    account: str,
    cluster: str,
    type: Side,  # noqa: A002 - the service's own word
    domain: str,
    *,
    ttl: int = 300,
    replace: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a cluster has this domain name, or none; at once if it is so.

    Killed at any moment and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        type: ``private``: inside its network; ``public``: outside.
        domain: The name without its suffix; ``unbound`` for none, of ``public`` alone.
        ttl: Seconds that name servers may remember it.
        replace: Whether another name that it has is given up for it.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: It has another name, no elastic IP, or is not well; nothing was changed.
        Stopped: The name could not be made; the message says why.
        WaitTimedOut: It was not in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, type=type, domain=domain, ttl=ttl, replace=replace)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        change = _giving(work, inputs.wanted) if inputs.wanted else _giving_up(work)
        changed = await bring_about(work, change)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            domain=_in_full(await _side(work)) if inputs.wanted else None,
            changed=changed,
        )


def _giving(work: Work[Inputs, OneCluster], name: str) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id
    type_, ttl = work.inputs.type, work.inputs.ttl

    async def stage() -> Stage:
        side = await _side(work)
        if _is_pending(side):
            return Stage.UNDER_WAY
        is_so = has_name(side, name, ttl) and not _has_failed(side)
        return Stage.DONE if is_so else Stage.NOT_BEGUN

    async def act() -> None:
        is_new = name_on(await _side(work)) is None
        ask = network.create_cluster_dns if is_new else network.update_cluster_dns
        await ask(account, cluster_id=cluster_id, name=name, type=type_, ttl=ttl)

    is_ready = (
        network.wait_until_private_domain_ready
        if type_ == "private"
        else network.wait_until_public_domain_ready
    )
    return Change(
        what=f"{type_} domain name {name}",
        stage=stage,
        ready=lambda: settled(work),
        act=act,
        wait=lambda: is_ready(account, cluster_id=cluster_id),
    )


def _giving_up(work: Work[Inputs, OneCluster]) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id

    async def stage() -> Stage:
        side = await _side(work)
        if name_on(side) is None:
            return Stage.DONE
        return Stage.UNDER_WAY if _is_pending(side) else Stage.NOT_BEGUN

    return Change(
        what="giving up of the public domain name",
        stage=stage,
        ready=lambda: settled(work),
        act=lambda: network.delete_cluster_dns(account, cluster_id=cluster_id),
        wait=lambda: network.wait_until_public_domain_gone(account, cluster_id=cluster_id),
    )


async def _side(work: Work[Inputs, OneCluster]) -> Connection | None:
    told = await network.list_cluster_endpoints(work.account, cluster_id=work.aim.cluster_id)
    return side_of(told, work.inputs.type)


def _is_pending(side: Connection | None) -> bool:
    return "PENDING" in ((side.domain_name_status if side else None) or "")


def _has_failed(side: Connection | None) -> bool:
    return "ERROR" in ((side.domain_name_status if side else None) or "")


def _in_full(side: Connection | None) -> str | None:
    name = name_on(side)
    if side is None or name is None or not side.domain_name_suffix:
        return name
    return f"{name.removesuffix(f'.{side.domain_name_suffix}')}.{side.domain_name_suffix}"
