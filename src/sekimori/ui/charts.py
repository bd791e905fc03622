"""Charts as inline SVG: no script, no inline style (the content security policy forbids both), a table behind each.

Colours and fonts come from the stylesheet by class, so that charts follow dark mode and print.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Point = tuple[str, float]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 220, 44, 34, 14, 8
MAX_LABELS = 12


def nice_top(value: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below `value` (at least 1): the top of the axis."""
    if value <= 1:
        return 1.0
    base = 10 ** floor(log10(value))
    return next(float(m * base) for m in (1, 2, 2.5, 5, 10) if m * base >= value)


def bars(points: Sequence[Point], *, title: str, unit: str = "") -> SafeString:
    """Return a bar chart of (label, value ≥ 0). Values are marked on hover and stand in the table."""
    return _figure(points, title, unit, _bar_marks)


def line(points: Sequence[Point], *, title: str, unit: str = "") -> SafeString:
    """Return a line chart of (label, value ≥ 0) at equal distances."""
    return _figure(points, title, unit, _line_marks)


def _figure(points: Sequence[Point], title: str, unit: str, marks: Callable[[Sequence[Point], float], SafeString]) -> SafeString:
    data = [(str(label), max(0.0, float(value))) for label, value in points]
    top = nice_top(max((v for _, v in data), default=0))
    rows = format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td></tr>", ((label, _number(v)) for label, v in data))
    return format_html(
        '<figure class="chart"><figcaption>{}{}</figcaption>'
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" preserveAspectRatio="xMidYMid meet">{}{}{}</svg>'
        '<details class="chart-table"><summary>{}</summary><table>{}</table></details></figure>',
        title, f" ({unit})" if unit else "", WIDTH, HEIGHT, title, _axis(top), marks(data, top), _labels([p[0] for p in data]),
        "表 / table", rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _slot(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(count, 1)


def _axis(top: float) -> SafeString:
    out = []
    for part in (0.0, 0.5, 1.0):
        y = _y(top * part, top)
        out.append(f'<line class="gridline" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                   f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(top * part)}</text>')
    return mark_safe("".join(out))  # noqa: S308 - numbers only


def _labels(labels: Sequence[str]) -> SafeString:
    every = max(1, ceil(len(labels) / MAX_LABELS))
    slot = _slot(len(labels))
    return mark_safe("".join(  # noqa: S308 - labels are escaped here
        f'<text class="tick" x="{LEFT + slot * (i + 0.5):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{escape(text)}</text>'
        for i, text in enumerate(labels) if i % every == 0))


def _bar_marks(data: Sequence[Point], top: float) -> SafeString:
    slot = _slot(len(data))
    width = min(slot * 0.72, 46)
    base = _y(0, top)
    return mark_safe("".join(  # noqa: S308 - labels are escaped here
        f'<rect class="bar" x="{LEFT + slot * (i + 0.5) - width / 2:.1f}" y="{_y(v, top):.1f}" width="{width:.1f}" '
        f'height="{base - _y(v, top):.1f}" rx="2"><title>{escape(label)}: {_number(v)}</title></rect>'
        for i, (label, v) in enumerate(data)))


def _line_marks(data: Sequence[Point], top: float) -> SafeString:
    slot = _slot(len(data))
    spots = [(LEFT + slot * (i + 0.5), _y(v, top), label, v) for i, (label, v) in enumerate(data)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in spots)
    dots = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(label)}: {_number(v)}</title></circle>'
                   for x, y, label, v in spots)
    return mark_safe(f'<polyline class="line" points="{path}"/>{dots}')  # noqa: S308 - labels are escaped above
