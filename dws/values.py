"""
Values as the service writes them, and as we read them.

One API writes a time in five ways and a number in four (facts/service_and_peers C,
api/README "Type mismatches"); each is read here, and nowhere else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

T = TypeVar("T")

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NOTHING = frozenset({"", "null", "none", "-"})
_FORMATS = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


def moment(value: Any) -> Any:
    """
    A time of the service as an aware datetime in UTC.

    Reads ``2023-01-16T02:11:19`` (UTC without saying so), the same with ``Z``,
    ``2025-05-19 09:06:18.0``, ``2025-05-15 14:04``, and milliseconds since 1970 as a number
    or as text. Empty text is no time.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(value, str) and value.strip().lower() in _NOTHING:
        return None
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdigit()):
        return _from_milliseconds(value)
    if isinstance(value, str):
        return _from_text(value.strip())
    return value


def number(value: Any) -> Any:
    """A number from ``3``, ``"3"``, ``"500 GB"``, ``"9%"``; ``""`` and ``"null"`` are none."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() in _NOTHING:
        return None
    found = _NUMBER.match(value.strip())
    return value if found is None else found[0]


def _from_milliseconds(value: float | str) -> datetime:
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (OverflowError, OSError) as error:  # no ValueError for what is far off
        raise ValueError(f"{value!r} is no time") from error


def _from_text(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    parsed = datetime.fromisoformat(text)
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _listed(value: Any) -> Any:
    # `tags: null` in the guides, one object where the reference has a list.
    if value is None or value == "":
        return []
    return [value] if isinstance(value, dict) else value


def _mapped(value: Any) -> Any:
    if not isinstance(value, dict):
        return value or {}
    return {key: _text(told) for key, told in value.items()}


def _text(value: Any) -> Any:
    return "" if value is None else value


Moment = Annotated[datetime | None, BeforeValidator(moment)]
"""A time of the service, in UTC; None where it tells none."""
Count = Annotated[int | None, BeforeValidator(number)]
"""A whole number that may come as text."""
Amount = Annotated[float | None, BeforeValidator(number)]
"""A number that may come as text, with a unit behind it."""
Text = Annotated[str, BeforeValidator(_text)]
"""Words that may come as null: one null must not hide all that a list tells beside it."""
Several = Annotated[list[T], BeforeValidator(_listed)]
"""A list that may come as null, or as its only item."""
Progress = Annotated[dict[str, str], BeforeValidator(_mapped)]
"""Running actions and how far they are, e.g. ``{"GROWING": "16%"}``; null and ``""`` are none."""

ResourceName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{3,63}$")]
"""4 to 64 letters, digits, ``-`` and ``_``, a letter first. Reference 5.2.1, 5.3.1."""
UserName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{5,63}$")]
"""6 to 64 small letters, digits and ``_``, no digit first. Reference 5.2.1."""
Port = Annotated[int, Field(ge=8000, le=30000)]
Description = Annotated[str, Field(max_length=256, pattern=r"""^[^!<>'=&"]*$""")]
"""At most 256 characters, none of ``! < > ' = & "``. Reference 5.3.1."""

_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9\s]")


def _strong(password: SecretStr) -> SecretStr:
    text = password.get_secret_value()
    if not 12 <= len(text) <= 32:
        raise ValueError("a password has 12 to 32 characters")
    if sum(bool(re.search(kind, text)) for kind in _CLASSES) < 3:
        raise ValueError(
            "a password mixes at least three of: capitals, small letters, digits, specials"
        )
    return password


StrongPassword = AfterValidator(_strong)
"""12 to 32 characters of at least three classes. Reference 5.2.1; OTC's documents allow 8."""


def names_user(password: SecretStr, user: str) -> bool:
    """Whether a password holds the user's name, also backwards; the service refuses it."""
    text = password.get_secret_value().lower()
    return user.lower() in text or user.lower()[::-1] in text
