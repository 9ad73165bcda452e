"""How pools and stages differ from what is wanted, and so what is still to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dws.told import workload as told
from tasks.workload_wanted import Pool, Stage, Values


@dataclass(frozen=True)
class Present:
    """What there is of pools and plans."""

    pools: Mapping[str, Values]
    plans: Sequence[told.Plan]
    plan: told.Plan | None
    """The one of the wanted name, with its stages."""


@dataclass(frozen=True)
class Difference:
    """What is still to be done; names."""

    pools: Mapping[str, Values]
    """What is to be set of which pool."""
    unwanted: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def stages(self) -> bool:
        """Whether a stage differs."""
        return bool(self.unwanted or self.changed or self.missing)


def pool_difference(wanted: Pool, present: Values | None, stages: Sequence[Stage]) -> Values:
    """
    What is to be set of a pool; of one that is there nothing that a stage sets.

    A stage that rules has changed it, and will be followed by another.
    """
    if present is None:
        return wanted.values
    set_by_stages = {
        name
        for stage in stages
        for pool in stage.pools
        if pool.pool == wanted.name
        for name in pool.values
    }
    return {
        name: value
        for name, value in wanted.values.items()
        if present.get(name) != value and name not in set_by_stages
    }


def difference(stages: Sequence[Stage], pools: Sequence[Pool], present: Present) -> Difference:
    """How what there is differs from what is wanted."""
    known = {stage.stage_name: stage for stage in present.plan.stage_list} if present.plan else {}
    names = {stage.name for stage in stages}
    values = {
        pool.name: pool_difference(pool, present.pools.get(pool.name), stages) for pool in pools
    }
    return Difference(
        pools={name: left for name, left in values.items() if left},
        unwanted=tuple(name for name in known if name not in names),
        changed=tuple(
            stage.name
            for stage in stages
            if stage.name in known and not stage.is_told(known[stage.name])
        ),
        missing=tuple(stage.name for stage in stages if stage.name not in known),
    )
