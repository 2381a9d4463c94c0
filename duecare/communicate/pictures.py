"""Small inline SVG pictures without colour as the only carrier; every picture stands beside its numbers in words."""

from __future__ import annotations

from itertools import pairwise

from markupsafe import Markup

WIDTH, HEIGHT, SCALE = 200, 22, 50
BOUNDS = (0.0, 1.5, 2.5, 3.25, 4.0)


def interval_bar(lo: float, point: float, hi: float, band: str) -> Markup:
    """The range from ``lo`` to ``hi`` and the point on the scale 0-4, with the four band zones behind it."""
    zones = "".join(
        f'<rect class="z{i}" x="{a * SCALE:g}" y="7" width="{(b - a) * SCALE:g}" height="8"/>'
        for i, (a, b) in enumerate(pairwise(BOUNDS))
    )
    left, right = round(lo * SCALE, 1), round(hi * SCALE, 1)
    line = f'<path class="range" d="M{left:g} 11H{right:g}M{left:g} 6v10M{right:g} 6v10"/>'
    dot = f'<circle class="dot dot-{band}" cx="{round(point * SCALE, 1):g}" cy="11" r="5"/>'
    return Markup(  # noqa: S704 - made of numbers and our own band codes only
        f'<svg class="bar" viewBox="-6 0 {WIDTH + 12} {HEIGHT}" width="{WIDTH + 12}" height="{HEIGHT}" aria-hidden="true" '
        f'focusable="false">{zones}{line}{dot}</svg>'
    )


def share_bar(part: int, whole: int) -> Markup:
    """A thin bar for ``part`` of ``whole`` lines."""
    width = round(100 * part / whole, 1) if whole else 0
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="share" viewBox="0 0 100 6" width="100" height="6" aria-hidden="true" focusable="false">'
        f'<rect class="whole" width="100" height="6"/><rect class="part" width="{width:g}" height="6"/></svg>'
    )
