"""The statements and sessions of a cluster: they follow from its load, with stable ids."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator.load import AWAY, Load, chance

USER_SESSIONS = 24
"""How many sessions of users there are at the utmost load (assumed)."""
REMEMBERED_S = 3600.0
"""How long the details of an ended statement can be shown (assumed)."""
SYSTEM = (
    ("cm_agent", "select 1"),
    ("OM", "select version()"),
    ("WLMArbiter", "WLM arbiter sync info by CCN and CNs"),
    ("WorkloadMonitor", "WLM monitor update and verify local info"),
    ("CalculateSpaceInfo", "WLM calculate space info process"),
    ("workload", "WLM fetch collect info from data nodes"),
    ("JobScheduler", "select job_id from pg_job"),
)
"""Sessions of the database itself: sample of reference 5.18.9."""
_TEXTS = (
    ("report", "select region, sum(amount) from sales.orders group by region order by 2 desc"),
    ("report", "select count(*) from sales.order_lines l join sales.items i using (item_id)"),
    ("etl", "insert into sales.orders select * from staging.orders_in"),
    ("etl", "update sales.stock set quantity = quantity - 1 where item_id in (select item_id)"),
    ("gsql", "select * from sales.customers where city = 'Berlin' limit 1000"),
    ("gsql", "with t as (select * from sales.visits) select day, count(*) from t group by day"),
)
_EPOCH_S = 1_500_000_000.0


@dataclass(frozen=True, slots=True)
class Session:
    """A connection."""

    number: int
    pid: str
    user: str
    application: str
    since: float
    is_system: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that runs in a session, from a time on."""

    id: str
    session: Session
    text: str
    start: float
    lasting_s: float
    weight: float
    """How heavy it is, from 0 to 1."""

    def runs(self, at: float) -> bool:
        """Whether it runs then."""
        return self.start <= at < self.start + self.lasting_s


def running(load: Load, at: float) -> list[Statement]:
    """The statements that run at a time, by session."""
    return [s for s in _statements(load, at, at) if s.runs(at)]


def remembered(load: Load, statement_id: str, at: float) -> Statement | None:
    """A statement that runs at a time, or ran shortly before."""
    found = _statements(load, at - REMEMBERED_S, at)
    return next((s for s in found if s.id == statement_id and s.start <= at), None)


def _statements(load: Load, start: float, end: float) -> list[Statement]:
    if load.is_away(end):
        return []
    told = [_system(load, number, end) for number in range(len(SYSTEM))]
    for number in range(len(SYSTEM), len(SYSTEM) + USER_SESSIONS):
        told += _of_session(load, number, start, end)
    return told


def _system(load: Load, number: int, at: float) -> Statement:
    application, text = SYSTEM[number]
    up = _up_since(load, at)
    session = Session(number, _pid(load, number, up), "Ruby", application, up, is_system=True)
    # Longer than any age: it runs as long as the database is up.
    return Statement(_id(load, number, int(up)), session, text, up, 10e9, 0.01)


def _of_session(load: Load, number: int, start: float, end: float) -> list[Statement]:
    # A session runs one statement after the other, each in a period of its own length.
    period = 60.0 + 540.0 * chance(load.seed, "period", str(number))
    first, last = (int((moment - _EPOCH_S) // period) for moment in (start, end))
    made = (_one(load, number, n, period) for n in range(first, last + 1))
    return [statement for statement in made if statement]


def _one(load: Load, number: int, n: int, period: float) -> Statement | None:
    begins = _EPOCH_S + n * period
    level = load.level("sessions", begins)
    # There are the more sessions, the more there is to do when a statement begins.
    if level is None or number - len(SYSTEM) >= 1 + level * USER_SESSIONS:
        return None
    lasting_s = period * (0.2 + 0.7 * chance(load.seed, "lasting", str(number), str(n)))
    ends = min([begins + lasting_s, *_breaks(load, begins)])
    application, text = _TEXTS[int(chance(load.seed, "text", str(number), str(n)) * len(_TEXTS))]
    up = _up_since(load, begins)
    user = load.cluster.user_name if application == "gsql" else application
    session = Session(number, _pid(load, number, up), user, application, up, is_system=False)
    weight = chance(load.seed, "weight", str(number), str(n))
    return Statement(_id(load, number, n), session, text, begins, ends - begins, weight)


def _breaks(load: Load, after: float) -> list[float]:
    """When the database went away after a time: that ends all statements."""
    return [s.begins for s in load.strains if s.action in AWAY and s.begins > after]


def _up_since(load: Load, at: float) -> float:
    ends = [s.ends for s in load.strains if s.action in AWAY and s.ends and s.ends <= at]
    return max([load.cluster.created, *ends])


def _pid(load: Load, number: int, up: float) -> str:
    return str(140_000_000_000_000 + int(chance(load.seed, "pid", str(number), str(up)) * 10**11))


def _id(load: Load, number: int, n: int) -> str:
    return str(10**16 + int(chance(load.seed, "statement", str(number), str(n)) * 9 * 10**16))
