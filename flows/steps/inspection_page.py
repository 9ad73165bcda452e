"""The page of an inspection: one HTML file that needs nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import htpy as h
from markupsafe import Markup

from dws.shapes import Cluster
from dws.waiter import Busy
from dws.waiters import judge_cluster
from flows.declared.daily_inspection import Observation
from flows.steps.inspected import Inspected, spelled
from flows.steps.inspection_plots import Scale, bars
from tasks.action import Level

_WORDS = {Level.BLOCK: "serious", Level.WARN: "warning", Level.PASS: "notice"}
_STYLE = Markup("""
:root { color-scheme: light; --ink: #1c2733; --soft: #5b6876; --line: #d7dde3; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1320px; padding: 28px 32px 60px; color: var(--ink);
  background: #f5f7f9; font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0 0 2px; } h2 { font-size: 19px; margin: 36px 0 12px; }
p.about { color: var(--soft); margin: 0; }
.counts { display: flex; gap: 12px; margin: 18px 0 0; flex-wrap: wrap; }
.counts div { background: #fff; border: 1px solid var(--line); border-radius: 8px;
  padding: 10px 16px; min-width: 120px; }
.counts b { display: block; font-size: 24px; line-height: 1.2; }
table { width: 100%; border-collapse: collapse; background: #fff; border: 1px solid var(--line);
  border-radius: 8px; overflow: hidden; }
th { text-align: left; font-size: 13px; color: var(--soft); background: #edf1f4; }
th, td { padding: 8px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.cure { width: 34%; } td.what { overflow-wrap: anywhere; }
.badge { display: inline-block; border-radius: 4px; padding: 1px 8px; font-size: 13px;
  font-weight: 600; white-space: nowrap; color: #fff; }
.serious { background: #c0392b; } .warning { background: #9a6200; } .notice { background: #5b6876; }
.well { background: #3f7d58; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(600px, 1fr)); gap: 16px;
  align-items: start; }
.plots figure { margin: 0; background: #fff; border: 1px solid var(--line); border-radius: 8px;
  padding: 8px; } .plots svg { max-width: 100%; height: auto; display: block; }
ul { margin: 0; padding-left: 20px; color: var(--soft); }
@media print { body { background: #fff; } }
""")


def page(seen: Inspected, found: Sequence[Observation], run_id: str) -> str:
    """The whole page as text; what the service told is escaped."""
    at = f"{seen.at:%Y-%m-%d %H:%M} UTC"
    return str(
        h.html(lang="en")[
            h.head[
                h.meta(charset="utf-8"),
                h.meta(name="viewport", content="width=device-width, initial-scale=1"),
                h.title[f"Inspection of {seen.account}, {at}"],
                h.style[_STYLE],
            ],
            h.body[
                h.h1["Daily inspection"],
                h.p(".about")[f"Account {seen.account} · {at} · run {run_id}"],
                _counts(seen, found),
                h.h2["What to do"],
                _findings(found),
                h.h2["Clusters"],
                _clusters(seen, found),
                h.h2["Plots"],
                h.div(".plots")[(h.figure[plot] for plot in _plots(seen))],
                _not_told(seen.not_told),
            ],
        ]
    )


def _counts(seen: Inspected, found: Sequence[Observation]) -> h.Element:
    counted = {word: sum(one.level is level for one in found) for level, word in _WORDS.items()}
    told = {"clusters": len(seen.clusters), **counted, "not told here": len(seen.not_told)}
    return h.div(".counts")[(h.div[h.b[str(count)], word] for word, count in told.items())]


def _findings(found: Sequence[Observation]) -> h.Element:
    if not found:
        return h.p["Nothing: all that was looked at is as it should be."]
    return h.table[
        h.thead[h.tr[(h.th[title] for title in ("", "Do this", "Where", "Because"))]],
        h.tbody[
            (
                h.tr[
                    h.td[h.span(class_=f"badge {_WORDS[one.level]}")[_WORDS[one.level]]],
                    h.td(".cure")[h.strong[one.cure]],
                    h.td[one.subject],
                    h.td(".what")[one.told],
                ]
                for one in found
            )
        ],
    ]


def _clusters(seen: Inspected, found: Sequence[Observation]) -> h.Element:
    titles = ("Cluster", "State", "Version")
    figures = ("Nodes", "Fullest disk", "Newest backup")
    return h.table[
        h.thead[
            h.tr[
                (h.th[one] for one in titles),
                (h.th(".figure")[one] for one in figures),
                h.th["Findings"],
            ]
        ],
        h.tbody[(_row(seen, cluster, found) for cluster in seen.clusters)],
    ]


def _row(seen: Inspected, cluster: Cluster, found: Sequence[Observation]) -> h.Element:
    own = [one for one in found if one.subject == cluster.name]
    full = seen.fullest_disks(cluster)
    age = seen.backup_age(cluster)
    worst = _WORDS[own[0].level] if own else "well"
    return h.tr[
        h.td[h.strong[cluster.name]],
        h.td[_state(cluster)],
        h.td[cluster.version or "not told"],
        h.td(".figure")[str(cluster.number_of_node or len(cluster.nodes) or "not told")],
        h.td(".figure")[f"{max(full.values()):.0f} %" if full else "not told"],
        h.td(".figure")[spelled(age) if age is not None else "none"],
        h.td[h.span(class_=f"badge {worst}")[worst], f" {len(own)}" if own else ""],
    ]


def _state(cluster: Cluster) -> str:
    verdict = judge_cluster(cluster)
    doing = f"busy: {verdict.doing}" if isinstance(verdict, Busy) else ""
    flags = cluster.sub_status if cluster.sub_status not in {None, "", "NORMAL"} else ""
    return ", ".join(filter(None, [cluster.status, flags, cluster.task_status, doing]))


def _plots(seen: Inspected) -> Iterator[h.Element]:
    ages = {one.name: seen.backup_age(one) for one in seen.clusters}
    told = sorted(((age, name) for name, age in ages.items() if age is not None), reverse=True)
    if told:
        hours = {name: max(age / timedelta(hours=1), 0) for age, name in told}
        limit = seen.inputs.snapshot_max_age / timedelta(hours=1)
        yield bars("Age of the newest backup", hours, Scale("h", warn=limit, block=2 * limit))
    lags = {lag.pair.name or lag.pair.id: lag.rpo_s for lag in seen.lags}
    if behind := {name: rpo_s / 60 for name, rpo_s in lags.items() if rpo_s is not None}:
        limit = seen.inputs.lag_max / timedelta(minutes=1)
        yield bars("How far standbys are behind", behind, Scale("min", warn=limit, block=2 * limit))
    disk = Scale("%", warn=seen.inputs.disk_warn, block=seen.inputs.disk_block, most=100)
    for cluster in seen.clusters:
        if full := seen.fullest_disks(cluster):
            yield bars(f"{cluster.name}: fullest disk of each node", full, disk)


def _not_told(not_told: Sequence[str]) -> h.Renderable:
    if not not_told:
        return h.fragment[""]
    return h.section[h.h2["Not told here"], h.ul[(h.li[told] for told in not_told)]]
