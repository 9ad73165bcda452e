"""
What every procedure begins with: its run, what it is about, its locks, its preflight.

What a procedure is about is found once and remembered before the first change: a second run of the
same id goes on with the same clusters, whatever is called what by then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from dws.shapes import Cluster
from tasks import clusters
from tasks.action import Action
from tasks.locks import Lease, cluster_lock, holding
from tasks.own_run import own_run
from tasks.preflight import preflight
from tasks.run import Refused, Run, Stopped


class Aim(BaseModel):
    """What a procedure is about, found once. A subclass says what, and what must be locked."""

    model_config = ConfigDict(frozen=True)

    def locks(self, account: str) -> tuple[str, ...]:
        """Names of the locks, in the order in which they are taken; pairs before clusters."""
        raise NotImplementedError


class OneCluster(Aim):
    """A procedure on one cluster."""

    cluster_id: str
    cluster_name: str

    def locks(self, account: str) -> tuple[str, ...]:
        return (cluster_lock(account, self.cluster_id),)


InputsT = TypeVar("InputsT", bound=BaseModel)
AimT = TypeVar("AimT", bound=Aim)
ModelT = TypeVar("ModelT", bound=BaseModel)
OneClusterT = TypeVar("OneClusterT", bound=OneCluster)


@dataclass(frozen=True)
class Work(Generic[InputsT, AimT]):
    """
    A procedure at work, under its locks.

    Attributes:
        inputs: What it was begun with.
        aim: What it is about.
        leases: Its locks.
    """

    run: Run
    account: str
    inputs: InputsT
    aim: AimT
    leases: tuple[Lease, ...]

    def ensure(self) -> None:
        """
        Make sure that all locks are still held: before each change.

        Raises:
            LockLost: One is not.
        """
        for lease in self.leases:
            lease.ensure()

    @property
    def has_changed(self) -> bool:
        """Whether the run, an earlier attempt included, may have changed anything."""
        return may_have_changed(self.run)

    def changing(self) -> None:
        """Make sure that the locks are held, and remember that a change may be made now."""
        self.ensure()
        self.run.remember("changed", value=True)

    def stop(self, told: str) -> Refused | Stopped:
        """The error that ends the run; it tells whether anything was changed."""
        return Stopped(told) if self.has_changed else Refused(told)

    async def once(
        self, name: str, model: type[ModelT], find: Callable[[], Awaitable[ModelT]]
    ) -> ModelT:
        """What was found under a name by this or an earlier attempt of the run."""
        return await found_once(self.run, name, model, find)


def may_have_changed(run: Run) -> bool:
    """Whether a run, an earlier attempt included, may have changed anything."""
    return run.recall("changed") is not None


async def found_once(
    run: Run, name: str, model: type[ModelT], find: Callable[[], Awaitable[ModelT]]
) -> ModelT:
    """What was found under a name by this or an earlier attempt of the run; else find it now."""
    told = run.recall(name)
    if told is None:
        told = run.remember(name, (await find()).model_dump(mode="json"))
    return model.model_validate(told)


@asynccontextmanager
async def procedure(  # noqa: PLR0913 - what all procedures need
    action: Action,
    account: str,
    inputs: InputsT,
    aim: type[AimT],
    *,
    find: Callable[[], Awaitable[AimT]],
    run_id: str | None = None,
) -> AsyncIterator[Work[InputsT, AimT]]:
    """
    Open the run, find what it is about, take the locks, look whether it may begin.

    A second run of the same id finds nothing anew. It is not looked at again once it may have
    changed something, as it is half-way then; until then the world may have moved on.

    Raises:
        Refused: A finding of the preflight blocks it, or the run was begun with other inputs.
    """
    async with own_run(run_id) as run, AsyncExitStack() as stack:
        _same(run, inputs)
        begun = run.recall("aim")
        aimed = await find() if begun is None else aim.model_validate(begun)
        targets = aimed.locks(account)
        leases = [await stack.enter_async_context(holding(run, target)) for target in targets]
        if not may_have_changed(run):
            await preflight(account, action, inputs, run.id)
            run.remember("inputs", inputs.model_dump(mode="json"))
            run.remember("aim", aimed.model_dump(mode="json"))
        yield Work(run, account, inputs, aimed, tuple(leases))


@asynccontextmanager
async def on_cluster(
    action: Action, account: str, inputs: InputsT, cluster: str, *, run_id: str | None = None
) -> AsyncIterator[Work[InputsT, OneCluster]]:
    """
    A procedure on one cluster, found by its name or id.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one; nothing was changed.
        Refused: As `procedure`.
    """

    async def find() -> OneCluster:
        found = await clusters.find_cluster(account, cluster)
        return OneCluster(cluster_id=found.id, cluster_name=found.name)

    async with procedure(action, account, inputs, OneCluster, find=find, run_id=run_id) as work:
        yield work


async def seen(work: Work[InputsT, OneClusterT]) -> Cluster:
    """
    The cluster of a procedure as it is now.

    Raises:
        Refused, Stopped: It has gone.
    """
    found = await clusters.cluster_with_id(work.account, work.aim.cluster_id)
    if found is None:
        raise work.stop(f"cluster {work.aim.cluster_name} ({work.aim.cluster_id}) has gone")
    return found


def _same(run: Run, inputs: BaseModel) -> None:
    begun = run.recall("inputs")
    told = inputs.model_dump(mode="json")
    if begun is None or begun == told:
        return
    differ = sorted(name for name in told if begun.get(name) != told[name])
    raise Refused(
        f"run {run.id} was begun with "
        + ", ".join(f"{name}={begun.get(name)!r}, not {told[name]!r}" for name in differ)
        + "; give it the same, or a new id"
    )
