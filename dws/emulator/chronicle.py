"""Events: what happens to clusters is written down, in the words that the service documents."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Event, Pair, Snapshot
from dws.emulator.world import World

REMEMBERED_S = 30 * 86400.0
"""How long events are kept (assumed: as long as alarms)."""
SUBJECT = "DWS event notification"


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of event."""

    name: str
    says: str
    """A sentence about ``%s``, the source."""
    severity: str
    source_type: str
    category: str = "management"


@kept
@dataclass(slots=True)
class Entry:
    """An event that occurred."""

    id: str
    project_id: str
    spec: str
    cluster_id: str
    """The cluster it concerns, whatever the source."""
    source_id: str
    source_name: str
    at: float


def _three(
    source: str, names: tuple[str, str, str], doing: str, category: str = "management"
) -> list[Spec]:
    began, done, failed = names
    return [
        Spec(began, f"{doing} of %s started.", "normal", source, category),
        Spec(done, f"{doing} of %s succeeded.", "normal", source, category),
        Spec(failed, f"{doing} of %s failed.", "warning", source, category),
    ]


def _of(name: str, last: str = "") -> tuple[str, str, str]:
    return name, f"{last or name}Success", f"{name}Fail"


def _pair(name: str, last: str) -> tuple[str, str, str]:
    return f"begin{name}", f"{last}Success", f"{last}Fail"


# Names, categories and severities: user guide, "Event Notifications Overview" (dws_01_0099). Its
# sentences are told in our words; that of deleteClusterSuccess is of the sample of 5.4.1.
_KINDS: list[tuple[tuple[str, ...], list[Spec]]] = [
    (("CreateCluster", "CreateClusterV2"), _three("cluster", _of("createCluster"), "Creation")),
    (
        ("ResizeCluster", "ResizeClusterWithExistedNodes"),
        _three("cluster", _of("extendCluster"), "Scale-out"),
    ),
    (("DeleteCluster", "DeleteDwsCluster"), _three("cluster", _of("deleteCluster"), "Deletion")),
    (("RestoreCluster", "RestoreClusterV2"), _three("cluster", _of("restoreCluster"), "Restore")),
    (("RestartCluster",), _three("cluster", _of("restartCluster"), "Restart")),
    (
        ("CreateDataSource", "UpdateDataSource"),
        _three("cluster", _of("configureMRSExtDataSources"), "Configuration of the MRS source"),
    ),
    (
        ("DeleteDataSource",),
        _three(
            "cluster",
            _of("deleteMRSExtDataSources", "deletedMRSExtDataSources"),
            "Deletion of the MRS source",
        ),
    ),
    (
        ("UpdateConfiguration",),
        _three("cluster", _of("updateConfiguration"), "Change of parameters", "security"),
    ),
    (("CreateSnapshot", "CreateSnapshotV2"), _three("backup", _of("createBackup"), "Creation")),
    *(
        ((operation,), _three("disaster-recovery", _pair(name, last), doing))
        for operation, name, last, doing in (
            (
                "CreateDisasterRecovery",
                "CreateDisasterRecovery",
                "createDisasterRecovery",
                "Creation",
            ),
            ("StartDisasterRecovery", "StartDisasterRecovery", "startDisasterRecovery", "Start"),
            ("PauseDisasterRecovery", "StopDisasterRecovery", "stopDisasterRecovery", "Stop"),
            (
                "SwitchoverDisasterRecovery",
                "SwitchoverDisasterRecovery",
                "switchoverDisasterRecovery",
                "Switchover",
            ),
            (
                "SwitchFailoverDisaster",
                "FailoverDisasterRecovery",
                "failoverDisasterRecovery",
                "Failover",
            ),
            ("RestoreDisaster", "RecoveryDisaster", "recoveryDisaster", "Recovery"),
            (
                "DeleteDisasterRecovery",
                "DeleteDisasterRecovery",
                "deleteDisasterRecovery",
                "Deletion",
            ),
        )
    ),
]
SPECS: dict[str, Spec] = {spec.name: spec for _, specs in _KINDS for spec in specs}
_BY_HAPPENING: dict[str, Spec] = {
    f"{operation}.{moment}": spec
    for operations, specs in _KINDS
    for operation in operations
    for moment, spec in zip(("started", "done", "failed"), specs, strict=True)
}


def entries(world: World, project_id: str) -> list[Entry]:
    """What happened in a project, the newest first."""
    found = [entry for entry in world.of(Entry).values() if entry.project_id == project_id]
    return found[::-1]


@listens
def chronicle(world: World, cluster: Cluster, what: str) -> None:
    """Write down what happens to a cluster."""
    spec = _BY_HAPPENING.get(what)
    if spec and spec.source_type == "cluster":
        _write(world, spec, cluster, cluster)
    elif spec:
        # The snapshot, or the pair, is changed right after this is told.
        world.at(world.now, "happening_written", cluster.id, what)
    _count(world, cluster)


@effect
def happening_written(world: World, event: Event) -> None:
    cluster, spec = world.clusters[event.target], _BY_HAPPENING[event.arguments[0]]
    if spec.source_type == "backup":
        taken = [s for s in world.snapshots.values() if s.cluster_id == cluster.id]
        snapshot = max(taken, key=lambda s: s.started, default=None)
        if snapshot is None:
            return
        if spec.name == "createBackupSuccess" and snapshot.status == "UNAVAILABLE":
            spec = SPECS["createBackupFail"]  # it was stopped
        _write(world, spec, cluster, snapshot)
    else:
        pairs = [p for p in world.pairs.values() if cluster.id in {p.primary_id, p.standby_id}]
        if pairs:
            _write(world, spec, cluster, pairs[-1])
    _count(world, cluster)


def _write(world: World, spec: Spec, cluster: Cluster, source: Cluster | Snapshot | Pair) -> None:
    for entry in list(world.of(Entry).values()):
        if entry.at >= world.now - REMEMBERED_S:
            break  # they lie in order of time
        world.forget(entry)
    number = world.new_id()
    world.keep(
        Entry(number, cluster.project_id, spec.name, cluster.id, source.id, source.name, world.now)
    )


def _count(world: World, cluster: Cluster) -> None:
    """Let a cluster tell how many events there are of it."""
    cluster.recent_event = sum(e.cluster_id == cluster.id for e in world.of(Entry).values())
    world.touch(cluster)
