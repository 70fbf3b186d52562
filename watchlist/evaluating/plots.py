"""Plots as inline SVG, drawn by hand: no script and no inline style, so that they can be served under the app's rules.

Colours are classes of static/lockport/evaluation.css.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext

WIDTH, HEIGHT = 640, 400
_LEFT, _TOP, _RIGHT, _BOTTOM = 76, 16, 16, 52
_ROW = 34


@dataclass(frozen=True, slots=True)
class Line:
    """A curve of (FPIR, FNIR), both 0..1; `kind` is its class: ours or usual."""

    name: str
    kind: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rate with its 95 % interval, and that of the usual way, or None."""

    name: str
    value: float
    interval: tuple[float, float]
    usual: float | None


def det(lines: Sequence[Line], *, title: str) -> str:
    """The detection error trade-off (Martin et al. 1997) on logarithmic axes: FPIR across, FNIR up."""
    across, up = _Scale(1e-4, 1.0, _LEFT, WIDTH - _RIGHT), _Scale(1e-3, 1.0, HEIGHT - _BOTTOM, _TOP)
    parts = [_axis(across, up)]
    for index, line in enumerate(lines):
        points = [(x, max(y, up.low)) for x, y in line.points if x >= across.low]
        path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in points)
        parts.append(f'<polyline class="line {line.kind}" points="{path}"/>')
        y = _TOP + 18 + 22 * index
        parts.append(f'<path class="line {line.kind}" d="M{WIDTH - 250} {y} h28"/>')
        parts.append(f'<text x="{WIDTH - 214}" y="{y + 5}">{escape(line.name)}</text>')
    return _svg(parts, HEIGHT, title)


def bars(rows: Sequence[Bar], *, title: str) -> str:
    """One row a group: a dot with its interval, and a hollow one for the usual way; logarithmic."""
    values = [value for row in rows for value in (row.value, *row.interval, row.usual) if value]
    low = 10 ** math.floor(math.log10(min(values, default=1e-4)))
    high = 10 ** math.ceil(math.log10(max(values, default=1.0) * 1.0001))
    bottom = _TOP + _ROW * len(rows)
    across = _Scale(low, max(high, 10 * low), 190, WIDTH - 24)
    parts = [_ticks(across, _TOP, bottom)]
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + _ROW // 2
        start, end = (across.at(max(edge, low)) for edge in row.interval)
        parts.append(f'<text class="end" x="178" y="{y + 5}">{escape(row.name)}</text>')
        parts.append(f'<path class="line ours" d="M{start:.1f} {y} H{end:.1f}"/>')
        parts.append(f'<circle class="dot ours" cx="{across.at(max(row.value, low)):.1f}" cy="{y}" r="6"/>')
        if row.usual is not None:
            x = across.at(max(row.usual, low))
            parts.append(f'<circle class="dot usual" cx="{x:.1f}" cy="{y}" r="6"/>')
    return _svg(parts, bottom + _BOTTOM - 12, title)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def decades(self) -> list[float]:
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1)]


def _axis(across: _Scale, up: _Scale) -> str:
    bottom = HEIGHT - _BOTTOM
    parts = [_ticks(across, _TOP, bottom)]
    for value in up.decades():
        y = up.at(value)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f} H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text class="end" x="{_LEFT - 8}" y="{y + 5:.1f}">{_label(value)}</text>')
    middle = (_TOP + bottom) / 2
    alarms, missed = escape(gettext("strangers who raise an alert")), escape(gettext("enrolled people missed"))
    parts.append(f'<text class="middle" x="{(_LEFT + WIDTH) / 2}" y="{HEIGHT - 6}">{alarms}</text>')
    parts.append(f'<text class="middle" transform="rotate(-90 14 {middle})" x="14" y="{middle}">{missed}</text>')
    return "".join(parts)


def _ticks(across: _Scale, top: int, bottom: int) -> str:
    return "".join(
        f'<path class="grid" d="M{across.at(value):.1f} {top} V{bottom}"/>'
        f'<text class="middle" x="{across.at(value):.1f}" y="{bottom + 20}">{_label(value)}</text>'
        for value in across.decades()
    )


def _label(value: float) -> str:
    return f"{100 * value:g} %"


def _svg(parts: Sequence[str], height: int, title: str) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
