"""
Plots as inline SVG.

Colours are names of the page (`INK` and its like become CSS variables), so that a plot follows the
page into a dark scheme. Text stays text: it can be searched, and read aloud.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

MOST_ROWS = 40
"""More would be no plot any more; the worst are shown."""
LONGEST_TEXT = 30
"""Of what stands beside a row, in letters; the tables tell the rest."""
WIDTH_IN = 7.2
ROW_IN = 0.3
INK, FAINT, WELL, WARN, BLOCK = "#010101", "#020202", "#030303", "#040404", "#050505"
VARIABLES = {
    INK: "var(--ink)",
    FAINT: "var(--faint)",
    WELL: "var(--well)",
    WARN: "var(--warn)",
    BLOCK: "var(--block)",
}
_one_at_a_time = threading.Lock()
"""The settings of the library are those of the process."""


@dataclass(frozen=True)
class Row:
    """
    A thing with its figures.

    Attributes:
        values: Empty where they are not told.
        says: What stands beside them.
    """

    label: str
    values: tuple[float, ...]
    says: str

    @property
    def worst(self) -> float:
        """The greatest figure; what is not told comes before all that is."""
        return max(self.values, default=float("inf"))


@dataclass(frozen=True)
class Limit:
    """From where on a figure is told of."""

    value: float
    colour: str


@dataclass(frozen=True)
class Chart:
    """
    One plot: a row for each thing, the worst first.

    Attributes:
        name: Unique on the page; small letters and ``-``.
        axis: What is counted, with its unit.
        are_dots: A dot for each figure of a row, in place of a bar to its only one.
        most: Where the axis ends; None: where the greatest figure is.
    """

    name: str
    title: str
    axis: str
    rows: tuple[Row, ...]
    limits: tuple[Limit, ...]
    are_dots: bool = False
    most: float | None = None

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows that are drawn, the worst first."""
        ordered = sorted(self.rows, key=lambda row: (-row.worst, row.label))
        return tuple(ordered[:MOST_ROWS])

    @property
    def caption(self) -> str:
        """The title, and what is left out."""
        if len(self.rows) <= MOST_ROWS:
            return self.title
        return f"{self.title} (the worst {MOST_ROWS} of {len(self.rows)})"


def drawn(chart: Chart) -> str:
    """The plot as an SVG element to be put into HTML."""
    settings = mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": chart.name,
            "text.parse_math": False,  # a name with dollars is a name
            "font.family": "sans-serif",
            "font.size": 10.0,
        }
    )
    with _one_at_a_time, settings:
        rows = chart.shown
        figure = Figure(figsize=(WIDTH_IN, 0.75 + ROW_IN * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        end = chart.most or 1.05 * _greatest(rows, chart.limits)
        _frame(axes, chart, rows, end)
        for place, row in enumerate(rows):
            _row(axes, chart, row, place)
        return _embedded(_svg(figure), chart)


def _greatest(rows: Sequence[Row], limits: Sequence[Limit]) -> float:
    told = [value for row in rows for value in row.values]
    lines = [limit.value for limit in limits]
    return max(max(told, default=0.0), min(lines, default=0.0)) or 1.0


def _frame(axes: Axes, chart: Chart, rows: Sequence[Row], end: float) -> None:
    axes.set_xlim(0.0, end)
    axes.set_ylim(len(rows) - 0.4, -0.6)  # the worst on top
    axes.set_yticks(range(len(rows)), [_short(row.label) for row in rows], color=INK)
    axes.tick_params(colors=INK, length=0)
    axes.set_xlabel(chart.axis, color=INK)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for limit in chart.limits:
        if limit.value <= end:
            axes.axvline(limit.value, color=limit.colour, linewidth=1.4, linestyle="--")


def _row(axes: Axes, chart: Chart, row: Row, place: int) -> None:
    colours = [_colour(value, chart.limits) for value in row.values]
    if chart.are_dots:
        axes.scatter(row.values, [place] * len(row.values), s=42, c=colours, alpha=0.75, zorder=3)
    elif row.values:
        axes.barh(place, row.worst, height=0.55, color=colours[0], zorder=2)
    # In a column of their own, so that they hide no dot and no line hides them.
    axes.annotate(
        _short(row.says),
        (1.0, place),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        color=INK,
        fontstyle="normal" if row.values else "italic",
    )


def _colour(value: float, limits: Sequence[Limit]) -> str:
    passed = [limit for limit in limits if value >= limit.value]
    return max(passed, key=lambda limit: limit.value).colour if passed else WELL


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _svg(figure: Figure) -> str:
    written = io.StringIO()
    with warnings.catch_warnings():
        # A letter that the measuring font lacks is shown by that of the page.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(written, format="svg", transparent=True)
    return written.getvalue()


def _embedded(svg: str, chart: Chart) -> str:
    """The element alone, as wide as the page lets it, with ids of its own."""
    element = svg[svg.index("<svg") :]
    for part in (r"<metadata>.*?</metadata>", r"<style.*?</style>"):  # it would style the page
        element = re.sub(part, "", element, flags=re.DOTALL)
    element = re.sub(r' (?:width|height)="[\d.]+pt"', "", element, count=2)
    element = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{chart.name}-", element)
    for colour, variable in VARIABLES.items():
        element = element.replace(colour, variable)
    return element.replace("<svg ", '<svg role="img" ', 1)
