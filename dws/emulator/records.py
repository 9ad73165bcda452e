"""
What the world consists of: plain data, which a state file can hold.

Times are seconds since 1970 by the emulated clock, but for those of tokens, which live by the wall.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator.flavors import FLAVORS

GAP = ""
"""The action of a phase in which a busy cluster looks idle."""
STUCK_AT = "33%"
"""Where the progress of a task stands that never ends (assumed: any figure would do)."""


@dataclass(slots=True)
class Phase:
    """A stretch of work that shows as one action."""

    action: str
    begins: float
    ends: float

    def percent(self, now: float) -> int:
        """How far it is, rising evenly; 100 only once it ended."""
        if self.ends <= self.begins:
            return 100
        done = (now - self.begins) / (self.ends - self.begins)
        return max(0, min(int(done * 100), 100))


@dataclass(slots=True)
class Work:
    """What a cluster is busy with. It refuses other changes from the moment it accepted it."""

    number: int
    operation: str
    phases: list[Phase]
    fails_as: str | None = None
    """What is left when it ends, if it is to fail."""
    is_stuck: bool = False
    """It never ends."""
    adds_nodes: int = 0
    """What it will add, and the quotas count already."""

    @property
    def ends(self) -> float:
        return self.phases[-1].ends

    def phase_at(self, now: float) -> Phase | None:
        """What shows now; None in the lag before it shows, and in gaps."""
        if self.is_stuck:
            shows = now >= self.phases[0].begins and self.phases[0].action != GAP
            return self.phases[0] if shows else None
        for phase in self.phases:
            if phase.begins <= now < phase.ends:
                return phase if phase.action != GAP else None
        return None

    def progress(self, phase: Phase, now: float) -> str:
        """The percentage that shows."""
        return STUCK_AT if self.is_stuck else f"{phase.percent(now)}%"


@dataclass(slots=True)
class Node:
    """One node of a cluster; `status` is a number as text: 199 idle, 200 available."""

    id: str
    name: str
    status: str = "200"


@dataclass(slots=True)
class Resize:
    """A growth under way, or the failed last one."""

    origin: int
    target: int
    status: str
    started: float


@dataclass(slots=True)
class Cluster:
    """One cluster. Its passwords are kept as salted hashes, to refuse those used before."""

    id: str
    project_id: str
    name: str
    status: str
    node_type: str
    nodes: list[Node]
    user_name: str
    port: int
    created: float
    updated: float
    vpc_id: str
    subnet_id: str
    security_group_id: str
    availability_zone: str
    version: str
    data_gb: float
    enterprise_project_id: str = "0"
    sub_status: str = "NORMAL"
    tags: dict[str, str] = field(default_factory=dict)
    public_bind_type: str = "not_use"
    eip_id: str = ""
    work: Work | None = None
    failure: str | None = None
    """The failed last task, which shows until the next one begins (assumed)."""
    failed_code: str | None = None
    settles_at: float = 0.0
    """Until then changes are refused, though nothing shows."""
    resize: Resize | None = None
    passwords: list[str] = field(default_factory=list)
    recent_event: int = 0
    deleted_at: float | None = None
    description: str = ""
    timezone: str = "UTC"
    maintain_window: list[str] = field(default_factory=lambda: ["Wed", "22:00", "02:00"])
    """Day, start and end, in UTC."""
    parameters_status: str = "In-Sync"
    coordinators: list[str] = field(default_factory=list)
    """Ids of the nodes that have a coordinator; if none are told, the first three have one."""
    disk_gb: int = 0
    """What the disks of a node were expanded to; 0: as its flavor has them."""
    is_logical: bool = False
    """Its nodes are grouped into logical clusters."""
    shows_logical: bool = False
    """Its pages show logical clusters, should it have none."""

    @property
    def node_disk_gb(self) -> int:
        """What the disks of one node hold."""
        return self.disk_gb or FLAVORS[self.node_type].disk_gb


@dataclass(slots=True)
class Snapshot:
    """One snapshot."""

    id: str
    project_id: str
    name: str
    cluster_id: str
    cluster_name: str
    status: str
    type: str
    """``MANUAL`` or ``AUTOMATED``."""
    started: float
    description: str = ""
    finished: float | None = None
    size_gb: float = 0.0
    level: str = "cluster"
    version: str = ""
    user_name: str = ""
    backup_key: str = ""
    prior_key: str = "FULL"
    making: Phase | None = None
    """While it is being taken."""
    is_stuck: bool = False
    held_for: str = ""
    """``copy`` or ``restore``: the two exclude each other."""
    held_until: float = 0.0
    deleted_at: float | None = None
    passwords: list[str] = field(default_factory=list)
    """Of the administrator until then, hashed: a restored cluster knows no later one (assumed)."""

    def progress(self, now: float) -> str:
        """How far it is."""
        if self.making is None:
            return "100%" if self.status == "AVAILABLE" else "0%"
        return STUCK_AT if self.is_stuck else f"{self.making.percent(now)}%"


@dataclass(slots=True)
class Pair:
    """A disaster recovery pair."""

    id: str
    project_id: str
    name: str
    status: str
    dr_type: str
    primary_id: str
    standby_id: str
    created: float
    started: float | None = None
    synced: float | None = None
    deleted_at: float | None = None
    sync_period: str = "3H"
    used_period: str = "3H"
    """The one in force: a new one counts from the next start on (reference 5.12.7)."""
    primary_bucket: str | None = None
    standby_bucket: str | None = None
    task: int = 0
    """The number of the task under way, or of the run whose synchronisations count."""
    moving: Phase | None = None
    """That task, from when it shows."""
    before: str = ""
    """The status that shows until then."""
    is_stuck: bool = False
    backup: Phase | None = None
    """The last synchronisation on the primary's side."""
    restore: Phase | None = None
    """The same on the standby's."""
    waiting: list[str] = field(default_factory=list)
    """Keys of backups that the standby has still to restore."""
    turned: float | None = None
    """When the roles were swapped last: they may be told a while later."""
    has_failed_over: bool = False
    """The roles changed without a last synchronisation: the new standby has to be rebuilt."""

    def shown(self, now: float) -> str:
        """The status that the service tells: a task shows up a little after its request."""
        return self.before if self.moving and now < self.moving.begins else self.status


@dataclass(slots=True)
class Job:
    """Work that is told of by a job."""

    id: str
    project_id: str
    name: str
    operation: str
    cluster_id: str
    span: Phase
    begins: float
    is_stuck: bool = False
    ended: float | None = None
    failed_code: str | None = None
    failed_detail: str | None = None

    def status(self, now: float) -> str:
        """``INIT`` until it begins, ``RUNNING``, and how it ended."""
        if self.ended is not None:
            return "FAIL" if self.failed_code else "SUCCESS"
        return "INIT" if now < self.span.begins else "RUNNING"

    def progress(self, now: float) -> str:
        """How far it is, or was when it failed."""
        if self.is_stuck:
            return STUCK_AT
        if self.failed_code:
            return "99%"
        return f"{self.span.percent(now)}%"


@dataclass(slots=True)
class Token:
    """What a caller shows instead of a password; by the wall clock."""

    id: str
    user: str
    project_id: str | None
    expires: float


@dataclass(slots=True, order=True)
class Event:
    """What falls due. Its effect is a function registered under its kind."""

    due: float
    number: int
    kind: str = field(compare=False)
    target: str = field(compare=False)
    arguments: list[str] = field(compare=False, default_factory=list)

    @property
    def id(self) -> str:
        return str(self.number)


Record = Cluster | Snapshot | Pair | Job | Token | Event
