"""The drill that touches nothing: the newest snapshot, restored to a scratch cluster."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from flows.declared.dr_failover_drill import newest
from flows.declared.drill_evidence import Evidence, Loss, Marks
from flows.steps.drill import Drill, mark
from flows.steps.scratch import Scratch, remove, scratch_cluster
from tasks import clusters, snapshots, sql


class Chosen(BaseModel):
    """The snapshot that is restored: found once, before the first change."""

    model_config = ConfigDict(frozen=True)

    snapshot_id: str
    name: str
    begun: datetime
    """By the service's clock."""


async def restored(work: Drill) -> tuple[Evidence, str]:
    """
    Restore the newest snapshot, let the acceptance statements run, delete the scratch cluster.

    There is no outage to measure from: the time counts from the declaration. What would be lost
    is what was written between the snapshot and the restore, both by the service's clock.

    Returns:
        The evidence, and the name of the scratch cluster.

    Raises:
        Refused, Stopped: There is no snapshot, or it cannot be restored.
        WaitTimedOut: It did not end in time; it still may.
    """
    chosen = await work.once("chosen", Chosen, lambda: _chosen(work))
    wanted = Scratch(work.run, work.account, chosen.snapshot_id, work.changing)
    if work.run.recall("evidence") is None:
        mark(work, "t2")
        async with scratch_cluster(wanted) as copy:
            await work.once("evidence", Evidence, lambda: _seen(work, copy.cluster.id, chosen))
    else:
        await remove(wanted)
    return Evidence.model_validate(work.run.recall("evidence")), wanted.name


async def _chosen(work: Drill) -> Chosen:
    found = newest(await snapshots.snapshots_of(work.account, work.aim.roles.primary_id))
    if found is None or found.started is None:
        raise work.stop(f"cluster {work.aim.roles.primary_name} has no snapshot to be restored")
    return Chosen(snapshot_id=found.id, name=found.name, begun=found.started)


async def _seen(work: Drill, scratch_id: str, chosen: Chosen) -> Evidence:
    await sql.wait_until_database_answers(work.account, scratch_id)
    writable = mark(work, "t4")
    acceptance = await sql.accept_database(work.account, scratch_id, work.inputs.statements())
    passed = all(one.passed for one in acceptance)
    declared = mark(work, "t2")
    copy = await clusters.cluster_with_id(work.account, scratch_id)
    made = copy.created if copy else None
    return Evidence(
        marks=Marks(
            t0_disrupted=declared,
            t2_declared=declared,
            t3_begun=declared,
            t4_writable=writable,
            t5_validated=mark(work, "t5") if passed else None,
        ),
        loss=Loss(
            acknowledged=0,
            lost=0,
            rpo_s=None if made is None else (made - chosen.begun).total_seconds(),
        ),
        acceptance=acceptance,
    )
