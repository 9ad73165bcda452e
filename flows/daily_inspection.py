"""Look at the health of all clusters, and write a page of it. Changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Literal

from prefect import flow

from dws import clock
from dws.shapes import Cluster
from flows.declared.daily_inspection import Inputs, Observation, Outputs
from flows.steps.inspected import Inspected, findings
from flows.steps.inspection_page import page
from tasks import clusters as cluster_tasks
from tasks.action import Level
from tasks.inspection import ClusterSight, look_at_cluster, look_at_project
from tasks.own_run import own_run
from tasks.places import state_folder
from tasks.run import Stopped
from tasks.selection import selected

AT_ONCE = 8
"""How many clusters are looked at at once: a service must not be strained by a look."""
MOST_TABLES = 100
_FAILING = {
    "block": {Level.BLOCK},
    "warn": {Level.BLOCK, Level.WARN},
    "never": set[Level](),
}


@flow(name="daily-inspection", retries=0)
async def daily_inspection(  # noqa: PLR0913 - each threshold is one
    account: str,
    *,
    clusters: tuple[str, ...] = (),
    tag: str | None = None,
    disk_warn: float = 75,
    disk_block: float = 90,
    skew_warn: float = 30,
    snapshot_max_age: timedelta = timedelta(hours=26),
    lag_max: timedelta = timedelta(hours=6),
    events_since: timedelta = timedelta(hours=24),
    folder: Path | None = None,
    fail_on: Literal["block", "warn", "never"] = "never",
    run_id: str | None = None,
) -> Outputs:
    """
    Look at state, nodes, disks, skew, backups, alarms, events and lag, and write a page of it.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        clusters: Names or ids of clusters, or a ``tag`` that they have; all if neither is told.
        disk_warn: From how many percent on a full disk is a warning; ``disk_block``: serious.
        skew_warn: From how many percent on a skewed table is a warning.
        snapshot_max_age: How old the newest good snapshot of a cluster may be.
        lag_max: How far a standby may be behind.
        events_since: Events of how long are looked at.
        folder: Where the page is written; ``inspections`` in the state folder if not told.
        fail_on: From which severity of a finding on the run fails; the page is written all the
            same.
        run_id: Names the run; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: The selection is empty, or a name does not tell one cluster.
        Stopped: There are findings of that severity; the message tells the worst, and the page.
        RequestFailed, Unreachable: The service refused the list of clusters, or did not answer.
    """
    inputs = Inputs(
        clusters=clusters,
        tag=tag,
        disk_warn=disk_warn,
        disk_block=disk_block,
        skew_warn=skew_warn,
        snapshot_max_age=snapshot_max_age,
        lag_max=lag_max,
        events_since=events_since,
        folder=folder,
        fail_on=fail_on,
    )
    async with own_run(run_id) as run:
        seen = await _inspected(account, inputs)
        found = findings(seen)
        written = _written(inputs.folder, run.id, page(seen, found, run.id))
        run.note("page written", path=str(written), findings=len(found))
        _judge(inputs, found, written)
        return Outputs(
            page=str(written),
            clusters=len(seen.clusters),
            findings=found,
            not_told=seen.not_told,
        )


async def _inspected(account: str, inputs: Inputs) -> Inspected:
    at = clock.time_of_day()
    listed = (await cluster_tasks.list_clusters(account)).clusters
    chosen = selected(listed, inputs) if inputs.is_told else _all(listed)
    turns = asyncio.Semaphore(AT_ONCE)

    async def look(cluster: Cluster) -> ClusterSight:
        async with turns:
            return await look_at_cluster(account, cluster_id=cluster.id, most_tables=MOST_TABLES)

    sights = await asyncio.gather(*map(look, chosen))
    return Inspected(
        at=at,
        account=account,
        inputs=inputs,
        clusters=chosen,
        sights={sight.cluster_id: sight for sight in sights},
        project=await look_at_project(account, since=at - inputs.events_since),
    )


def _all(listed: list[Cluster]) -> tuple[Cluster, ...]:
    present = (cluster for cluster in listed if cluster.status != "DELETED")
    return tuple(sorted(present, key=lambda cluster: (cluster.name, cluster.id)))


def _written(folder: Path | None, run_id: str, text: str) -> Path:
    into = folder or state_folder() / "inspections"
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = into / f"{run_id}.html"
    written.write_text(f"{text}\n", encoding="utf-8")
    return written


def _judge(inputs: Inputs, found: tuple[Observation, ...], written: Path) -> None:
    failing = [one for one in found if one.level in _FAILING[inputs.fail_on]]
    if failing:
        worst = "; ".join(f"{one.subject}: {one.told}" for one in failing[:5])
        raise Stopped(
            f"{len(failing)} findings from fail_on={inputs.fail_on} on: {worst}; read {written}"
        )
