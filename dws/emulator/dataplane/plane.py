"""A PostgreSQL for every cluster: what the world tells becomes servers and folders."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from dws.emulator.data_plane import DEFAULT_PASSWORD, Address, Found, Restored, Seat, Step
from dws.emulator.dataplane import access, backups, inventory, ports
from dws.emulator.dataplane.engine import Engine
from dws.emulator.dataplane.keys import BACKUPS, CLUSTERS, RESTORES, SYNCS, is_gone, key_of
from dws.emulator.dataplane.modes import Mode, mode_of
from dws.emulator.dataplane.postmaster import HOST, NotStarted, Postmaster
from dws.emulator.dataplane.shelf import Shelf
from dws.emulator.records import Cluster, Pair, Snapshot
from dws.emulator.world import World

# Database postgres is not its own: who owns it may drop it, and the servers are steered by it.
_ADMINISTRATOR = sql.SQL("""
CREATE ROLE {name} LOGIN CREATEDB CREATEROLE PASSWORD {password};
GRANT pg_monitor, pg_signal_backend TO {name};
ALTER DATABASE gaussdb OWNER TO {name};
GRANT ALL ON DATABASE postgres TO {name};
GRANT ALL ON SCHEMA public TO {name}
""")
_PASSWORD = sql.SQL("ALTER ROLE {name} PASSWORD {password}")
_RETRY_S = 5.0
"""How long after a server did not start it is tried again; by the machine's clock."""

_logger = logging.getLogger(__name__)


def opened(world: World, state: Path | None) -> PostgresDataPlane:
    """
    The databases of a world, kept beside its state file if it has one.

    Raises:
        DataPlaneUnusable: PostgreSQL cannot run here.
    """
    engine = Engine()
    try:
        # Resolved, since servers tell their folder so.
        root = state.with_name(f"{state.name}.data").resolve() if state else engine.data / "kept"
        engine.lend(root)
        return PostgresDataPlane(world, engine, root, is_kept=state is not None)
    except BaseException:
        engine.close()
        raise


class PostgresDataPlane:
    """The databases behind the clusters of one world."""

    is_real = True

    def __init__(self, world: World, engine: Engine, root: Path, *, is_kept: bool) -> None:
        self._world, self._engine, self._is_kept = world, engine, is_kept
        self._shelf = Shelf(world, root, engine.owner, engine.template)
        self._servers: dict[str, Postmaster] = {}
        self._retry_at: dict[str, float] = {}
        self._seen: dict[str, list[Found]] = {}
        self._last_seen: dict[str, list[Found]] = {}

    def admit(self, cluster: Cluster, password: str, sql: str = "") -> None:
        steps = [Step("", "postgres", _told(_ADMINISTRATOR, cluster, password))]
        if sql:
            steps.append(Step(cluster.user_name, "gaussdb", sql))
        self._shelf.put(key_of(CLUSTERS, cluster.id), steps)

    def start(self, clusters: Sequence[Cluster]) -> None:
        for cluster in clusters:
            self._seat(cluster)
            self._follow(cluster)

    def address(self, cluster: Cluster) -> Address | None:
        seat = self._world.of(Seat).get(cluster.id)
        return Address(HOST, seat.port) if seat else None

    def restart(self, cluster: Cluster) -> None:
        if cluster.id in self._servers:
            self._stop(cluster.id)
            self._follow(cluster)

    def set_password(self, cluster: Cluster, password: str) -> None:
        statement = _told(_PASSWORD, cluster, password)
        if server := self._servers.get(cluster.id):
            server.execute("postgres", statement)
        else:
            self._ensure(cluster)
            self._shelf.add_step(key_of(CLUSTERS, cluster.id), Step("", "postgres", statement))

    def back_up(self, cluster: Cluster, snapshot: Snapshot) -> None:
        self._copy(cluster, key_of(BACKUPS, snapshot.id))

    def copy_backup(self, source: Snapshot, target: Snapshot) -> None:
        self._shelf.copy(key_of(BACKUPS, source.id), key_of(BACKUPS, target.id))

    def begin_restore(self, snapshot: Snapshot, cluster: Cluster) -> None:
        fetched = key_of(RESTORES, cluster.id)
        self._shelf.copy(key_of(BACKUPS, snapshot.id), fetched)
        if damage := self._world.faults.for_backup(self._world.operation):
            self._shelf.add_step(fetched, Step("", damage.database, damage.sql))

    def end_restore(self, cluster: Cluster, *, works: bool) -> None:
        fetched = key_of(RESTORES, cluster.id)
        if works:
            self._replace(cluster, fetched)
        else:
            self._shelf.remove(fetched)

    def restore_tables(
        self, snapshot: Snapshot, cluster: Cluster, database: str, tables: Sequence[Restored]
    ) -> bool:
        self.start([cluster])
        target = self._servers.get(cluster.id)
        if target is None:
            return False
        try:
            with self._opened_backup(snapshot) as source:
                if damage := self._world.faults.for_backup("RestoreTable"):
                    source.execute(damage.database, damage.sql)
                inventory.move(source, target, database, tables)
        except (NotStarted, psycopg.Error) as error:
            _logger.error("tables of snapshot %s are not restored: %s", snapshot.name, error)  # noqa: TRY400 - a trace tells no more
            return False
        return True

    def look(self, cluster: Cluster) -> list[Found] | None:
        # Once in a request: an answer may tell a hundred tables.
        server = self._servers.get(cluster.id)
        if server and server.runs and cluster.id not in self._seen:
            self._seen[cluster.id] = self._last_seen[cluster.id] = inventory.found(server)
        return self._last_seen.get(cluster.id)

    def look_into(self, snapshot: Snapshot) -> list[Found] | None:
        key = key_of(BACKUPS, snapshot.id)
        if key not in self._last_seen and self._shelf.has(key):
            with self._opened_backup(snapshot) as server:
                self._last_seen[key] = inventory.found(server)
        return self._last_seen.get(key)

    def begin_synchronisation(self, pair: Pair) -> None:
        self._copy(self._world.clusters[pair.primary_id], key_of(SYNCS, pair.id))

    def end_synchronisation(self, pair: Pair) -> None:
        self._replace(self._world.clusters[pair.standby_id], key_of(SYNCS, pair.id))

    def tend(self) -> None:
        self._seen.clear()
        for seat in list(self._world.of(Seat).values()):
            cluster = self._world.clusters[seat.id]
            if cluster.deleted_at is None:
                self._follow(cluster)
            else:
                self._drop(cluster)
        for made in self._shelf.made():
            if is_gone(self._world, made):
                self._shelf.remove(made)

    def clear(self) -> None:
        self._stop_all(at_once=True)
        self._last_seen.clear()
        self._shelf.clear()

    def close(self) -> None:
        self._stop_all(at_once=not self._is_kept)
        self._engine.close()

    def _follow(self, cluster: Cluster) -> None:
        if time.monotonic() < self._retry_at.get(cluster.id, 0.0):
            return
        try:
            self._adjust(cluster, mode_of(self._world, cluster))
        except (NotStarted, psycopg.Error, OSError) as error:
            # The world goes on: who connects sees that there is no database.
            _logger.error("the database of cluster %s is out of order: %s", cluster.name, error)  # noqa: TRY400 - a trace tells no more
            self._retry_at[cluster.id] = time.monotonic() + _RETRY_S

    def _adjust(self, cluster: Cluster, wanted: Mode) -> None:
        server = self._servers.get(cluster.id)
        if server and not server.can_become(wanted):
            self._stop(cluster.id)
            server = None
        if wanted is Mode.CLOSED:
            return
        server = server or self._prepared(cluster)
        if server is None or not server.can_become(wanted):
            self._stop(cluster.id)
            server = self._serve(cluster, wanted)
        if server.mode is not wanted:
            server.become(wanted)

    def _prepared(self, cluster: Cluster) -> Postmaster | None:
        key = self._ensure(cluster)
        self._shelf.make(key)
        if not self._shelf.steps(key):
            return None
        server = self._serve(cluster, Mode.CLOSED)
        self._do_steps(server, key, cluster.name)
        return server

    def _do_steps(self, server: Postmaster, key: str, name: str) -> None:
        steps = self._shelf.steps(key)
        for number, step in enumerate(steps, start=1):
            try:
                server.execute(step.database, step.sql, role=step.role)
            except psycopg.Error as error:
                _logger.error("SQL told for cluster %s failed: %s", name, error)  # noqa: TRY400 - as above
            self._shelf.leave(key, steps[number:])

    @contextmanager
    def _opened_backup(self, snapshot: Snapshot) -> Iterator[Postmaster]:
        # A copy: a server writes into the folder that it runs on.
        key = key_of(RESTORES, f"of-{snapshot.id}")
        self._shelf.copy(key_of(BACKUPS, snapshot.id), key)
        port = ports.free({seat.port for seat in self._world.of(Seat).values()})
        server = self._engine.serve(self._shelf.make(key), port, Mode.CLOSED)
        try:
            self._do_steps(server, key, snapshot.cluster_name)
            yield server
        finally:
            server.stop(at_once=True)
            self._shelf.remove(key)

    def _serve(self, cluster: Cluster, mode: Mode) -> Postmaster:
        folder = self._shelf.folder(key_of(CLUSTERS, cluster.id))
        server = self._engine.serve(folder, self._seat(cluster).port, mode)
        self._servers[cluster.id] = server
        return server

    def _copy(self, cluster: Cluster, target: str) -> None:
        key = self._ensure(cluster)
        server = self._servers.get(cluster.id)
        if server and server.mode is Mode.STANDBY:
            self._stop(cluster.id)
            server = None
        if server and server.runs:
            backups.take(server, self._shelf, key, target, self._engine.owner)
        else:
            self._shelf.copy(key, target)

    def _replace(self, cluster: Cluster, fetched: str) -> None:
        if self._shelf.has(fetched):
            self._stop(cluster.id)
            self._shelf.move(fetched, key_of(CLUSTERS, cluster.id))

    def _ensure(self, cluster: Cluster) -> str:
        # A state file may be of a world that had no databases: nobody told a password.
        key = key_of(CLUSTERS, cluster.id)
        if not self._shelf.has(key):
            self.admit(cluster, DEFAULT_PASSWORD)
        return key

    def _seat(self, cluster: Cluster) -> Seat:
        seats = self._world.of(Seat)
        seat = seats.get(cluster.id)
        is_served = cluster.id in self._servers
        if seat is None or not (is_served or ports.is_free(seat.port)):
            seat = Seat(cluster.id, ports.free({other.port for other in seats.values()}))
            self._world.keep(seat)
        return seat

    def _drop(self, cluster: Cluster) -> None:
        self._stop(cluster.id)
        self._shelf.remove(key_of(CLUSTERS, cluster.id))
        self._shelf.remove(key_of(RESTORES, cluster.id))
        self._world.forget(self._world.of(Seat)[cluster.id])

    def _stop(self, cluster_id: str) -> None:
        if server := self._servers.pop(cluster_id, None):
            server.stop()

    def _stop_all(self, *, at_once: bool) -> None:
        for server in self._servers.values():
            server.begin_to_stop(at_once=at_once)
        for server in self._servers.values():
            server.stop(at_once=at_once)
        self._servers.clear()


def _told(statement: sql.SQL, cluster: Cluster, password: str) -> str:
    name, secret = sql.Identifier(cluster.user_name), sql.Literal(access.verifier(password))
    return statement.format(name=name, password=secret).as_string(None)
