"""Bind an elastic IP to a cluster, or see to it that none is bound."""

from __future__ import annotations

from prefect import flow

from flows.declared.bind_eip import ACTION, KIND, MENDS, Inputs, Outputs
from flows.steps.binding import Binding, see_to_binding
from flows.steps.procedure import OneCluster, Work, on_cluster
from tasks import network
from tasks.binding import wanted_id


@flow(name="bind-eip", flow_run_name="bind-eip-{cluster}", retries=0)
async def bind_eip(
    account: str, cluster: str, eip: str, *, replace: bool = False, run_id: str | None = None
) -> Outputs:
    """
    See to it that a cluster has this elastic IP, or none; at once if it is so.

    Killed at any moment and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        eip: Id of the elastic IP, or ``unbound``.
        replace: Whether another one that is bound is given up for it.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: Another is bound, it is bound elsewhere, or the cluster is not well; nothing was
            changed.
        Stopped: A task failed; the message says what is left.
        WaitTimedOut: One did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, eip=eip, replace=replace)
    wanted = wanted_id(eip)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        before, changed = await see_to_binding(work, _of(work), wanted)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            eip_id=wanted,
            eip_id_before=before.id,
            changed=changed,
        )


def _of(work: Work[Inputs, OneCluster]) -> Binding:
    account, cluster_id = work.account, work.aim.cluster_id
    return Binding(
        kind=KIND,
        tasks=frozenset({"NETWORK_CONFIGURING"}),
        mends=MENDS,
        bound=lambda cluster: cluster.eip_id,
        bind=lambda id_: network.associate_eip(account, cluster_id=cluster_id, eip_id=id_),
        unbind=lambda id_: network.disassociate_eip(account, cluster_id=cluster_id, eip_id=id_),
    )
