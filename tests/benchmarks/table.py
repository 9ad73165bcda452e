"""Rows of figures, with what they ought to be."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """
    One figure.

    Attributes:
        what: What was measured.
        value: The figure, as it is printed.
        goal: What it ought to be; empty if there is no goal.
        is_met: Whether it is.
    """

    what: str
    value: str
    goal: str = ""
    is_met: bool = True


def at_most(what: str, value: float, most: float, unit: str = "times") -> Row:
    """A figure that ought to be small."""
    return Row(what, f"{value:.2f} {unit}", f"at most {most:g}", value <= most)


def at_least(what: str, value: float, least: float, unit: str) -> Row:
    """A figure that ought to be large."""
    return Row(what, f"{value:.0f} {unit}", f"at least {least:g}", value >= least)


def show(title: str, rows: list[Row]) -> None:
    """Print them."""
    lines = ["", title, *(_line(row) for row in rows), ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _line(row: Row) -> str:
    verdict = "" if not row.goal else ("ok" if row.is_met else "MISSED")
    return f"  {row.what:<58} {row.value:>16}  {row.goal:<14} {verdict}".rstrip()
