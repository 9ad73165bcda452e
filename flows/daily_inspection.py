"""
Inspect all clusters, and write what is found as a page with plots.

It reads and changes nothing. What is not told is told as such: a cluster, or an operation, that
does not answer is a finding, and never counts as healthy.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

from prefect import flow

from dws.shapes import Cluster
from flows.declared.daily_inspection import Inputs, InspectionFinding, Outputs, Severity
from flows.steps.inspection.figures import ClusterFigures, figures_of
from flows.steps.inspection.findings import Judge
from flows.steps.inspection.occurrences import occurrences, project_findings
from flows.steps.inspection.page import Inspection, page
from tasks.budget import over_each
from tasks.own_run import own_run
from tasks.places import state_folder
from tasks.run import Refused, Run, Stopped
from tasks.selection import Selection, selected
from tasks.survey import ClusterTold, ProjectTold, survey_cluster, survey_project

SHOWN = 5
"""How many findings a message tells; the page tells all."""


@flow(name="daily-inspection", retries=0)
async def daily_inspection(  # noqa: PLR0913 - the selection and its thresholds
    account: str,
    *,
    clusters: tuple[str, ...] = (),
    tag: str | None = None,
    disk_warn_percent: float = 75.0,
    disk_block_percent: float = 85.0,
    disk_skew_warn_points: float = 10.0,
    table_skew_warn_percent: float = 10.0,
    snapshot_age_warn: timedelta = timedelta(hours=26),
    snapshot_age_block: timedelta = timedelta(hours=72),
    dr_lag_warn: timedelta = timedelta(hours=4),
    dr_lag_block: timedelta = timedelta(hours=12),
    events_within: timedelta = timedelta(hours=24),
    fail_on: Literal["block", "warn", "never"] = "never",
    folder: str | None = None,
    max_parallel: int = 8,
    run_id: str | None = None,
) -> Outputs:
    """
    Look at clusters, and write one HTML file that tells what a person should know of them.

    A second run of the same id looks again, and writes the same file anew.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        clusters: Names or ids of clusters; or a ``tag`` that they have. All if none is told.
        disk_skew_warn_points: Percentage points between the fullest and the emptiest node.
        events_within: How far back events are looked at.
        fail_on: The least severity of a finding at which the run fails, once the page is there.
        folder: Where the page is written; ``inspections`` in the state folder if not told.
        max_parallel: How many clusters are read at once.
        run_id: Names the run, and the file; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: A name does not tell one cluster, or no cluster has the tag.
        Refused: The folder cannot be written to; nothing was read.
        Stopped: There are findings at or above ``fail_on``, and the page is written; or it cannot
            be.
        RequestFailed, Unreachable: Not even the clusters are told.
    """
    inputs = Inputs(
        clusters=clusters,
        tag=tag,
        disk_warn_percent=disk_warn_percent,
        disk_block_percent=disk_block_percent,
        disk_skew_warn_points=disk_skew_warn_points,
        table_skew_warn_percent=table_skew_warn_percent,
        snapshot_age_warn=snapshot_age_warn,
        snapshot_age_block=snapshot_age_block,
        dr_lag_warn=dr_lag_warn,
        dr_lag_block=dr_lag_block,
        events_within=events_within,
        fail_on=fail_on,
        folder=folder,
        max_parallel=max_parallel,
    )
    async with own_run(run_id) as run:
        file = _file(run, inputs.folder)
        inspection = await _inspected(account, run, inputs)
        # Drawing takes seconds where there are many clusters: meanwhile others go on.
        _written(file, await asyncio.to_thread(page, inspection))
        run.note("inspected", page=str(file), findings=len(inspection.findings))
        return _left(inspection, file)


async def _inspected(account: str, run: Run, inputs: Inputs) -> Inspection:
    project = await survey_project(account)
    clusters = _meant(project, inputs)
    told = await _told(account, clusters, inputs.max_parallel)
    ids = set(told)
    figures = tuple(figures_of(one, told[one.id], project, ids) for one in clusters)
    return Inspection(
        account=account,
        run_id=run.id,
        limits=inputs,
        project=project,
        figures=figures,
        findings=_findings(project, figures, inputs),
        occurrences=occurrences(project, figures, inputs),
    )


def _meant(project: ProjectTold, inputs: Selection) -> tuple[Cluster, ...]:
    if inputs.is_told:
        return selected(project.clusters, inputs)
    present = [one for one in project.clusters if one.status != "DELETED"]
    return tuple(sorted(present, key=lambda one: (one.name, one.id)))


async def _told(
    account: str, clusters: tuple[Cluster, ...], max_parallel: int
) -> Mapping[str, ClusterTold]:
    told: dict[str, ClusterTold] = {}

    async def look(cluster: Cluster) -> None:
        told[cluster.id] = await survey_cluster(account, cluster_id=cluster.id)

    await over_each(clusters, look, max_parallel=max_parallel, max_errors=0)
    return told


def _findings(
    project: ProjectTold, figures: tuple[ClusterFigures, ...], inputs: Inputs
) -> tuple[InspectionFinding, ...]:
    found = [*project_findings(project, figures, inputs)]
    for one in figures:
        found += Judge(one, inputs).findings()
    return tuple(sorted(found, key=lambda one: (one.severity.rank, one.cluster, one.what)))


def _file(run: Run, folder: str | None) -> Path:
    """Where the page is to be; the step is in its name, as a run may inspect twice."""
    place = Path(folder).expanduser() if folder else state_folder() / "inspections"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"folder={str(place)!r}: cannot be made: {error.strerror}; tell another"
        ) from None
    if not os.access(place, os.W_OK | os.X_OK):
        raise Refused(f"folder={str(place)!r}: cannot be written to; tell another")
    return place.absolute() / f"{'-'.join(filter(None, [run.id, run.scope]))}.html"


def _written(file: Path, text: str) -> None:
    """Whole or not at all: a page that is half written would look well."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        told = f"{file} cannot be written: {error.strerror}; mend that, or tell another folder"
        raise Stopped(told) from None


def _left(inspection: Inspection, file: Path) -> Outputs:
    limit = inspection.limits.fail_on
    findings = inspection.findings
    if limit != "never":
        bad = [one for one in findings if one.severity.rank <= Severity(limit).rank]
        if bad:
            raise Stopped(_told_of(bad, limit, file))
    return Outputs(
        page=str(file),
        clusters=len(inspection.figures),
        blocks=inspection.count(Severity.BLOCK),
        warnings=inspection.count(Severity.WARN),
        notes=inspection.count(Severity.NOTE),
        findings=findings,
    )


def _told_of(bad: list[InspectionFinding], limit: str, file: Path) -> str:
    shown = "; ".join(
        f"{one.cluster}: {one.what}: {one.figure.partition(';')[0]}" for one in bad[:SHOWN]
    )
    more = f"; and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
    return f"{len(bad)} findings at or above fail_on={limit}: {shown}{more}; see {file}"
