"""
The emulated cloud: its resources, its clock, and what falls due.

Reads never change it; only requests and events do.
"""

from __future__ import annotations

import hashlib
import heapq
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dws.emulator import data_plane, durations
from dws.emulator.clock import EmulatedClock
from dws.emulator.due import EFFECTS
from dws.emulator.faults import Faults, TaskFault
from dws.emulator.kept import KINDS, Kept, KeptT
from dws.emulator.records import Cluster, Event, Job, Pair, Record, Snapshot, Token
from dws.emulator.refused import no_cluster, no_job, no_snapshot
from dws.emulator.spec import WorldSpec
from dws.emulator.store import Key, Store

Populate = Callable[["World"], None]


class World:
    """
    Everything the emulator knows.

    Attributes:
        now: The emulated time of the request, or of the event, that is being handled.
        operation: The operation that is being handled.
        data: The databases behind the clusters.
        clusters: By id, as all others, and the deleted ones too.
    """

    def __init__(
        self,
        spec: WorldSpec,
        speed: float,
        populate: Populate,
        state: Path | None = None,
        data: data_plane.Kind = "none",
    ) -> None:
        self.spec = spec
        self.faults = Faults()
        self.operation = ""
        self.now = 0.0
        self._populate = populate
        self._store = Store(state) if state else None
        kept = self._store.clock() if self._store else None
        self.clock = kept or EmulatedClock.starting(speed)
        self.clock.run_at(speed)
        self.tokens: dict[str, Token] = {}
        self._empty()
        self.data: data_plane.DataPlane = data_plane.Fiction()
        try:
            self.data = data_plane.opened(data, self, state)
            self._begin(is_new=kept is None)
        except BaseException:
            self.close()
            raise

    def reset(self) -> None:
        """Go back to the beginning, at the present time. Tokens stay."""
        if self._store:
            self._store.clear()
        self.data.clear()
        self.faults.clear()
        self.clock = EmulatedClock.starting(self.clock.speed)
        self._empty()
        self._populate(self)
        for token in self.tokens.values():
            self.touch(token)
        self.save()

    def catch_up(self) -> None:
        """Apply all that fell due, in order of time; each event sees its own time as now."""
        present = self.clock.now()
        while self._due and self._due[0].due <= present:
            event = heapq.heappop(self._due)
            self.now = max(self.now, event.due)
            self._changed.pop(("Event", event.id), None)
            self._gone.add(("Event", event.id))
            EFFECTS[event.kind](self, event)
        # Never backwards, should the wall's clock be set back.
        self.now = max(self.now, present)

    def save(self) -> None:
        """Commit what changed to the state file, if there is one."""
        if self._store and (self._changed or self._gone):
            self._store.save(self._changed.values(), self._gone, self.clock, self._number)
        self._changed.clear()
        self._gone.clear()

    def save_clock(self) -> None:
        """Commit the clock, which was moved by hand."""
        if self._store:
            self._store.save((), (), self.clock, self._number)

    def tick(self) -> None:
        """Apply what fell due, though nobody asks: databases have to follow in time."""
        if self.data.is_real:
            self.catch_up()
            self.data.tend()
            self.save()

    def close(self) -> None:
        """Stop the databases, and let go of the state file."""
        self.data.close()
        if self._store:
            self._store.close()

    def touch(self, record: Record) -> None:
        """Say that a record changed, or is new."""
        self._changed[(type(record).__name__, record.id)] = record

    def add(self, record: Cluster | Snapshot | Pair | Job | Token) -> None:
        """Take in a record."""
        match record:
            case Cluster():
                self.clusters[record.id] = record
            case Snapshot():
                self.snapshots[record.id] = record
            case Pair():
                self.pairs[record.id] = record
            case Job():
                self.jobs[record.id] = record
            case Token():
                self.tokens[record.id] = record
        self.touch(record)

    def of(self, kind: type[KeptT]) -> dict[str, KeptT]:
        """All records of a kind that an area added, by id; changed by `keep` and `forget` only."""
        found: dict[str, KeptT] = self._kept.setdefault(kind.__name__, {})
        return found

    def keep(self, record: Kept) -> None:
        """Take in a record of an area, or say that it changed."""
        self.of(type(record))[record.id] = record
        self._gone.discard((type(record).__name__, record.id))
        self._changed[(type(record).__name__, record.id)] = record

    def forget(self, record: Kept) -> None:
        """Drop a record of an area."""
        self.of(type(record)).pop(record.id, None)
        self._changed.pop((type(record).__name__, record.id), None)
        self._gone.add((type(record).__name__, record.id))

    def drop_token(self, token: Token) -> None:
        """Forget a token."""
        self.tokens.pop(token.id, None)
        self._changed.pop(("Token", token.id), None)
        self._gone.add(("Token", token.id))

    def at(self, due: float, kind: str, target: str, *arguments: str) -> None:
        """Let an event fall due."""
        if kind not in EFFECTS:
            raise LookupError(f"no effect {kind}")
        event = Event(due, self.next_number(), kind, target, list(arguments))
        heapq.heappush(self._due, event)
        self.touch(event)

    def next_number(self) -> int:
        """A number never given before in this world."""
        self._number += 1
        return self._number

    def new_id(self) -> str:
        """An id of a resource, which follows from the seed and how many there were before."""
        return id_from(f"{self.spec.seed}:{self.next_number()}")

    def new_job_id(self) -> str:
        """An id of a job: 32 hexadecimal digits."""
        return self.new_id().replace("-", "")

    def lasting_s(self, kind: durations.Kind, name: str) -> float:
        """Seconds that something lasts."""
        return durations.lasting_s(kind, self.spec.durations, self.spec.seed, name)

    def fate(self) -> TaskFault | None:
        """What is to go wrong with the task that this operation starts."""
        return self.faults.for_task(self.operation)

    def cluster(self, cluster_id: str, project_id: str) -> Cluster:
        """
        A cluster that is there.

        Raises:
            Refused: There is none, or no more.
        """
        found = self.clusters.get(cluster_id)
        if found is None or found.project_id != project_id or found.deleted_at is not None:
            raise no_cluster(self.spec.profile, cluster_id, was_there=found is not None)
        return found

    def snapshot(self, snapshot_id: str, project_id: str) -> Snapshot:
        """
        A snapshot that is there.

        Raises:
            Refused: There is none, or no more.
        """
        found = self.snapshots.get(snapshot_id)
        if found is None or found.project_id != project_id or found.deleted_at is not None:
            raise no_snapshot(self.spec.profile, snapshot_id)
        return found

    def job(self, job_id: str, project_id: str) -> Job:
        """
        A job.

        Raises:
            Refused: There is none.
        """
        found = self.jobs.get(job_id)
        if found is None or found.project_id != project_id:
            raise no_job(job_id)
        return found

    def snapshots_of(self, cluster_id: str) -> list[Snapshot]:
        """The snapshots of a cluster that are there."""
        return [
            snapshot
            for snapshot in self.snapshots.values()
            if snapshot.cluster_id == cluster_id and snapshot.deleted_at is None
        ]

    def _begin(self, *, is_new: bool) -> None:
        if self._store and not is_new:
            self._load(self._store)
        else:
            self.data.clear()
            self._populate(self)
        self.save()
        self.save_clock()

    def _empty(self) -> None:
        self.now = self.clock.now()
        self.clusters: dict[str, Cluster] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self.pairs: dict[str, Pair] = {}
        self.jobs: dict[str, Job] = {}
        self._kept: dict[str, dict[str, Any]] = {}
        self._due: list[Event] = []
        self._changed: dict[Key, Record | Kept] = {}
        self._gone: set[Key] = set()
        self._number = 0

    def _load(self, store: Store) -> None:
        self._number = store.number()
        for record in store.records():
            if isinstance(record, Event):
                heapq.heappush(self._due, record)
            elif type(record).__name__ in KINDS:
                self.of(type(record))[record.id] = record
            else:
                self.add(record)
        self._changed.clear()


def id_from(text: str) -> str:
    """A UUID that follows from a text."""
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))
