"""
Which snapshots of a cluster are kept, and why: daily, weekly, monthly and yearly ones.

Of each of the last so many days that have a snapshot the newest one is kept, and so of weeks,
months and years. What no period keeps is dropped; what is uncertain is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from dws.shapes import Snapshot
from dws.waiter import Failed
from dws.waiters.snapshots import judge_snapshot

_PERIODS = {"daily": "%Y-%m-%d", "weekly": "%G-W%V", "monthly": "%Y-%m", "yearly": "%Y"}
"""How each period is named; a week is that of ISO 8601."""

NONE_BAD: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Rule:
    """
    What is to be kept.

    Attributes:
        daily: Of how many days that have a snapshot the newest is kept; so of the others.
        pattern: Of the names of what may be dropped, as of files: ``rb-*``.
        zone: Where days begin at midnight.
    """

    daily: int
    weekly: int
    monthly: int
    yearly: int
    pattern: str
    zone: ZoneInfo


class Decision(BaseModel):
    """What becomes of a snapshot."""

    model_config = ConfigDict(frozen=True)

    snapshot_id: str
    name: str
    cluster_id: str
    cluster_name: str
    started: datetime | None
    size_gb: float
    is_kept: bool
    is_backup: bool
    """A period keeps it: it can be restored."""
    why: str

    @property
    def words(self) -> str:
        """For people, without the verb."""
        begun = f"{self.started:%Y-%m-%d %H:%M}" if self.started else "time not told"
        return f"{self.name} of {self.cluster_name} ({begun}, {self.size_gb:g} GB): {self.why}"


def is_good(snapshot: Snapshot) -> bool:
    """Whether a snapshot is a backup that can be restored, as far as lists tell."""
    return snapshot.is_usable and (snapshot.size or 0) > 0


def decided(
    rule: Rule, snapshots: Sequence[Snapshot], cluster: str, bad: Mapping[str, str] = NONE_BAD
) -> tuple[Decision, ...]:
    """
    What becomes of the snapshots of one cluster, the newest first; each is told of.

    Args:
        cluster: What people call it; lists of snapshots do not tell.
        bad: Ids of snapshots that a restore has shown to be bad, with that run's id. They are no
            backups, and stay: a person may still get something out of one.
    """
    ordered = sorted(snapshots, key=_age, reverse=True)
    governed = [item for item in ordered if _governed(rule, item) is None]
    found = {one: f"run {run_id} restored it, and found it bad" for one, run_id in bad.items()}
    good = [item for item in governed if is_good(item) and item.started and item.id not in bad]
    reasons = _reasons(rule, good)
    return tuple(_decision(rule, item, good, reasons | found, cluster) for item in ordered)


def _age(snapshot: Snapshot) -> tuple[float, str]:
    return (snapshot.started.timestamp() if snapshot.started else 0.0, snapshot.id)


def _governed(rule: Rule, snapshot: Snapshot) -> str | None:
    """Why a snapshot is none of the rule's business; None if it is."""
    if not snapshot.is_manual:
        return "automated: its policy keeps it for its days"
    if not fnmatchcase(snapshot.name, rule.pattern):
        return f"its name is not {rule.pattern}"
    return None


def _reasons(rule: Rule, good: Sequence[Snapshot]) -> dict[str, str]:
    """Which periods keep which snapshot, by id."""
    found: dict[str, list[str]] = {good[0].id: ["the last good one"]} if good else {}
    for period, form in _PERIODS.items():
        for name, item in _newest_of_each(good, form, rule.zone, getattr(rule, period)):
            found.setdefault(item.id, []).append(f"{period} {name}")
    return {item_id: ", ".join(reasons) for item_id, reasons in found.items()}


def _newest_of_each(
    good: Sequence[Snapshot], form: str, zone: ZoneInfo, count: int
) -> Iterator[tuple[str, Snapshot]]:
    newest: dict[str, Snapshot] = {}
    for item in good:
        if item.started is not None:
            newest.setdefault(item.started.astimezone(zone).strftime(form), item)
    yield from list(newest.items())[:count]


def _decision(
    rule: Rule,
    item: Snapshot,
    good: Sequence[Snapshot],
    reasons: dict[str, str],
    cluster: str,
) -> Decision:
    keeps = _governed(rule, item) or reasons.get(item.id) or _uncertain(item, good)
    return Decision(
        snapshot_id=item.id,
        name=item.name,
        cluster_id=item.cluster_id,
        cluster_name=cluster,
        started=item.started,
        size_gb=item.size or 0.0,
        is_kept=keeps is not None,
        is_backup=item.id in reasons and item in good,
        why=keeps or ("no period keeps it" if is_good(item) else f"no backup: {item.status}"),
    )


def _uncertain(item: Snapshot, good: Sequence[Snapshot]) -> str | None:
    """Why one that no period keeps is not dropped all the same."""
    if item.started is None:
        return "when it was taken is not told"
    if is_good(item):
        return None
    verdict = judge_snapshot(item)
    if item.status != "UNAVAILABLE" and not isinstance(verdict, Failed):
        return f"it is {item.status}, of {item.size or 0:g} GB"
    if "FROZEN" in item.status:
        return f"it is {item.status}"
    is_outdated = bool(good) and _age(good[0]) > _age(item)
    return None if is_outdated else f"it is {item.status}, and no good one is younger"
