"""Lengths of time as runbooks write them: ``PT15M``, ``P1DT2H``, or short: ``90s``, ``15m``."""

from __future__ import annotations

import re
from datetime import timedelta

_ISO = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_SHORT = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """
    Read a length of time.

    Raises:
        ValueError: It is neither ISO 8601 nor a number with one of ``s m h d``.
    """
    try:
        if short := _SHORT.fullmatch(text):
            return timedelta(**{_UNITS[short[2]]: int(short[1])})
        found = _ISO.fullmatch(text)
        if found and text[-1] not in "PT":
            told = {unit: float(count) for unit, count in found.groupdict("0").items()}
            return timedelta(**told)
    except OverflowError:
        raise ValueError(f"{text!r} is too long a time") from None
    raise ValueError(f"{text!r} is no duration: write it as PT15M or 15m")


def iso(length: timedelta) -> str:
    """As ISO 8601 writes it: ``PT1H30M``."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact = seconds + length.microseconds / 1_000_000
    counts = {"H": hours, "M": minutes, "S": exact}
    time = "".join(f"{count:g}{unit}" for unit, count in counts.items() if count)
    days = f"{length.days}D" if length.days else ""
    if not time:
        return f"P{days or 'T0S'}"
    return f"P{days}T{time}"
