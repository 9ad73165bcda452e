"""The plots of an inspection, from the figures of its clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flows.declared.daily_inspection import Inputs
from flows.steps.inspection.charts import BLOCK, WARN, Chart, Limit, Row
from flows.steps.inspection.figures import ClusterFigures, PairFigures
from flows.steps.inspection.words import percent, points, span
from tasks.survey import Untold

HOUR = timedelta(hours=1)


def plots(figures: Sequence[ClusterFigures], limits: Inputs) -> Iterator[Chart]:
    """All plots; one that would have no row is left out."""
    charts = (
        _disks(figures, limits),
        _ages(figures, limits),
        _lags(figures, limits),
        _node_skew(figures, limits),
        _table_skew(figures, limits),
    )
    return (chart for chart in charts if chart.rows)


def recoveries(figures: Sequence[ClusterFigures]) -> tuple[PairFigures, ...]:
    """The disaster recoveries of the clusters, each once."""
    found = {
        one.pair.id: one
        for cluster in figures
        if not isinstance(cluster.pairs, Untold)
        for one in cluster.pairs
    }
    return tuple(found.values())


def _disks(figures: Sequence[ClusterFigures], limits: Inputs) -> Chart:
    return Chart(
        name="disks",
        title="Disk use of each node",
        axis="use of the fullest data disk, % (one dot per node)",
        rows=tuple(_uses(one) for one in figures),
        limits=(
            Limit(limits.disk_warn_percent, WARN),
            Limit(limits.disk_block_percent, BLOCK),
        ),
        are_dots=True,
        most=102.0,
    )


def _uses(one: ClusterFigures) -> Row:
    if isinstance(one.uses, Untold):
        return Row(one.name, (), one.uses.words)
    told = tuple(min(use.percent, 100.0) for use in one.uses)
    return Row(one.name, told, percent(max(use.percent for use in one.uses)))


def _ages(figures: Sequence[ClusterFigures], limits: Inputs) -> Chart:
    return Chart(
        name="snapshots",
        title="Age of the newest snapshot",
        axis="hours since it was begun",
        rows=tuple(_age(one) for one in figures if not one.follows),
        limits=_durations(limits.snapshot_age_warn, limits.snapshot_age_block),
    )


def _age(one: ClusterFigures) -> Row:
    age = one.age
    if isinstance(age, timedelta):
        return Row(one.name, (age / HOUR,), span(age))
    return Row(one.name, (), "no snapshot" if age is None else age.words)


def _lags(figures: Sequence[ClusterFigures], limits: Inputs) -> Chart:
    return Chart(
        name="lags",
        title="Lag of standbys (disaster recovery)",
        axis="hours of data that a failover would lose",
        rows=tuple(_lag(one) for one in recoveries(figures)),
        limits=_durations(limits.dr_lag_warn, limits.dr_lag_block),
    )


def _lag(one: PairFigures) -> Row:
    if isinstance(one.lag, Untold):
        return Row(one.name, (), one.lag.words)
    return Row(one.name, (one.lag / HOUR,), f"{span(one.lag)}, {one.pair.status or 'not told'}")


def _node_skew(figures: Sequence[ClusterFigures], limits: Inputs) -> Chart:
    return Chart(
        name="node-skew",
        title="Skew of disk use between nodes",
        axis="percentage points between the fullest and the emptiest node",
        rows=tuple(_gap(one) for one in figures),
        limits=(Limit(limits.disk_skew_warn_points, WARN),),
    )


def _gap(one: ClusterFigures) -> Row:
    gap = one.skew_points
    if isinstance(gap, Untold):
        return Row(one.name, (), gap.words)
    return Row(one.name, (gap,), points(gap))


def _table_skew(figures: Sequence[ClusterFigures], limits: Inputs) -> Chart:
    return Chart(
        name="table-skew",
        title="The most skewed large table of each cluster",
        axis="skew, %",
        rows=tuple(_table(one) for one in figures),
        limits=(Limit(limits.table_skew_warn_percent, WARN),),
    )


def _table(one: ClusterFigures) -> Row:
    table = one.most_skewed
    if table is None or isinstance(table, Untold):
        return Row(one.name, (), "no tables" if table is None else table.words)
    rate = table.skew_rate or 0.0
    return Row(one.name, (rate,), f"{percent(rate)}, {table.schema_name}.{table.table_name}")


def _durations(warn: timedelta, block: timedelta) -> tuple[Limit, ...]:
    return (Limit(warn / HOUR, WARN), Limit(block / HOUR, BLOCK))
