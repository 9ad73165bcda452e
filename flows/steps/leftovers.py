"""Scratch clusters that dead runs left behind: found by name, proved by the journal, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from dws.errors import DwsError
from dws.shapes import Cluster
from flows.steps.scratch import (
    NAME,
    Origin,
    delete_scratch,
    is_made_by,
    origins_of,
    scratch_lock,
)
from tasks import clusters
from tasks.locks import holding
from tasks.run import Refused, Run
from tasks.store import remembered


class Leftover(BaseModel):
    """
    A cluster with the name of a scratch cluster that is not of the run which looks.

    Attributes:
        run_id: The run that made it; None where the journal knows of none: then it may be that of
            another journal, and is left alone.
        told: What was done with it, and why.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    cluster_id: str
    run_id: str | None
    is_cleared: bool = False
    told: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.cluster_id}): {self.told}"


async def what_is_left(run: Run, account: str) -> tuple[Leftover, ...]:
    """
    The scratch clusters that are there, but for those of this run.

    Raises:
        DwsError: The service refused or did not answer.
    """
    listed = (await clusters.list_clusters(account)).clusters
    named = [item for item in listed if NAME.fullmatch(item.name) and item.status != "DELETED"]
    found = [
        Leftover(name=item.name, cluster_id=item.id, run_id=_maker(run, item)) for item in named
    ]
    return tuple(item for item in found if item.run_id != run.id)


async def clear_what_is_left(
    run: Run, account: str, *, ensure: Callable[[], None]
) -> tuple[Leftover, ...]:
    """
    Delete the scratch clusters that provably were made by other runs and are in use by none.

    What cannot be deleted is told, and stays: it is not what the run is about.

    Args:
        ensure: Is called before each deletion: makes sure that the run holds its locks.

    Raises:
        DwsError: The clusters could not be listed.
    """
    seen = []
    for item in await what_is_left(run, account):
        cleared = await _cleared(run, account, item, ensure)
        run.note("scratch cluster of another run", name=item.name, told=cleared.told)
        seen.append(cleared)
    return tuple(seen)


async def _cleared(run: Run, account: str, item: Leftover, ensure: Callable[[], None]) -> Leftover:
    if item.run_id is None:
        told = "no run of this journal made it; it is left alone: delete it by hand if it is spare"
        return item.model_copy(update={"told": told})
    try:
        async with holding(run, scratch_lock(account, item.name), waits=False):
            cluster = await clusters.cluster_with_id(account, item.cluster_id)
            if cluster is not None:
                await delete_scratch(run, account, cluster, ensure=ensure)
    except Refused as error:
        return item.model_copy(update={"told": f"in use by run {item.run_id}: {error}"})
    except DwsError as error:
        return item.model_copy(update={"told": f"left by run {item.run_id}: {error}"})
    told = f"left behind by run {item.run_id}, and deleted"
    return item.model_copy(update={"is_cleared": True, "told": told})


def _maker(run: Run, cluster: Cluster) -> str | None:
    """The run that provably made a cluster, by the journal."""
    for run_id, scope, told in remembered(run.engine, origins_of(cluster.name)):
        maker = replace(run, id=run_id, scope=scope)
        if is_made_by(maker, cluster.name, cluster, Origin.model_validate(told)):
            return run_id
    return None
