"""Plots as SVG made on the server: no script, no inline style. Colours are classes of static/lockport/review.css."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

WIDTH, ROW, VALUES = 640, 64, 150  # units of the view box: in all, a row's height, the room right of the bars


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: a bar from 0 to `value`, a thin line on to `most` where that is greater, and the number in words."""

    name: str
    value: float
    said: str
    most: float = 0.0


def bars(rows: Sequence[Bar], *, title: str, logarithmic: bool = False, top: float = 0.0) -> SafeString:
    """Horizontal bars on one scale from 0; on a logarithmic one from 1 (both ends in the unit of the values).

    The scale ends at `top`, or where that is 0 at the largest value.
    """
    top = top or max((max(row.value, row.most) for row in rows), default=0.0) or 1.0
    parts = [_row(number, row, top, logarithmic) for number, row in enumerate(rows)]
    return _svg(parts, ROW * len(rows), title)


def _row(number: int, row: Bar, top: float, logarithmic: bool) -> SafeString:
    """The name above its bar: beside it the longer ones were cut off where letters are large, as on a phone."""
    name, middle = ROW * number + 24, ROW * number + 46
    end = _length(row.value, top, logarithmic)
    whisker = _length(max(row.value, row.most), top, logarithmic)
    return format_html(
        '<text x="0" y="{}">{}</text><rect class="bar" x="0" y="{}" width="{}" height="18" rx="3"/>'
        '<path class="whisker" d="M{} {} H{}"/><text x="{}" y="{}">{}</text>',
        *(name, row.name, middle - 9, f"{max(end, 1):.1f}"),
        *(f"{end:.1f}", middle, f"{whisker:.1f}", f"{whisker + 8:.1f}", middle + 6, row.said),
    )


def _length(value: float, top: float, logarithmic: bool) -> float:
    share = math.log1p(value) / math.log1p(top) if logarithmic else value / top
    return share * (WIDTH - VALUES)


def rate(value: float, interval: tuple[float, float], budget: float, *, title: str) -> SafeString:
    """A rate as a dot with its interval, against the line of the budget. All are shares of 1; the scale begins at 0."""
    top = max(interval[1], budget) * 1.15
    start, room = 24, WIDTH - 48

    def at(share: float) -> str:
        return f"{start + room * share / top:.1f}"

    allowed = format_html(
        '<path class="limit" d="M{} 12 V64"/><text class="middle" x="{}" y="84">{}</text>',
        *(at(budget), at(budget), gettext("budget")),
    )
    measured = format_html(
        '<path class="axis" d="M{} 64 H{}"/><path class="interval" d="M{} 38 H{}"/>'
        '<circle class="dot" cx="{}" cy="38" r="7"/>',
        *(start, start + room, at(interval[0]), at(interval[1]), at(value)),
    )
    zero = format_html('<text x="{}" y="84">0</text>', start)
    return _svg([measured, allowed, zero], 92, title)


def _svg(parts: Sequence[SafeString], height: int, title: str) -> SafeString:
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(WIDTH, height, title, format_html_join("", "{}", ((part,) for part in parts))),
    )
