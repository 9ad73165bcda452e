"""What `flows.restart_in_window` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import cluster_with_id, disaster_recoveries_of, find_cluster
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.parameters import FAILURE
from tasks.preconditions import cluster_target, is_free_of_recovery, is_open, is_well
from tasks.windows import Window, maintenance_window


class Inputs(OnCluster):
    """Which cluster is to be restarted, and when."""

    window: Window | None = Field(
        default=None,
        title="When it may be restarted, e.g. 'SUN 01:00-04:00 Europe/Berlin'; the cluster's own "
        "maintenance window if not told",
    )
    now_or_never: bool = Field(
        default=False, title="Refuse if the window is closed; else its opening is waited for"
    )


class Outputs(OfCluster):
    """What was restarted."""

    window: str
    """The window that it was restarted in."""
    asked: bool
    """False if someone else restarted it while this was about to."""


ACTION = Action(
    name="restart_in_window",
    title="Restart a cluster in its maintenance window, once, and see it well",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.restart_in_window:restart_in_window",
    usual=(timedelta(minutes=3), timedelta(minutes=20)),
    preview="flows.declared.restart_in_window:preview",
    briefing=Briefing(
        changes="All nodes of the cluster are restarted; parameters that wait for it take effect.",
        interrupts="Queries end as it begins, and are refused for 3 to 20 minutes.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand="Nothing: go on with the same run; it restarts the cluster once in all. After a "
        "restart that failed see for the cluster first, and begin a new run.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the cluster now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    listed = await find_cluster(client, inputs.cluster)
    # Lists do not tell the window.
    cluster = await cluster_with_id(client, listed.id) or listed
    pairs = await disaster_recoveries_of(client, cluster.id)
    window = inputs.window or maintenance_window(cluster)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"restart cluster {cluster.name} ({cluster.id}) in the window {window}",),
        findings=(
            is_well(cluster),
            is_free_of_recovery(cluster, pairs),
            _in_sync(cluster),
            _window_opens(cluster, window, now_or_never=inputs.now_or_never),
        ),
    )


def _in_sync(cluster: Cluster) -> Finding:
    check = "parameters are in sync"
    status = cluster.parameter_group.status if cluster.parameter_group else None
    if status != FAILURE:
        return Finding(check, Level.PASS, f"their state is {status or 'not told'}")
    # A restart may be the cure, so this does not block; after it they must be in sync.
    told = f"an earlier change of the parameters of cluster {cluster.name} ended in {FAILURE}"
    return Finding(check, Level.WARN, told)


def _window_opens(cluster: Cluster, window: Window | None, *, now_or_never: bool) -> Finding:
    if window is not None:
        return is_open(window, now_or_never=now_or_never)
    told = f"cluster {cluster.name} tells no maintenance window; give one as window"
    return Finding("window is open", Level.BLOCK, told)
