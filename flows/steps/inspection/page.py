"""The page of an inspection: one HTML file that needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import htpy as h
from markupsafe import Markup

from flows.declared.daily_inspection import Inputs, InspectionFinding, Severity
from flows.steps.inspection.charts import Chart, drawn
from flows.steps.inspection.figures import ClusterFigures
from flows.steps.inspection.occurrences import Occurrence
from flows.steps.inspection.plots import plots
from flows.steps.inspection.stylesheet import STYLESHEET
from flows.steps.inspection.words import moment, percent, points, span
from tasks.survey import Answer, ProjectTold, Untold

MOST_EVENTS = 100
"""More are counted, not listed."""
TITLE = "Daily inspection"


@dataclass(frozen=True)
class Inspection:
    """
    All that a page is made of.

    Attributes:
        findings: The worst first.
        occurrences: The newest first.
    """

    account: str
    run_id: str
    limits: Inputs
    project: ProjectTold
    figures: tuple[ClusterFigures, ...]
    findings: tuple[InspectionFinding, ...]
    occurrences: tuple[Occurrence, ...]

    def count(self, severity: Severity) -> int:
        """How many findings have it."""
        return sum(one.severity is severity for one in self.findings)

    def health(self, one: ClusterFigures) -> str:
        """The worst that was found; ``incomplete`` where something was not told, else ``well``."""
        found = [it.severity for it in self.findings if it.cluster == one.name]
        if found:
            return min(found, key=lambda severity: severity.rank).value
        return "well" if one.is_whole else "incomplete"

    def worst_first(self) -> list[ClusterFigures]:
        """The clusters by their health."""
        order = [*Severity, "incomplete", "well"]
        return sorted(self.figures, key=lambda one: order.index(self.health(one)))


def page(told: Inspection) -> str:
    """The whole file."""
    document = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title[f"{TITLE} {moment(told.project.at)}"],
            h.style[Markup(STYLESHEET)],  # noqa: S704 - our own text
        ],
        h.body[
            _head(told),
            _findings(told),
            _clusters(told),
            _plots(told),
            _events(told),
            _limits(told),
        ],
    ]
    return str(document)


def _head(told: Inspection) -> h.Node:
    health = [told.health(one) for one in told.figures]
    tiles = (
        ("", len(told.figures), "clusters"),
        ("well", health.count("well"), "well, as far as is told"),
        ("block", told.count(Severity.BLOCK), "act now (block)"),
        ("warn", told.count(Severity.WARN), "act soon (warn)"),
        ("note", told.count(Severity.NOTE), "worth knowing (note)"),
    )
    which = told.limits.words if told.limits.is_told else "all clusters"
    return h.header[
        h.h1[TITLE],
        h.p(".soft")[
            f"{moment(told.project.at)}, account {told.account}, {which}, run ",
            h.code[told.run_id],
        ],
        h.ul(".tiles")[
            (h.li(class_=f"tile {kind}")[h.strong[str(count)], name] for kind, count, name in tiles)
        ],
    ]


def _findings(told: Inspection) -> h.Node:
    rows = (
        h.tr[
            h.td[_badge(one.severity)],
            h.th(scope="row")[one.cluster],
            h.td(".wide")[one.what],
            h.td(".wide")[one.figure],
            h.td(".time")[one.threshold],
            h.td(".wide")[_with_code(one.cure)],
        ]
        for one in told.findings
    )
    columns = ("severity", "cluster", "what", "figure", "threshold", "cure")
    nothing = "Nothing was found in what was told."
    return h.section[
        h.h2["Findings"], _sheet(columns, list(rows)) if told.findings else h.p[nothing]
    ]


def _clusters(told: Inspection) -> h.Node:
    figures = ("disk, fullest node", "newest snapshot", "DR lag", "open alarms")
    columns = ("health", "cluster", "status", "nodes", "version", *figures)
    rows = [_cluster(told, one) for one in told.worst_first()]
    return h.section[h.h2["Clusters"], _sheet(columns, rows, {"nodes", *figures})]


def _cluster(told: Inspection, one: ClusterFigures) -> h.Element:
    cluster = one.cluster
    states = [cluster.status, *sorted(cluster.flags), *filter(None, [cluster.task_status])]
    fullest = one.fullest
    return h.tr[
        h.td[_badge(told.health(one))],
        h.th(scope="row")[one.name],
        h.td[", ".join(states)],
        h.td(".number")[_nodes(one)],
        h.td[cluster.version or _untold("not told")],
        _number(fullest if isinstance(fullest, Untold) else percent(fullest.percent)),
        _number(_age(one)),
        _number(_lag(one)),
        _number(one.alarms if isinstance(one.alarms, Untold) else str(len(one.alarms))),
    ]


def _nodes(one: ClusterFigures) -> h.Node:
    count, hosts = one.cluster.number_of_node, one.hosts
    total = "?" if count is None else str(count)
    if isinstance(hosts, Untold):
        return [f"{total}, ", _untold(hosts.words)]
    online = sum(host.host_stat.upper() == "ONLINE" for host in hosts)
    return total if online == count else f"{total}, {online} online"


def _age(one: ClusterFigures) -> Answer[str]:
    age = one.age
    if isinstance(age, Untold):
        return age
    if age is None:
        return "standby" if one.follows else "none"
    return span(age)


def _lag(one: ClusterFigures) -> Answer[str]:
    pairs = one.pairs
    if isinstance(pairs, Untold):
        return pairs
    lags = [pair.lag for pair in pairs]
    known = [lag for lag in lags if not isinstance(lag, Untold)]
    silent = [lag for lag in lags if isinstance(lag, Untold)]
    if silent:
        return silent[0]
    return span(max(known, default=timedelta(0))) if known else "no DR"


def _plots(told: Inspection) -> h.Node:
    return h.section[
        h.h2["Plots"],
        h.p(".soft")[
            "The worst is on top. Dashed lines are the thresholds: ",
            h.span(".warn-line")["warn"],
            ", ",
            h.span(".block-line")["block"],
            ".",
        ],
        h.div(".plots")[(_figure(chart) for chart in plots(told.figures, told.limits))],
    ]


def _figure(chart: Chart) -> h.Element:
    caption = f"{chart.name}-caption"
    plot = drawn(chart).replace("<svg ", f'<svg aria-labelledby="{caption}" ', 1)
    # The plotting library escapes all text itself.
    return h.figure[h.figcaption(id=caption)[chart.caption], Markup(plot)]  # noqa: S704


def _events(told: Inspection) -> h.Node:
    within = span(told.limits.events_within)
    return h.section[h.h2[f"Events of the last {within}"], _listed_events(told)]


def _listed_events(told: Inspection) -> h.Node:
    if isinstance(told.project.events, Untold):
        return h.p[_untold(told.project.events.words)]
    if not told.occurrences:
        return h.p["None."]
    rows = [
        h.tr[
            h.td(".time")[moment(one.at)],
            h.td[_badge("warn") if one.is_warning else "normal"],
            h.th(scope="row")[one.cluster],
            h.td[one.what],
            h.td(".wide")[one.source],
        ]
        for one in told.occurrences[:MOST_EVENTS]
    ]
    more = len(told.occurrences) - len(rows)
    return [
        _sheet(("time", "severity", "cluster", "event", "source"), rows),
        h.p(".soft")[f"and {more} older ones"] if more else None,
    ]


def _limits(told: Inspection) -> h.Node:
    limits = told.limits
    lines = (
        ("disk use", percent(limits.disk_warn_percent), percent(limits.disk_block_percent)),
        ("newest snapshot", span(limits.snapshot_age_warn), span(limits.snapshot_age_block)),
        ("DR lag", span(limits.dr_lag_warn), span(limits.dr_lag_block)),
        ("disk use between nodes", points(limits.disk_skew_warn_points), ""),
        ("skew of a large table", percent(limits.table_skew_warn_percent), ""),
    )
    rows = [
        h.tr[h.th(scope="row")[name], h.td(".number")[warn], h.td(".number")[block]]
        for name, warn, block in lines
    ]
    from_ = ("warn from", "block from")
    return h.section[h.h2["Thresholds"], _sheet(("figure", *from_), rows, from_)]


def _sheet(
    columns: Sequence[str], rows: Sequence[h.Element], numbers: Container[str] = ()
) -> h.Element:
    """A table; the columns named in ``numbers`` are set to the right."""
    names = (h.th(class_={"number": name in numbers}, scope="col")[name] for name in columns)
    head = h.thead[h.tr[names]]
    return h.div(".sheet")[h.table[head, h.tbody[rows]]]


def _badge(kind: str) -> h.Element:
    return h.span(class_=f"badge {kind}")[str(kind)]


def _number(told: Answer[str]) -> h.Element:
    words = _untold(told.words) if isinstance(told, Untold) else told
    return h.td(".number")[words]


def _untold(words: str) -> h.Element:
    return h.span(".untold")[words]


def _with_code(text: str) -> Iterator[h.Node]:
    """What stands between backquotes as code."""
    for place, part in enumerate(text.split("`")):
        yield h.code[part] if place % 2 else part
