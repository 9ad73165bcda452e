"""Change the administrator's password of a cluster, proved by logins."""

from __future__ import annotations

from prefect import flow

from dws import clock
from flows.declared.rotate_password import ACTION, Inputs, Outputs
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import passwords
from tasks.beginning import LOOK_EVERY_S, LOOKS
from tasks.credentials import DEFAULT


@flow(name="rotate-password", flow_run_name="rotate-password-{cluster}", retries=0)
async def rotate_password(account: str, cluster: str, *, run_id: str | None = None) -> Outputs:
    """
    Set the new password of the settings, and see it let in and the old one refused.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state. Neither password, nor
    anything made of one, is stored, logged or answered: how far it came tell the logins alone.

    Args:
        account: Name of the account, which has both passwords; ``default`` is that of the
            environment, ``DWS_DATABASE_PASSWORD`` and ``DWS_DATABASE_NEW_PASSWORD``.
        cluster: Name or id of the cluster.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        BadSetting: A password is missing, or the new one cannot be; nothing was changed.
        Refused: Neither password is let in, the cluster is not well, or a disaster recovery runs;
            nothing was changed.
        Stopped: The new password is not let in, or the old one still is.
        UnsupportedLogin: The database asks for passwords in a way that libpq does not speak; the
            message tells the cure. Nothing was changed.
        DatabaseRefused, Unreachable: The database refused for another reason, or did not answer.
        RequestFailed: The service refused, e.g. as the password was used before.
    """
    inputs = Inputs(cluster=cluster)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        await settled(work)
        administrator = (await seen(work)).user_name
        await passwords.check_new_password(account, work.aim.cluster_id, administrator)
        asked = await bring_about(work, _rotation(work))
        await _old_is_dead(work)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            user=administrator or "",
            asked=asked,
            to_do=_to_do(account),
        )


def _rotation(work: Work[Inputs, OneCluster]) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id

    async def stage() -> Stage:
        if await passwords.is_let_in(account, cluster_id, new=True):
            return Stage.DONE
        # A login that is let in also ends the count of refused ones, which locks the account.
        if await passwords.is_let_in(account, cluster_id, new=False):
            return Stage.NOT_BEGUN
        raise work.stop(
            f"cluster {work.aim.cluster_name} lets in neither DWS_DATABASE_PASSWORD nor "
            "DWS_DATABASE_NEW_PASSWORD; set the first to the password that counts"
        )

    return Change(
        what=f"new password of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: settled(work),
        act=lambda: passwords.set_new_password(account, cluster_id),
    )


async def _old_is_dead(work: Work[Inputs, OneCluster]) -> None:
    for remaining in reversed(range(LOOKS)):
        if not await passwords.is_let_in(work.account, work.aim.cluster_id, new=False):
            work.run.note("new password is let in, and the old one refused")
            return
        if remaining:
            await clock.sleep(LOOK_EVERY_S)
    raise work.stop(
        f"cluster {work.aim.cluster_name} lets in the new password, and the old one still; see "
        "whether it asks for passwords at all"
    )


def _to_do(account: str) -> str:
    if account == DEFAULT:
        return (
            "set DWS_DATABASE_PASSWORD to the new password, unset DWS_DATABASE_NEW_PASSWORD, and "
            "give the new one to all that logs in as the administrator"
        )
    return (
        f"in the Prefect block DwsAccount {account} set database_password to the new password and "
        "empty database_new_password, and give the new one to all that logs in as the administrator"
    )
