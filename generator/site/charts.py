"""Charts as SVG in the page, so that they use the page's colours.

A charting library draws them at build time. Styles, scripts and tooltips, which it adds for
standalone charts, are removed: `charts.css` defines the look in light, in dark and on paper. A
chart is one picture with a text alternative; the table beside it has the same data, and is the
only output if the library is not installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from generator.text.durations import spell_duration
from generator.text.extras import is_installed
from generator.text.markdown import Markdown

if TYPE_CHECKING:
    from pygal.graph.graph import Graph  # type: ignore[import-untyped]

_WIDTH = 440
_ROW = 26
_FONT = 13
_MOST_LETTERS = 22
_TICKS = 5
_GONE = frozenset(("defs", "title", "desc"))
_ENDS = (1, 10, 60, 600, 3600, 4 * 3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400)
_NUMBER = re.compile(r"-?(?<!\d)\d++\.\d+")


class Chart:
    """A chart, which is drawn where a page prints it: the drawing takes longer than all else on the page."""

    def __init__(self, draw: Callable[..., Markdown], *shown: object) -> None:
        """Describe a chart.

        Args:
            draw: the function of this module that draws it.
            shown: its arguments.
        """
        self._draw = draw
        self._shown = shown

    def __bool__(self) -> bool:
        """Say whether there is anything to print."""
        return can_draw()

    def __repr__(self) -> str:
        """Return everything that the picture depends on."""
        return f"{self._draw.__name__}{self._shown!r}"

    def drawn(self) -> Markdown:
        """Return the picture."""
        return self._draw(*self._shown)


def can_draw() -> bool:
    """Return whether the charting library is installed; without it, every chart is an empty text."""
    return is_installed("pygal")


def stacked_bars(
    name: str, periods: Sequence[str], series: Mapping[str, Sequence[int]], styles: Sequence[str]
) -> Markdown:
    """Draw one bar for each period, made of one part for each series.

    Args:
        name: what the chart shows, as its text alternative.
        periods: the names of the bars.
        series: the numbers by name; as many as there are periods.
        styles: the CSS class of each series, which sets its colour.
    """
    if not can_draw():
        return Markdown()
    pygal = _library()
    totals = [sum(numbers) for numbers in zip(*series.values(), strict=True)]
    chart = pygal.StackedBar(
        **_options(240, legend=len(series)),
        x_label_rotation=-45 if len(periods) > 6 else 0,
    )
    chart.x_labels = list(periods)
    chart.y_labels = _ticks(max(totals, default=0))
    for label, numbers in series.items():
        chart.add(label, list(numbers))
    return _figure(chart, name, styles)


def bars(name: str, rows: Mapping[str, int]) -> Markdown:
    """Draw one horizontal bar for each row, the first at the top, with its number.

    Args:
        name: what the chart shows, as its text alternative.
        rows: the numbers by label.
    """
    if not can_draw():
        return Markdown()
    pygal = _library()
    chart = pygal.HorizontalBar(**_options(40 + _ROW * len(rows)), print_values=True)
    labels, numbers = list(rows), list(rows.values())
    chart.x_labels = [_short(label) for label in labels[::-1]]
    chart.y_labels = _ticks(max(numbers, default=0))
    chart.add("", numbers[::-1], formatter=lambda number: f"{number:,}")
    return _figure(chart, name, ("kb-bar",))


def ranges(name: str, rows: Mapping[str, Sequence[float]]) -> Markdown:
    """Draw a box plot for each row: quartiles, median, shortest and longest.

    Args:
        name: what the chart shows, as its text alternative.
        rows: seconds by label; the scale is logarithmic, because values go from a minute to a month.
    """
    if not can_draw():
        return Markdown()
    pygal = _library()
    shown = {label: [max(s, 1.0) for s in seconds] for label, seconds in rows.items()}
    least, most = min(map(min, shown.values())), max(map(max, shown.values()))
    chart = pygal.Box(
        **_options(240),
        box_mode="extremes",
        logarithmic=True,
    )
    ends = [end for end in _ENDS if least / 10 <= end <= most * 10]
    inside = [end for end in ends if least <= end <= most]
    below = max((end for end in ends if end < least), default=None)
    above = min((end for end in ends if end > most), default=None)
    marks = [end for end in (below, *inside, above) if end is not None]
    chart.y_labels = [{"label": spell_duration(timedelta(seconds=e)), "value": e} for e in marks]
    chart.x_labels = list(rows)
    for label, seconds in shown.items():
        chart.add(label, seconds)
    return _figure(chart, name, ("kb-box",) * len(rows))


def _library() -> Any:
    """Import the charting library when the first chart is drawn.

    It adds an outdated finder to Python's importers, for add-ons that are not used here. Python 3.11
    warns about it at every later import, so this function removes it.
    """
    import pygal  # type: ignore[import-untyped]

    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]
    return pygal


def _options(height: int, legend: int = 0) -> dict[str, Any]:
    """Return the options that all charts share.

    Args:
        height: the height in the units of the picture, which is `_WIDTH` wide.
        legend: the number of names in the legend; 0 for no legend.
    """
    from pygal.style import Style  # type: ignore[import-untyped]

    # The style sets the room for texts; the page's style sheet uses the same size.
    style = Style(
        font_family="sans-serif",
        label_font_size=_FONT,
        major_label_font_size=_FONT,
        legend_font_size=_FONT,
        value_font_size=_FONT,
    )
    return {
        "width": _WIDTH,
        "height": height,
        "css": (),
        "js": (),
        "style": style,
        "margin": 6,
        "no_prefix": True,
        "disable_xml_declaration": True,
        "show_legend": legend > 0,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": legend or None,
        "truncate_legend": -1,
        "truncate_label": -1,
        "legend_box_size": 12,
    }


def _ticks(most: int) -> list[int]:
    """Return whole numbers for an axis, from zero to at least the largest value."""
    step = next(
        digit * 10**power
        for power in range(12)
        for digit in (1, 2, 5)
        if digit * 10**power * _TICKS >= max(most, 1)
    )
    return list(range(0, max(most, 1) + step, step))


def _short(label: str) -> str:
    return label if len(label) <= _MOST_LETTERS else label[: _MOST_LETTERS - 1] + "…"


def _figure(chart: Graph, name: str, styles: Sequence[str]) -> Markdown:
    # The library uses lxml if it is installed; the SVG is the same when parsed again.
    svg = ElementTree.fromstring(chart.render())  # noqa: S314 - the library's own output
    _strip(svg, styles)
    view = svg.get("viewBox", f"0 0 {_WIDTH} {_WIDTH}")
    svg.attrib = {"viewBox": view, "role": "img", "aria-label": name}
    text = ElementTree.tostring(svg, encoding="unicode")
    return Markdown(f'<figure class="kb-chart">{text}</figure>')


def _strip(element: ElementTree.Element, styles: Sequence[str]) -> None:
    """Keep shapes and texts, with classes for the style sheet and numbers of one decimal."""
    element.tag = element.tag.rpartition("}")[2]
    for child in list(element):
        name = child.tag.rpartition("}")[2]
        classes = (child.get("class") or "").split()
        if name in _GONE or "tooltip-overlay" in classes or "background" in classes:
            element.remove(child)
            continue
        _strip(child, styles)
        if name == "g" and len(child) == 0:
            element.remove(child)
    kept = {}
    for key, value in element.attrib.items():
        if key == "class":
            words = [_renamed(word, styles) for word in value.split()]
            value = " ".join(word for word in words if word)
        elif key in ("id", "rx", "ry"):
            continue
        else:
            value = _NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), value)
        if value:
            kept[key] = value
    element.attrib = kept


def _renamed(word: str, styles: Sequence[str]) -> str:
    """Return the class of the page's style sheet for a class of the library; empty if there is none."""
    if word.startswith("color-"):
        number = int(word.removeprefix("color-"))
        return styles[number] if number < len(styles) else ""
    kept = "axis x y guide major line legend value bar box backwards rect".split()
    return f"kb-c-{word}" if word in kept else ""
