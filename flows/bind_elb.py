"""Bind a load balancer to a cluster, or see to it that none is bound."""

from __future__ import annotations

from prefect import flow

from flows.declared.bind_elb import ACTION, KIND, MENDS, Inputs, Outputs
from flows.steps.binding import Binding, Bound, see_to_binding
from flows.steps.procedure import OneCluster, Work, on_cluster
from tasks import network
from tasks.binding import wanted_id


@flow(name="bind-elb", flow_run_name="bind-elb-{cluster}", retries=0)
async def bind_elb(
    account: str, cluster: str, elb: str, *, replace: bool = False, run_id: str | None = None
) -> Outputs:
    """
    See to it that a cluster has this load balancer, or none; at once if it is so.

    Killed at any moment and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        elb: Name or id of a load balancer in its network, or ``unbound``.
        replace: Whether another one that is bound is given up for it.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: A name does not tell one cluster or balancer; nothing was changed.
        Refused: Another is bound, it cannot be bound, or the cluster is not well; nothing was
            changed.
        Stopped: A task failed; the message says what is left.
        WaitTimedOut: One did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, elb=elb, replace=replace)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        wanted = await work.once("load balancer wanted", Bound, lambda: _wanted(work))
        before, changed = await see_to_binding(work, _of(work), wanted.id)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            elb_id=wanted.id,
            elb_id_before=before.id,
            changed=changed,
        )


async def _wanted(work: Work[Inputs, OneCluster]) -> Bound:
    name = wanted_id(work.inputs.elb)
    if name is None:
        return Bound(id=None)
    return Bound(id=(await network.find_elb(work.account, work.aim.cluster_id, name)).id)


def _of(work: Work[Inputs, OneCluster]) -> Binding:
    account, cluster_id = work.account, work.aim.cluster_id
    return Binding(
        kind=KIND,
        tasks=frozenset({"ELB_BINDING", "ELB_UNBINDING", "ELB_SWITCHING"}),
        mends=MENDS,
        bound=lambda cluster: cluster.elb_id,
        bind=lambda id_: network.associate_elb(account, cluster_id=cluster_id, elb_id=id_),
        unbind=lambda id_: network.disassociate_elb(account, cluster_id=cluster_id, elb_id=id_),
    )
