"""What `flows.apply_tags` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dws.client import Client
from dws.operations.clusters import ListClusters
from dws.shapes import Cluster, Tag
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview, Target
from tasks.protection import TAG
from tasks.selection import Selection, selected

MOST_TAGS = 20
"""Of one cluster: reference 5.2.1, and DWS.5194 in its table of error codes."""


class Inputs(Selection):
    """Which clusters, and the tags that they are to have."""

    tags: dict[str, str] = Field(default={}, max_length=MOST_TAGS, title="Tags to be there")
    absent: tuple[str, ...] = Field(default=(), title="Keys of tags not to be there")
    remove_others: bool = Field(
        default=False, title=f"Whether all other tags go, but for {TAG}, which must be named"
    )

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if not (self.tags or self.absent or self.remove_others):
            raise ValueError("tell tags, absent or remove_others: there is nothing to be done")
        if twice := sorted(set(self.tags) & set(self.absent)):
            raise ValueError(f"absent: {', '.join(twice)} stands under tags too")
        for key, value in self.tags.items():
            _require_fitting(key, value)
        return self


def _require_fitting(key: str, value: str) -> None:
    try:
        Tag(key=key, value=value)
    except ValidationError as error:
        wrong = ", ".join(str(detail["loc"][0]) for detail in error.errors(include_url=False))
        raise ValueError(
            f"tags: {key!r}={value!r}: its {wrong} does not fit: a key has 1 to 128 characters, a "
            r"value at most 255, and none of = * < > / \ , |"
        ) from None


class Outputs(BaseModel):
    """What has the wanted tags now."""

    model_config = ConfigDict(frozen=True)

    clusters: tuple[str, ...]
    """Names of all that were looked at."""
    changed: tuple[str, ...]
    """Names of those whose tags this run changed."""


ACTION = Action(
    name="apply_tags",
    title="See to it that clusters have the tags that they should",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.apply_tags:apply_tags",
    usual=(timedelta(seconds=1), timedelta(seconds=30)),
    preview="flows.declared.apply_tags:preview",
    briefing=Briefing(
        changes=f"Tags alone; {TAG} goes only if absent names it.",
        interrupts="No: queries do not notice.",
        waits=(),
        by_hand="Nothing: run it again.",
    ),
)


@dataclass(frozen=True)
class Difference:
    """What is still to be done to the tags of a cluster: values by key."""

    to_set: Mapping[str, str]
    to_remove: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.to_set or self.to_remove)


def difference(inputs: Inputs, present: Mapping[str, str]) -> Difference:
    """How the tags of a cluster differ from those that are wanted."""
    others = present.keys() - inputs.tags.keys() - {TAG} if inputs.remove_others else set()
    unwanted = others | (present.keys() & set(inputs.absent))
    return Difference(
        to_set={key: value for key, value in inputs.tags.items() if present.get(key) != value},
        to_remove={key: value for key, value in present.items() if key in unwanted},
    )


def tags_lock(account: str) -> str:
    """The name of the lock on all tags: a cluster at work for hours may be tagged meanwhile."""
    return f"dws/{account}/tags"


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the tags now.

    Raises:
        NoSuchThing, Ambiguous: The clusters are not told well.
        DwsError: The service refused or did not answer.
    """
    del run_id
    clusters = selected((await client.call(ListClusters())).clusters, inputs)
    told = [(cluster, difference(inputs, _tags(cluster))) for cluster in clusters]
    lock = tags_lock(account)
    return Preview(
        targets=tuple(Target("cluster", c.id, c.name, lock) for c in clusters),
        changes=tuple(line for cluster, left in told for line in _lines(cluster, left)),
        findings=(_is_within_limit(told), _keeps_protection(told)),
    )


def _tags(cluster: Cluster) -> dict[str, str]:
    return {tag.key: tag.value for tag in cluster.tags}


def _lines(cluster: Cluster, left: Difference) -> list[str]:
    removed = [f"remove tag {key}={value}" for key, value in left.to_remove.items()]
    present = _tags(cluster)
    set_ = [
        f"set tag {key}={value}" + (f", which is {present[key]!r}" if key in present else "")
        for key, value in left.to_set.items()
    ]
    return [f"{line} of cluster {cluster.name}" for line in (*removed, *set_)]


def _is_within_limit(told: Sequence[tuple[Cluster, Difference]]) -> Finding:
    check = f"no cluster will have more than {MOST_TAGS} tags"
    over = [
        f"{cluster.name} would have {count}"
        for cluster, left in told
        if (count := len((_tags(cluster).keys() - left.to_remove.keys()) | left.to_set.keys()))
        > MOST_TAGS
    ]
    if over:
        cure = f"a cluster may have {MOST_TAGS} tags; tell some under absent"
        return Finding(check, Level.BLOCK, f"{'; '.join(over)}: {cure}")
    return Finding(check, Level.PASS, f"{len(told)} looked at")


def _keeps_protection(told: Sequence[tuple[Cluster, Difference]]) -> Finding:
    check = "protection stays"
    bared = [
        cluster.name
        for cluster, left in told
        if TAG in left.to_remove or left.to_set.get(TAG, "").strip().lower() == "false"
    ]
    if bared:
        return Finding(check, Level.WARN, f"{', '.join(bared)} will no longer be protected")
    return Finding(check, Level.PASS, f"no {TAG} is taken away")
