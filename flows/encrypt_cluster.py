"""Encrypt a cluster with a key of the key management service, for good."""

from __future__ import annotations

from prefect import flow

from dws.operations.security import Encryption, NewEncryption
from flows.declared.encrypt_cluster import ACTION, Algorithm, Inputs, Outputs
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import account as accounts
from tasks import clusters, security

ENCRYPTING = "ENCRYPTING"
"""The word of the task is assumed: the reference has none for this."""


@flow(name="encrypt-cluster", flow_run_name="encrypt-cluster-{cluster}", retries=0)
async def encrypt_cluster(  # noqa: PLR0913 - what an operator may tell
    account: str,
    cluster: str,
    key_id: str,
    key_name: str,
    *,
    algorithm: Algorithm = "generalCipher",
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a cluster is encrypted with this key; at once if it is. There is no way back.

    Killed at any moment and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        key_id: Id of the key; it must stay usable for ever.
        key_name: Name of the key.
        algorithm: ``generalCipher`` is AES, ``SMcompatible`` SM4.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: It is encrypted with another key, too old, in a disaster recovery or not well;
            nothing was changed.
        Stopped: The job failed; the message says why.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, key_id=key_id, key_name=key_name, algorithm=algorithm)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        asked = await bring_about(work, _encryption(work))
        shown = await _shown(work)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            key_id=key_id,
            algorithm=shown.crypt_algorithm,
            asked=asked,
        )


def _encryption(work: Work[Inputs, OneCluster]) -> Change:
    account, cluster_id, inputs = work.account, work.aim.cluster_id, work.inputs
    what = f"encryption of cluster {work.aim.cluster_name}"
    jobs: list[str] = []

    async def stage() -> Stage:
        shown = await _shown(work)
        if shown.is_encrypted and shown.master_key_id != inputs.key_id:
            raise work.stop(f"{what}: another key was taken meanwhile, {shown.master_key_id}")
        if shown.is_encrypted:
            return Stage.DONE
        cluster = await seen(work)
        is_at_it = ENCRYPTING in {cluster.task_status, *cluster.action_progress}
        return Stage.UNDER_WAY if is_at_it else Stage.NOT_BEGUN

    async def act() -> None:
        wanted = NewEncryption(
            master_key_id=inputs.key_id,
            master_key_name=inputs.key_name,
            crypt_algorithm=inputs.algorithm,
        )
        begun = await security.encrypt_cluster(account, cluster_id=cluster_id, encrypt=wanted)
        jobs.extend([begun.job_id] if begun.job_id else [])

    async def wait() -> None:
        # Of what another attempt has begun no job is known; the cluster's state tells its end.
        for job in jobs:
            await accounts.wait_until_job_finished(account, job_id=job)
        await clusters.wait_until_cluster_task_finished(account, cluster_id=cluster_id)

    return Change(what=what, stage=stage, ready=lambda: settled(work), act=act, wait=wait)


async def _shown(work: Work[Inputs, OneCluster]) -> Encryption:
    return await security.show_cluster_encrypt_info(work.account, cluster_id=work.aim.cluster_id)
