"""What `flows.encrypt_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster, snapshots_of
from dws.operations.security import Encryption, ShowClusterEncryptInfo
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import can_go_back, cluster_target, is_no_older_than, is_well
from tasks.protection import not_in_disaster_recovery

SINCE = "8.0.0"
"""The first version that can (seen: the SDK's page of EncryptCluster)."""
Algorithm = Literal["generalCipher", "SMcompatible"]


class Inputs(OnCluster):
    """Which cluster is encrypted, and with which key."""

    key_id: str = Field(min_length=1, title="Id of the key in the key management service")
    key_name: str = Field(min_length=1, title="Name of that key")
    algorithm: Algorithm = Field(
        default="generalCipher", title="generalCipher: AES; SMcompatible: SM4"
    )


class Outputs(OfCluster):
    """How the cluster is encrypted now."""

    key_id: str
    algorithm: str | None
    asked: bool
    """False if it was encrypted already, or someone else had begun to."""


ACTION = Action(
    name="encrypt_cluster",
    title="Encrypt a cluster, for good",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.encrypt_cluster:encrypt_cluster",
    usual=(timedelta(minutes=10), timedelta(minutes=20)),
    preview="flows.declared.encrypt_cluster:preview",
    briefing=Briefing(
        changes="The cluster's data is encrypted with a key of the key management service. There "
        "is no way back, and without the key the data is lost.",
        interrupts="Queries are broken off (assumed).",
        waits=(
            "clusters.cluster_settled",
            "account.job_finished",
            "clusters.cluster_task_finished",
        ),
        by_hand="If the job failed, mend what it names, and run it anew.",
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
    cluster = await find_cluster(client, inputs.cluster)
    present = await client.call(ShowClusterEncryptInfo(cluster_id=cluster.id))
    target = cluster_target(account, cluster)
    if present.is_encrypted:
        return Preview((target,), findings=(_has_key(cluster, present, inputs),))
    pairs = await disaster_recoveries_of(client, cluster.id)
    return Preview(
        targets=(target,),
        changes=(f"encrypt cluster {cluster.name} with key {inputs.key_name}, FOR GOOD",),
        findings=(
            is_well(cluster),
            is_no_older_than(cluster, SINCE, "encryption"),
            not_in_disaster_recovery(cluster, pairs),
            _key_must_stay(inputs),
            can_go_back(cluster, await snapshots_of(client, cluster.id)),
        ),
    )


def _has_key(cluster: Cluster, present: Encryption, inputs: Inputs) -> Finding:
    check = "it is encrypted with that key"
    name = present.master_key_name or present.master_key_id
    if present.master_key_id == inputs.key_id:
        return Finding(check, Level.PASS, f"{cluster.name} is encrypted with {name} already")
    told = f"key_id={inputs.key_id!r}: cluster {cluster.name} is encrypted with another key, {name}"
    return Finding(check, Level.BLOCK, f"{told}; that cannot be changed, only rotated")


def _key_must_stay(inputs: Inputs) -> Finding:
    """The service cannot be asked about keys: whether it is there shows in the job alone."""
    told = f"never delete or disable key {inputs.key_name} ({inputs.key_id}): the data is lost then"
    return Finding("the key must stay usable", Level.WARN, told)
