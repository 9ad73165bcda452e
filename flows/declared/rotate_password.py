"""What `flows.rotate_password` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Preview
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well


class Inputs(OnCluster):
    """Whose password is to be changed; the passwords themselves are settings of the account."""


class Outputs(OfCluster):
    """Which password counts now; never which it is."""

    user: str
    """Whose password it is: the administrator."""
    asked: bool
    """False if the new password counted already."""
    to_do: str
    """Which settings to change now; names alone."""


ACTION = Action(
    name="rotate_password",
    title="Change the administrator's password, and prove the new one in and the old one out",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.rotate_password:rotate_password",
    usual=(timedelta(seconds=5), timedelta(minutes=1)),
    preview="flows.declared.rotate_password:preview",
    briefing=Briefing(
        changes="The administrator's password becomes that of DWS_DATABASE_NEW_PASSWORD.",
        interrupts="Sessions go on; who logs in with the old password is refused from then on.",
        waits=("clusters.cluster_settled",),
        by_hand="Nothing: go on with the same run, with the same settings; the logins tell how "
        "far it came. Change the settings only after its end.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the cluster now. Logs in nowhere: the run does that before any change.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    pairs = await disaster_recoveries_of(client, cluster.id)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"set the administrator's password of cluster {cluster.name} ({cluster.id})",),
        findings=(is_well(cluster), is_free_of_recovery(cluster, pairs)),
    )
