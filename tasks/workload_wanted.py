"""Resource pools and stages of a plan as they are wanted, and how what is told differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dws.sent.workload import (
    LARGEST,
    Days,
    Months,
    NewStage,
    PoolName,
    Resource,
    StageChange,
    StageQueue,
    StageResource,
    Time,
)
from dws.told import workload as told

Percent = Annotated[int, Field(ge=0, le=99)]
Share = Annotated[int, Field(ge=1, le=99)]
AnyNumber = Annotated[int, Field(ge=-1, le=LARGEST)]
NewStageT = TypeVar("NewStageT", bound=NewStage)
Values = dict[str, int]
"""How much of each resource, by its name in pools."""

MOST_SHARE, MOST_LIMIT = 99, 100
"""Percent of the CPU over all pools (reference 5.7.4, and the service's user guide)."""
_IN_POOLS = {"cpu": "cpu_share", "concurrency": "activestatements"}
"""Samples of stages and of pools' details have other words (reference 5.7.7, 5.7.25)."""
_IN_STAGES = {"cpu_share": "cpu", "activestatements": "concurrency"}


class Wanted(BaseModel):
    """Part of what is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pool(Wanted):
    """A resource pool that there is to be."""

    name: PoolName
    memory: Annotated[int, Field(ge=0, le=100)] = 0
    """Percent; 0: any."""
    tablespace_mb: AnyNumber = -1
    """-1: any."""
    active_statements: AnyNumber = -1
    """How many statements run at once; -1: any."""
    cpu_share: Share = 20
    """Percent; what the service takes unless told."""
    cpu_limit: Percent | None = None
    """Percent that it never exceeds; 0: any. From version 8.1.3."""

    @property
    def values(self) -> Values:
        """By the names of resources."""
        found = {
            "memory": self.memory,
            "tablespace": self.tablespace_mb,
            "activestatements": self.active_statements,
            "cpu_share": self.cpu_share,
        }
        return found if self.cpu_limit is None else found | {"cpu_limit": self.cpu_limit}


class StagePool(Wanted):
    """What a pool has during a stage; what is not told stays."""

    pool: PoolName
    cpu_share: Share | None = None
    cpu_limit: Percent | None = None
    memory: Annotated[int, Field(ge=0, le=100)] | None = None
    active_statements: AnyNumber | None = None

    @property
    def values(self) -> Values:
        """By the names of resources in pools."""
        told_ = {
            "cpu_share": self.cpu_share,
            "cpu_limit": self.cpu_limit,
            "memory": self.memory,
            "activestatements": self.active_statements,
        }
        return {name: value for name, value in told_.items() if value is not None}

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.values:
            raise ValueError(f"pool {self.pool}: tell at least one resource")
        return self


class Stage(Wanted):
    """A stage of a plan: when it rules, in UTC, and what pools have meanwhile."""

    name: PoolName
    months: Months = None
    """Numbers joined by commas; none is every month."""
    days: Days = None
    """Days of the month; none is every day."""
    start: Time
    end: Time
    """Not after its start: of the next day."""
    pools: tuple[StagePool, ...] = Field(min_length=1)

    def as_new(self) -> NewStage:
        """What makes it."""
        return self._sent(NewStage)

    def as_change(self) -> StageChange:
        """What another becomes it by."""
        return self._sent(StageChange)

    def _sent(self, kind: type[NewStageT]) -> NewStageT:
        return kind(
            stage_name=self.name,
            month=_listed(self.months, 12),
            day=_listed(self.days, 31),
            start_time=self.start,
            end_time=self.end,
            queue_list=[_queue(pool) for pool in self.pools],
        )

    def is_told(self, other: told.Stage) -> bool:
        """Whether a stage that the service tells is this one."""
        return _key(other) == (
            _listed(self.months, 12),
            _listed(self.days, 31),
            self.start,
            self.end,
            {pool.pool: pool.values for pool in self.pools},
        )

    def spans(self) -> Iterator[tuple[datetime, datetime]]:
        """When it rules, in a leap year."""
        return _spans(_listed(self.months, 12), _listed(self.days, 31), self.start, self.end)


def collides(stage: Stage, other: told.Stage) -> bool:
    """Whether a stage would rule at the same time as one that the service tells."""
    months, days, start, end, _ = _key(other)
    spans = sorted([*stage.spans(), *_spans(months, days, start, end)])
    return any(ahead[1] > behind[0] for ahead, behind in pairwise(spans))


def require_apart(stages: Sequence[Stage]) -> None:
    """
    See that all stages rule at some time, and no two at the same.

    Raises:
        ValueError: They do not; it names them.
    """
    spans = sorted((span, stage.name) for stage in stages for span in stage.spans())
    ruling = {name for _, name in spans}
    for stage in stages:
        if stage.name not in ruling:
            raise ValueError(f"stages: {stage.name} never begins: no such day in these months")
    for ((_, ends), name), ((begins, _), next_name) in pairwise(spans):
        if ends > begins and name != next_name:
            at = begins.strftime("%m-%d %H:%M")
            raise ValueError(f"stages: {name} and {next_name} would both rule at {at} UTC")


def values_of(pool: told.Queue) -> Values:
    """What a pool has, as the service tells it."""
    return _values(pool.resource_item_list)


def as_resources(values: Mapping[str, int]) -> list[Resource]:
    """Resources of a pool, to be told."""
    return [Resource(resource_name=name, resource_value=value) for name, value in values.items()]


def _queue(pool: StagePool) -> StageQueue:
    return StageQueue(
        queue_name=pool.pool,
        queue_resources=[
            StageResource(resource_name=_IN_STAGES.get(name, name), resource_value=value)
            for name, value in pool.values.items()
        ],
    )


def _key(stage: told.Stage) -> tuple[str, str, str, str, dict[str, Values]]:
    return (
        _listed(stage.month, 12),
        _listed(stage.day, 31),
        stage.start_time or "00:00:00",
        stage.end_time or "00:00:00",
        {item.queue_name: _values(item.queue_resources) for item in stage.queue_list},
    )


def _values(resources: Sequence[told.ToldResource]) -> Values:
    return {
        _IN_POOLS.get(name, name): item.resource_value
        for item in resources
        if item.resource_value is not None and (name := item.resource_name.lower())
    }


def _listed(text: str | None, highest: int) -> str:
    """Numbers joined by commas, in order; all of them if none is told."""
    found = sorted({int(part) for part in (text or "").split(",") if part.strip()})
    return ",".join(map(str, found or range(1, highest + 1)))


def _spans(months: str, days: str, start: str, end: str) -> Iterator[tuple[datetime, datetime]]:
    wanted = ({int(n) for n in months.split(",")}, {int(n) for n in days.split(",")})
    begins, ends = time.fromisoformat(start), time.fromisoformat(end)
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        if day.month in wanted[0] and day.day in wanted[1]:
            last = day if ends > begins else day + timedelta(days=1)
            yield datetime.combine(day, begins), datetime.combine(last, ends)
