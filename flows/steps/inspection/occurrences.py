"""What happened lately, and what is to be said of the project as a whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dws.operations.alarms import Alarm
from dws.operations.events import Event
from flows.declared.daily_inspection import Inputs, InspectionFinding, Severity
from flows.steps.inspection.figures import ClusterFigures, concerns, is_open
from flows.steps.inspection.findings import alarm_findings, silence
from flows.steps.inspection.words import moment, span
from tasks.survey import ProjectTold, Untold

PROJECT = "(project)"


@dataclass(frozen=True)
class Occurrence:
    """An event, and the cluster that it concerns."""

    at: datetime | None
    cluster: str
    what: str
    source: str
    is_warning: bool


def occurrences(
    told: ProjectTold, figures: Sequence[ClusterFigures], limits: Inputs
) -> tuple[Occurrence, ...]:
    """
    The events of the time that is looked at, the newest first; none where they are not told.

    If clusters were named, those of others are left out.
    """
    if isinstance(told.events, Untold):
        return ()
    since = told.at - limits.events_within
    owners = _owners(figures)
    late = [one for one in told.events if one.occur_time is None or one.occur_time >= since]
    found = [_occurrence(one, owners) for one in late]
    meant = [one for one in found if one.cluster != PROJECT or not limits.is_told]
    return tuple(sorted(meant, key=lambda one: one.at or told.at, reverse=True))


def project_findings(
    told: ProjectTold, figures: Sequence[ClusterFigures], limits: Inputs
) -> Iterator[InspectionFinding]:
    """What concerns the project, and warnings among the events."""
    asked = (
        ("snapshots", told.snapshots),
        ("disaster recovery", told.pairs),
        ("alarms", told.alarms),
        ("events", told.events),
    )
    for what, answered in asked:
        if isinstance(answered, Untold):
            yield silence(PROJECT, what, answered)
    if not told.tells_time:
        yield silence(PROJECT, "time of the service", Untold("ages are by this machine's clock"))
    yield from _other_alarms(told, limits)
    yield from _warnings(occurrences(told, figures, limits), limits)


def _other_alarms(told: ProjectTold, limits: Inputs) -> Iterator[InspectionFinding]:
    """Open alarms of no cluster that is listed; they may be of one that was just deleted."""
    if isinstance(told.alarms, Untold):
        return
    others: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in told.alarms:
        is_known = any(concerns(alarm, cluster) for cluster in told.clusters)
        is_named = bool(alarm.resource_id or alarm.resource_id_name)
        if is_open(alarm) and not is_known and not (limits.is_told and is_named):
            others[alarm.resource_id_name or PROJECT].append(alarm)
    for name, alarms in others.items():
        yield from alarm_findings(alarms, name)


def _warnings(found: Sequence[Occurrence], limits: Inputs) -> Iterator[InspectionFinding]:
    kinds = Counter((one.cluster, one.what) for one in found if one.is_warning)
    for (cluster, what), count in sorted(kinds.items()):
        last = next(one.at for one in found if (one.cluster, one.what) == (cluster, what))
        yield InspectionFinding(
            severity=Severity.WARN,
            cluster=cluster,
            what=f"event: {what}",
            figure=f"{count} times, the last at {moment(last)}",
            threshold=f"within {span(limits.events_within)}",
            cure="find out whether it was mended since",
        )


def _owners(figures: Sequence[ClusterFigures]) -> Mapping[str, str]:
    """Names of the inspected clusters by the ids of themselves, their snapshots and pairs."""
    owners: dict[str, str] = {}
    for one in figures:
        snapshots = () if isinstance(one.snapshots, Untold) else one.snapshots
        pairs = () if isinstance(one.pairs, Untold) else one.pairs
        ids = [item.id for item in snapshots] + [item.pair.id for item in pairs]
        owners |= dict.fromkeys([one.cluster.id, *ids], one.name)
    return owners


def _occurrence(event: Event, owners: Mapping[str, str]) -> Occurrence:
    return Occurrence(
        at=event.occur_time,
        cluster=owners.get(event.source_id or "", PROJECT),
        what=event.name or event.display_name or event.event_id,
        source=f"{event.source_type} {event.source_name or event.source_id or ''}".strip(),
        is_warning=event.severity.lower() != "normal",
    )
