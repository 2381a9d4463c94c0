"""A map with counts of flagged lines as circles; countries are never coloured, and the table beside it holds the numbers.

Land and borders come from ``assets/map.json`` (see ``assets/vendor.lock`` and ``bench/make_map.py``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

BOUNDARIES = Path(__file__).with_name("assets") / "map.json"
LARGEST, SMALLEST = 34.0, 9.0


@dataclass
class Circle:
    """One country's count: where it belongs (``home_x``, ``home_y``) and where it is drawn after making room."""

    country: str
    lines: int
    home_x: float
    home_y: float
    x: float
    y: float
    radius: float


@lru_cache(maxsize=1)
def views() -> dict[str, dict[str, Any]]:
    """The two views, ``area`` (Europe and Central Asia) and ``world``, each with width, height, paths and anchors."""
    drawn: dict[str, dict[str, Any]] = json.loads(BOUNDARIES.read_text("utf-8"))
    return drawn


def choose_view(countries: Mapping[str, int]) -> str:
    """``area`` when all known countries lie in it, else ``world``."""
    return "area" if all(code in views()["area"]["anchors"] for code in countries if code) else "world"


def place_circles(counts: Mapping[str, int], view: str) -> list[Circle]:
    """Circles with areas in proportion to the counts, moved apart so that none hides another. Deterministic."""
    anchors, largest = views()[view]["anchors"], max(counts.values(), default=1)
    circles = []
    for code, lines in sorted(counts.items()):
        if code in anchors:
            x, y = anchors[code]
            radius = max(SMALLEST, LARGEST * math.sqrt(lines / largest))
            circles.append(Circle(code, lines, x, y, x, y, radius))
    for _ in range(200):
        if not _push_apart(circles):
            break
    return circles


def _push_apart(circles: list[Circle]) -> bool:
    moved = False
    for i, one in enumerate(circles):
        for other in circles[i + 1 :]:
            dx, dy = other.x - one.x, other.y - one.y
            distance = math.hypot(dx, dy) or 0.01
            overlap = one.radius + other.radius + 1.5 - distance
            if overlap > 0.05:
                dx, dy = (dx, dy) if dx or dy else (0.01, 0.0)
                step_x, step_y = dx / distance * overlap / 2, dy / distance * overlap / 2
                one.x, one.y, other.x, other.y = one.x - step_x, one.y - step_y, other.x + step_x, other.y + step_y
                moved = True
    return moved


def draw_map(counts: Mapping[str, int], names: Mapping[str, str], label: str) -> Markup:
    """The SVG; ``names`` maps codes to country names for the tooltips, ``label`` says what the picture shows."""
    view = choose_view(counts)
    drawn = views()[view]
    circles = "".join(_circle(circle, names[circle.country]) for circle in place_circles(counts, view))
    width, height = drawn["width"], drawn["height"]
    return Markup(  # noqa: S704 - names and label are escaped, the paths are our own file
        f'<svg class="map" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f'<path class="land" d="{drawn["land"]}"/><path class="border" d="{drawn["borders"]}"/>'
        f'<path class="border undetermined" d="{drawn["undetermined"]}"/>{circles}</svg>'
    )


def _circle(circle: Circle, name: str) -> str:
    x, y, radius = (round(value, 1) for value in (circle.x, circle.y, circle.radius))
    far = math.hypot(circle.x - circle.home_x, circle.y - circle.home_y) > circle.radius
    lead = f'<path class="lead" d="M{circle.home_x:g} {circle.home_y:g}L{x:g} {y:g}"/>' if far else ""
    size = 14 if radius >= 14 else 11
    return (
        f'<g>{lead}<circle class="count" cx="{x:g}" cy="{y:g}" r="{radius:g}"><title>{escape(name)}: {circle.lines}</title></circle>'
        f'<text class="number" x="{x:g}" y="{y + size * 0.36:.1f}" font-size="{size}">{circle.lines}</text></g>'
    )
