"""What resource management is told: its switch, pools, rules, users, stages."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dws.operation import Part

LARGEST = 2**31 - 1
_RANGES = {
    "memory": (0, 100),
    "tablespace": (-1, LARGEST),
    "activestatements": (-1, LARGEST),
    "cpu_limit": (0, 99),
    "cpu_share": (1, 99),
    "cpu": (1, 99),
    "concurrency": (-1, LARGEST),
    "shortqueryconcurrencynum": (-1, LARGEST),
}
_RULE_KEYS = "blocktime|elapsedtime|allcputime|cpuskewpercent|cpuavgpercent|spillsize|bandwidth"


def _number(value: int | str) -> int | str:
    if not re.fullmatch(r"-?\d+", str(value)):
        raise ValueError("a whole number is wanted")
    return value


def _unlimited_or_more(text: str) -> str:
    if not re.fullmatch(r"-?\d+", text) or not -1 <= int(text) <= LARGEST:
        raise ValueError(f"must not exceed -1 to {LARGEST}")
    return text


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Whole = Annotated[int | str, AfterValidator(_number)]
"""A whole number; the samples send it as text too."""
Concurrency = Annotated[str, BeforeValidator(_as_text), AfterValidator(_unlimited_or_more)]
"""A whole number as text; -1 is any number."""
PoolName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,27}$")]
"""3 to 28 small letters, digits and ``_``, a letter first. Reference 5.7.4."""
PlanName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{2,27}$")]
"""3 to 28 letters, digits and ``_``, a small letter first. Reference 5.7.18."""
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$")]
"""``hh:mm:ss``, UTC."""


class Switch(Part):
    """Whether resources are managed, and how many statements run at once."""

    workload_switch: Literal["on", "off"]
    max_concurrency_num: Concurrency | None = None
    """On each coordinator; -1 and 0: any number."""


class Resource(Part):
    """How much a pool gets of one resource."""

    resource_name: str = Field(
        pattern=r"^(?i:memory|tablespace|activestatements|cpu_limit|cpu_share|cpu|concurrency)$"
    )
    """
    ``memory`` (percent, 0: any), ``tablespace`` (MB, -1: any), ``activestatements`` (-1 and 0:
    any), ``cpu_limit`` (percent, 0: any; from version 8.1.3) or ``cpu_share`` (percent).
    """
    resource_value: Whole
    value_unit: str | None = None
    resource_description: str | None = None

    @property
    def value(self) -> int:
        """The value as a number."""
        return int(self.resource_value)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        low, high = _RANGES[self.resource_name.lower()]
        if not low <= self.value <= high:
            raise ValueError(f"{self.resource_name} must not exceed {low} to {high}")
        return self


def _each_once(resources: list[Resource]) -> list[Resource]:
    names = [resource.resource_name.lower() for resource in resources]
    if len(set(names)) < len(names):
        raise ValueError("each resource may be told once")
    return resources


Resources = Annotated[list[Resource], Field(min_length=1), AfterValidator(_each_once)]


class NewQueue(Part):
    """A pool to be made; it must name all its resources but one of the two of the CPU."""

    workload_queue_name: PoolName
    logical_cluster_name: str | None = None
    workload_resource_item_list: Resources

    @model_validator(mode="after")
    def _complete(self) -> Self:
        told = {item.resource_name.lower() for item in self.workload_resource_item_list}
        if missing := {"memory", "tablespace", "activestatements"} - told:
            raise ValueError(f"a new pool needs {', '.join(sorted(missing))} too")
        return self


class ShortQueries(Part):
    """How a pool treats short queries."""

    short_query_optimize: Literal["on", "off"] | None = None
    short_query_concurrency_num: Concurrency | None = None
    """-1: any number."""


class QueueChange(Part):
    """What a pool is to have; resources not told stay as they are (assumed)."""

    workload_queue_name: str = Field(min_length=1)
    logical_cluster_name: str | None = None
    resource_item_list: Resources


class RuleItem(Part):
    """One threshold of an exception rule, or what befalls a statement beyond it."""

    rule_key: str = Field(pattern=rf"^({_RULE_KEYS}|action)$")
    """``action`` is missing in the table, but in its samples: ``abort`` or ``penalty``."""
    rule_value: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.rule_key == "action":
            if self.rule_value not in {"abort", "penalty"}:
                raise ValueError("an action is abort or penalty")
            return self
        highest = 100 if self.rule_key.endswith("percent") else LARGEST
        if not re.fullmatch(r"-?\d+", self.rule_value) or not -1 <= int(self.rule_value) <= highest:
            raise ValueError(f"{self.rule_key} must not exceed -1 to {highest}")
        return self


def _keys_once(items: list[RuleItem]) -> list[RuleItem]:
    if len({item.rule_key for item in items}) < len(items):
        raise ValueError("each key may be told once")
    return items


RuleItems = Annotated[list[RuleItem], Field(min_length=1), AfterValidator(_keys_once)]


class PoolUser(Part):
    """A database user."""

    user_name: str = Field(min_length=1)


PoolUsers = Annotated[list[PoolUser], Field(min_length=1)]


def _numbers(highest: int) -> AfterValidator:
    def check(text: str | None) -> str | None:
        parts = (text or "").replace(" ", "").split(",") if text else []
        if any(not part.isdigit() or not 1 <= int(part) <= highest for part in parts):
            raise ValueError(f"numbers from 1 to {highest}, joined by commas, must not exceed that")
        return text

    return AfterValidator(check)


Months = Annotated[str | None, BeforeValidator(_as_text), _numbers(12)]
Days = Annotated[str | None, BeforeValidator(_as_text), _numbers(31)]


class StageResource(Resource):
    """How much a pool gets of one resource during a stage."""

    resource_name: str = Field(
        pattern=r"^(?i:cpu|cpu_limit|memory|concurrency|shortQueryConcurrencyNum)$"
    )
    """Words of the samples: ``cpu`` is the share, ``concurrency`` the active statements."""


class StageQueue(Part):
    """What a pool has during a stage."""

    queue_name: str = Field(min_length=1)
    queue_resources: Annotated[list[StageResource], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, told: Any) -> Any:
        # The table of reference 5.7.28 has the other name.
        if isinstance(told, dict) and "resource_item_list" in told:
            return {
                "queue_name": told.get("queue_name"),
                "queue_resources": told["resource_item_list"],
            }
        return told


class NewStage(Part):
    """
    A stage: when it begins and ends, and what the pools have meanwhile.

    Mandatory fields are those without which a stage says nothing; the table demands none.
    """

    stage_name: PoolName
    month: Months = None
    """Numbers joined by commas; none is every month."""
    day: Days = None
    """Days of the month, joined by commas; none is every day."""
    start_time: Time
    end_time: Time | None = None
    """Not after its start: of the next day. None is midnight (assumed)."""
    queue_list: list[StageQueue] = Field(min_length=1)


class StageChange(NewStage):
    """A stage as it is to be, in full."""

    month: Annotated[str, BeforeValidator(_as_text), _numbers(12)]
    day: Annotated[str, BeforeValidator(_as_text), _numbers(31)]
