"""Subscriptions: whom the notification service is to tell of events and alarms; and their pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from typing import Any, Protocol, TypeVar

from dws.emulator.kept import kept
from dws.emulator.refused import Refused
from dws.emulator.world import World

Json = dict[str, Any]
T = TypeVar("T")
LANGUAGE = "en-us"
"""What our client asks for; the sample of reference 5.4.3 has ``zh-cn``."""
_ZONE = re.compile(r"(?:GMT|UTC)?(?:([+-])(\d{2}):?(\d{2}))?")


@kept
@dataclass(slots=True)
class Subscription:
    """Whom to tell of what."""

    id: str
    project_id: str
    kind: str
    """``event`` or ``alarm``"""
    told: dict[str, str] = field(default_factory=dict)
    enable: int = 1


def subscribe(world: World, project_id: str, kind: str, told: Json) -> Subscription:
    """Take in a subscription. It is on unless told (assumed)."""
    made = Subscription(world.new_id(), project_id, kind)
    _set(world, made, told)
    return made


def change(world: World, found: Subscription, told: Json) -> None:
    """Change what is told of a subscription."""
    _set(world, found, told)


def subscriptions(world: World, project_id: str, kind: str) -> list[Subscription]:
    """The subscriptions of a project, of a kind."""
    found = world.of(Subscription).values()
    return [s for s in found if (s.project_id, s.kind) == (project_id, kind)]


def subscription(world: World, project_id: str, kind: str, number: str) -> Subscription:
    """
    A subscription.

    Raises:
        Refused: There is none. The reference documents 404 and no code: assumed.
    """
    for found in subscriptions(world, project_id, kind):
        if found.id == number:
            return found
    raise Refused(404, "DWS.0047", f"The {kind} subscription {number} does not exist.")


def rendered(found: Subscription, keys: tuple[str, ...]) -> Json:
    """A subscription as told; conditions that were not given are empty text."""
    return {
        "id": found.id,
        **{key: found.told.get(key, "") for key in keys},
        "enable": found.enable,
        "project_id": found.project_id,
        "name_space": "DWS",
        "language": LANGUAGE,
    }


class Paged(Protocol):
    """What is asked for in pages."""

    @property
    def offset(self) -> int | None:
        """The number of the page."""

    @property
    def limit(self) -> int | None:
        """How many a page has."""


def page(world: World, found: list[T], asked: Paged, usual: int) -> list[T]:
    """The page that was asked for: counted from 1, or as the profile says; 0 is the first too."""
    size, offset = asked.limit or usual, asked.offset
    first = world.spec.profile.first_page
    number = max((first if offset is None else offset) - first, 0)
    return found[number * size : (number + 1) * size]


def zone(told: str) -> timezone:
    """
    The time zone that ``GMT``, ``GMT+08:00`` or ``+0800`` means.

    Raises:
        Refused: It is none (assumed: this code).
    """
    found = _ZONE.fullmatch(told.strip().replace(" ", "+"))
    if found is None or not told.strip():
        raise Refused(400, "DWS.5065", f"Invalid format: time_zone {told}.")
    sign, hours, minutes = found.groups()
    if sign is None:
        return UTC
    away = timedelta(hours=int(hours), minutes=int(minutes))
    if away >= timedelta(hours=24):
        raise Refused(400, "DWS.5065", f"Invalid format: time_zone {told}.")
    return timezone(-away if sign == "-" else away)


def _set(world: World, found: Subscription, told: Json) -> None:
    enable = told.get("enable")
    found.enable = found.enable if enable is None else enable
    given = {key: value for key, value in told.items() if value is not None and key != "enable"}
    found.told |= given
    world.keep(found)
