"""
What the world tells a data plane: the databases behind the clusters, if there are real ones.

The only thing that the areas know of it. Without one (`Fiction`) nothing is behind the clusters but
what the areas tell, and nothing of `dws.emulator.dataplane` is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Pair, Snapshot

if TYPE_CHECKING:
    from dws.emulator.world import World

Kind = Literal["none", "postgres"]
KINDS: tuple[Kind, ...] = ("none", "postgres")
DEFAULT_PASSWORD = "Emulator-Passw0rd"  # noqa: S105 - the public default of an emulator
"""The administrator's, where nobody told another: it meets the service's rules for passwords."""


class DataPlaneUnusable(Exception):
    """The data plane cannot work here; the message says why, and the cure."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database listens."""

    host: str
    port: int


@kept
@dataclass(slots=True)
class Seat:
    """The port of a cluster's database; the id is the cluster's. It stays while that lives."""

    id: str
    port: int


@dataclass(frozen=True, slots=True)
class Step:
    """SQL that runs once, before anybody may connect; empty role: as superuser."""

    role: str
    database: str
    sql: str


@dataclass(frozen=True, slots=True)
class Found:
    """A table in a database; with an empty name a schema that has none."""

    database: str
    schema: str
    table: str
    owner: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A table of a snapshot, and what it is to be called; each by schema and name."""

    source: tuple[str, str]
    target: tuple[str, str]


@kept
@dataclass(slots=True)
class Unmade:
    """
    Data that nobody has looked at yet: an empty database and what is to be done to it.

    A hundred clusters cost nothing that way. The id says what has the data: ``clusters/<id>``, or
    ``backups``, ``restores``, ``synchronisations`` with the id of the snapshot, cluster or pair.
    """

    id: str
    steps: list[Step] = field(default_factory=list)


class DataPlane(Protocol):
    """The databases behind the clusters. One that does not start is logged: the world goes on."""

    @property
    def is_real(self) -> bool:
        """Whether there are databases at all."""

    def admit(self, cluster: Cluster, password: str, sql: str = "") -> None:
        """Take in a new cluster, with its administrator's password and SQL to begin with."""

    def start(self, clusters: Sequence[Cluster]) -> None:
        """Let the databases of clusters listen, of those which are open; waits until they do."""

    def address(self, cluster: Cluster) -> Address | None:
        """Where the database of a cluster listens, or will again; None before its first start."""

    def restart(self, cluster: Cluster) -> None:
        """Cut all sessions of a cluster."""

    def set_password(self, cluster: Cluster, password: str) -> None:
        """Give the administrator another password; the old one is dead at once."""

    def back_up(self, cluster: Cluster, snapshot: Snapshot) -> None:
        """Write down for a snapshot what is in a cluster now."""

    def copy_backup(self, source: Snapshot, target: Snapshot) -> None:
        """Let a snapshot have what another has."""

    def begin_restore(self, snapshot: Snapshot, cluster: Cluster) -> None:
        """Fetch what a snapshot has, which may be deleted from now on."""

    def end_restore(self, cluster: Cluster, *, works: bool) -> None:
        """Let a cluster have what was fetched; or drop it."""

    def restore_tables(
        self, snapshot: Snapshot, cluster: Cluster, database: str, tables: Sequence[Restored]
    ) -> bool:
        """Let a cluster have tables of a snapshot; answers whether it took them, all or none."""

    def look(self, cluster: Cluster) -> list[Found] | None:
        """What is in a cluster; None if nobody knows, as its database did not start yet."""

    def look_into(self, snapshot: Snapshot) -> list[Found] | None:
        """What a snapshot has; None without databases."""

    def begin_synchronisation(self, pair: Pair) -> None:
        """Fetch what the primary has now."""

    def end_synchronisation(self, pair: Pair) -> None:
        """Let the standby have what was fetched."""

    def tend(self) -> None:
        """Follow the world: open, close and drop databases as its clusters and snapshots say."""

    def clear(self) -> None:
        """Drop everything."""

    def close(self) -> None:
        """Stop all databases; what is not to be kept is gone afterwards."""


class Fiction:
    """No databases."""

    is_real = False

    def admit(self, cluster: Cluster, password: str, sql: str = "") -> None:
        del cluster, password, sql

    def start(self, clusters: Sequence[Cluster]) -> None:
        del clusters

    def address(self, cluster: Cluster) -> Address | None:
        del cluster
        return None

    def restart(self, cluster: Cluster) -> None:
        del cluster

    def set_password(self, cluster: Cluster, password: str) -> None:
        del cluster, password

    def back_up(self, cluster: Cluster, snapshot: Snapshot) -> None:
        del cluster, snapshot

    def copy_backup(self, source: Snapshot, target: Snapshot) -> None:
        del source, target

    def begin_restore(self, snapshot: Snapshot, cluster: Cluster) -> None:
        del snapshot, cluster

    def end_restore(self, cluster: Cluster, *, works: bool) -> None:
        del cluster, works

    def restore_tables(
        self, snapshot: Snapshot, cluster: Cluster, database: str, tables: Sequence[Restored]
    ) -> bool:
        del snapshot, cluster, database, tables
        return True

    def look(self, cluster: Cluster) -> list[Found] | None:
        del cluster
        return None

    def look_into(self, snapshot: Snapshot) -> list[Found] | None:
        del snapshot
        return None

    def begin_synchronisation(self, pair: Pair) -> None:
        del pair

    def end_synchronisation(self, pair: Pair) -> None:
        del pair

    def tend(self) -> None:
        pass

    def clear(self) -> None:
        pass

    def close(self) -> None:
        pass


def opened(kind: Kind, world: World, state: Path | None) -> DataPlane:
    """
    The data plane of a world; with a state file its data are kept beside that, in ``FILE.data``.

    Raises:
        DataPlaneUnusable: It cannot work here.
    """
    if kind == "none":
        return Fiction()
    # By name: without a data plane nothing of it is loaded.
    plane: DataPlane = import_module("dws.emulator.dataplane").opened(world, state)
    return plane


@listens
def _cut(world: World, cluster: Cluster, what: str) -> None:
    # Where time is moved on by hand nobody sees the cluster closed in between.
    if what == "RestartCluster.done":
        world.data.restart(cluster)
