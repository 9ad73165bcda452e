"""Jobs: what some operations tell of the work they start."""

from __future__ import annotations

from dws.emulator.due import effect
from dws.emulator.records import Event, Job, Phase, Work
from dws.emulator.world import World


def start(world: World, cluster_id: str, name: str, work: Work) -> Job:
    """Let a job tell of the work of a cluster."""
    job = Job(
        id=world.new_job_id(),
        project_id=world.clusters[cluster_id].project_id,
        name=name,
        operation=world.operation,
        cluster_id=cluster_id,
        span=Phase("", work.phases[0].begins, work.ends),
        begins=world.now,
        is_stuck=work.is_stuck,
    )
    world.add(job)
    if not work.is_stuck:
        world.at(work.ends, "job_ended", job.id, work.fails_as or "")
    return job


def stop(world: World, cluster_id: str) -> None:
    """End the jobs of a cluster whose work was broken off."""
    for job in world.jobs.values():
        if job.cluster_id == cluster_id and job.ended is None:
            _end(world, job, "stopped")


def fail(world: World, cluster_id: str, code: str, detail: str) -> None:
    """End the jobs of a cluster whose work failed for a reason of its own."""
    for job in world.jobs.values():
        if job.cluster_id == cluster_id and job.ended is None:
            job.ended, job.failed_code, job.failed_detail = world.now, code, detail
            world.touch(job)


@effect
def job_ended(world: World, event: Event) -> None:
    job = world.jobs[event.target]
    if job.ended is None:
        _end(world, job, event.arguments[0])


def _end(world: World, job: Job, fails_as: str) -> None:
    job.ended = world.now
    if fails_as:
        # The form of the sample of reference 5.13.1; which code it is, is assumed.
        job.failed_code = f"{job.name}-fail:DWS.0005"
        job.failed_detail = f"DWS.0005:{fails_as}"
    world.touch(job)
