"""The plots of an inspection: bars, as SVG that stands in the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import htpy as h

CALM, WARNED, BLOCKED = "#3f7d58", "#d08700", "#c0392b"
_WIDTH, _LEFT, _BAR = 620, 210, 320
"""Of the plot, of the names beside the bars, and of the longest bar, in pixels."""
_TOP, _ROW, _FOOT = 40, 28, 26
_LONGEST_NAME = 28


@dataclass(frozen=True)
class Scale:
    """
    What figures mean.

    Attributes:
        unit: Behind each figure.
        warn: From which value on it is coloured as a warning, ``block`` as serious.
        most: Where the axis ends; at the greatest value or limit if not told.
    """

    unit: str
    warn: float
    block: float
    most: float | None = None

    def colour(self, value: float) -> str:
        """Of the bar of a value."""
        if value >= self.block:
            return BLOCKED
        return WARNED if value >= self.warn else CALM


def bars(title: str, values: dict[str, float], scale: Scale) -> h.Element:
    """
    Horizontal bars with a name and a figure each, and dashed lines where limits are.

    Args:
        values: By what is written beside the bar.
    """
    most = scale.most or max(scale.warn, *values.values())
    height = _TOP + _ROW * len(values) + _FOOT
    return h.svg(viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=title)[
        h.text(x="12", y="24", font_size="15", font_weight="600")[title],
        _limits(scale, most, height),
        (_bar(row, name, value, scale, most) for row, (name, value) in enumerate(values.items())),
    ]


def _bar(row: int, name: str, value: float, scale: Scale, most: float) -> h.Fragment:
    middle = _TOP + _ROW * row + _ROW / 2
    length = max(_BAR * min(value / most, 1), 1)
    return h.fragment[
        h.text(x=f"{_LEFT - 8}", y=f"{middle + 4:g}", text_anchor="end", font_size="12")[
            _short(name), h.title[name]
        ],
        h.rect(
            x=f"{_LEFT}",
            y=f"{middle - 9:g}",
            width=f"{length:.1f}",
            height="18",
            rx="2",
            fill=scale.colour(value),
        ),
        # A white rim keeps the figure readable where a limit's line crosses it.
        h.text(
            x=f"{_LEFT + length + 8:.1f}",
            y=f"{middle + 4:g}",
            font_size="12",
            stroke="#fff",
            stroke_width="4",
            paint_order="stroke",
        )[f"{value:.1f} {scale.unit}"],
    ]


def _limits(scale: Scale, most: float, height: int) -> Iterator[h.Element]:
    bottom = height - _FOOT
    for limit, colour in ((scale.warn, WARNED), (scale.block, BLOCKED)):
        if limit > most:
            continue
        x = f"{_LEFT + _BAR * limit / most:.1f}"
        yield h.line(
            x1=x, y1=f"{_TOP}", x2=x, y2=f"{bottom}", stroke=colour, stroke_dasharray="4 3"
        )
        yield h.text(x=x, y=f"{bottom + 16}", text_anchor="middle", font_size="11", fill=colour)[
            f"{limit:g} {scale.unit}"
        ]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
