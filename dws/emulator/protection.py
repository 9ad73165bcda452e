"""Encryption of clusters, dumps of their audit logs, and their logs in the Log Tank Service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dws.emulator import lifecycle, render
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Event
from dws.emulator.spec import ToldAuditDump
from dws.emulator.versions import parts
from dws.emulator.world import World, id_from

Json = dict[str, Any]
SINCE_ENCRYPTION = "8.0.0"
"""Seen: the SDK's page of EncryptCluster."""
SINCE_LOGS, SINCE_MORE_LOGS = "8.1.1.300", "8.3.0"
"""Seen: the service's user guide, "Cluster Log Management"."""
_LOGS = {
    "CN": "coordinator log",
    "DN": "data node log",
    "messages": "operating system messages log",
    "audit": "database audit log",
}
_MORE_LOGS = {
    "cms": "cluster manager log",
    "gtm": "global transaction manager log",
    "roach-agent": "backup client log",
    "roach-controller": "backup server log",
    "upgrade": "upgrade log",
    "expand": "scaling log",
}
"""Types as on the SDK's page of ListLtsLogs; the descriptions but the third are assumed."""
MOST_DUMPS = 100
"""How many a cluster remembers (assumed)."""


@kept
@dataclass(slots=True)
class ClusterEncryption:
    """How a cluster is encrypted."""

    id: str
    cluster_id: str
    key_id: str
    key_name: str
    algorithm: str
    rotated: float | None = None


@kept
@dataclass(slots=True)
class LogAccess:
    """Whether a cluster sends logs to the Log Tank Service, once it was asked to."""

    id: str
    """That of the cluster."""
    is_open: bool


@dataclass(slots=True)
class Dump:
    """A dump of the audit log: of what was written from one moment to another."""

    since: float
    at: float
    result: str = "RUNNING"
    failure: str | None = None


@kept
@dataclass(slots=True)
class AuditDumping:
    """Where a cluster dumps its audit log, and its dumps so far."""

    id: str
    """That of the cluster."""
    bucket: str
    folder: str
    interval_s: float
    since: float
    """Up to then it is dumped."""
    dumps: list[Dump] = field(default_factory=list)


def encryption_of(world: World, cluster: Cluster) -> ClusterEncryption | None:
    """How a cluster is encrypted; None if it is not."""
    found = world.of(ClusterEncryption).values()
    return next((known for known in found if known.cluster_id == cluster.id), None)


@effect
def cluster_encrypted(world: World, event: Event) -> None:
    number, key_id, key_name, algorithm = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        world.keep(ClusterEncryption(world.new_id(), cluster.id, key_id, key_name, algorithm))


def encryption_told(found: ClusterEncryption | None) -> Json:
    """How a cluster is encrypted, reference 5.2.51; all empty if it is not."""
    if found is None:
        names = ("id", "cluster_id", "master_key_id", "master_key_name", "crypt_algorithm")
        return {**dict.fromkeys(names), "last_rotate_key_time": None}
    return {
        "id": found.id,
        "cluster_id": found.cluster_id,
        "master_key_id": found.key_id,
        "master_key_name": found.key_name,
        "last_rotate_key_time": None if found.rotated is None else moment(found.rotated),
        "crypt_algorithm": found.algorithm,
    }


def moment(seconds: float) -> str:
    """A time as the SDK's page of RotateKey has it: with a blank for the T."""
    return render.bare_moment(seconds).replace("T", " ")


def logs_told(world: World, cluster: Cluster) -> Json:
    """The logs of a cluster, reference 5.16.1; none before they were ever sent (assumed)."""
    access = world.of(LogAccess).get(cluster.id)
    status = "OPEN" if access and access.is_open else "CLOSE"
    newer = parts(cluster.version) >= parts(SINCE_MORE_LOGS)
    kinds = {**_LOGS, **(_MORE_LOGS if newer else {})} if access else {}
    told = [
        {
            "status": status,
            "id": id_from(f"{cluster.id}:log:{kind}"),
            "log_type": kind,
            "log_desc": words,
            "access_url": f"/lts/#/cts/logEventsLeftMenu/events?groupName={cluster.name}"
            f"&topicName={kind}",
        }
        for kind, words in kinds.items()
    ]
    return {"access_status": status, "lts_access_list": told, "count": len(told)}


def begin_dumping(world: World, cluster: Cluster, told: ToldAuditDump) -> None:
    """Let a cluster dump its audit log from now on, as set in the console: no call does."""
    interval_s = told.interval.total_seconds()
    world.keep(AuditDumping(cluster.id, told.bucket, told.folder, interval_s, world.now))
    world.at(world.now + interval_s, "audit_dump_begun", cluster.id)


@effect
def audit_dump_begun(world: World, event: Event) -> None:
    dumping = world.of(AuditDumping).get(event.target)
    if dumping is None:
        return
    dump = Dump(dumping.since, world.now)
    dumping.dumps = [*dumping.dumps, dump][-MOST_DUMPS:]
    world.keep(dumping)
    lasting_s = world.lasting_s("audit_dump", f"{event.target}:{len(dumping.dumps)}")
    world.at(world.now + min(lasting_s, dumping.interval_s / 2), "audit_dump_ended", dumping.id)
    world.at(world.now + dumping.interval_s, "audit_dump_begun", dumping.id)


@effect
def audit_dump_ended(world: World, event: Event) -> None:
    dumping = world.of(AuditDumping).get(event.target)
    if dumping is None:
        return
    dump, status = dumping.dumps[-1], world.clusters[event.target].status
    if status in lifecycle.USABLE:
        dump.result, dumping.since = "SUCCESS", dump.at
    else:
        dump.result, dump.failure = "FAIL", f"The cluster is {status}."
    world.keep(dumping)


def dumps_told(world: World, cluster: Cluster) -> Json:
    """The dumps of a cluster, reference 5.6.1, newest first; words of their ends are assumed."""
    dumping = world.of(AuditDumping).get(cluster.id)
    told = [
        {
            "cluster_id": cluster.id,
            "exector_time": render.bare_moment(dump.at),
            "begin_time": render.bare_moment(dump.since),
            "end_time": render.bare_moment(dump.at),
            "bucket_name": dumping.bucket,
            "location_prefix": dumping.folder,
            "result": dump.result,
            "failed_reason": dump.failure,
        }
        for dump in (reversed(dumping.dumps) if dumping else ())
        if dumping
    ]
    return {"records": told, "cluster_id": cluster.id, "count": len(told)}


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what not in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        return
    if found := encryption_of(world, cluster):
        world.forget(found)
    if access := world.of(LogAccess).get(cluster.id):
        world.forget(access)
    if dumping := world.of(AuditDumping).get(cluster.id):
        world.forget(dumping)
