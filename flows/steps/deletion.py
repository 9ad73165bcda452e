"""The deletion of a cluster, begun or found begun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dws.errors import DwsError, RequestFailed, Unreachable
from tasks import clusters
from tasks.beginning import ATTEMPTS, may_pass, was_asked
from tasks.run import Run


async def is_going(account: str, cluster_id: str) -> bool:
    """Whether the cluster is being deleted, or gone by the service's own word."""
    cluster = await clusters.cluster_with_id(account, cluster_id)
    return cluster is None or cluster.status in {"DELETING", "DELETED"}


async def begin_deletion(
    run: Run, account: str, cluster_id: str, *, before: Callable[[], Awaitable[int]]
) -> None:
    """
    Ask for the deletion of a cluster, and look what came of it where the answer got lost.

    Args:
        before: Is called before each request: waits until it is possible, makes sure that it is
            allowed, and answers how many manual snapshots are to be kept.

    Raises:
        RequestFailed, Unreachable: It was refused, or not taken in three attempts.
    """
    what = f"deletion of {cluster_id}"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            keep = await before()
        except DwsError as error:
            # What an earlier, killed attempt had sent may take effect while this one waits.
            if was_asked(run, what) and await is_going(account, cluster_id):
                run.note("deletion adopted", cluster=cluster_id, after=str(error))
                return
            raise
        run.remember(f"asked for {what}", attempt)
        try:
            await clusters.delete_cluster(
                account, cluster_id=cluster_id, keep_last_manual_snapshot=keep
            )
        except (RequestFailed, Unreachable) as error:
            if await is_going(account, cluster_id):
                run.note("deletion adopted", cluster=cluster_id, after=str(error))
                return
            if attempt == ATTEMPTS or not may_pass(error):
                raise
        else:
            run.note("deletion begun", cluster=cluster_id, keeps=keep)
            return
