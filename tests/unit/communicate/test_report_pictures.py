"""Pictures: circles keep their counts, do not hide each other, and the boundary file is the one in the lock."""

from __future__ import annotations

import itertools
import math
from hashlib import sha256

import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from duecare.communicate.map import BOUNDARIES, choose_view, draw_map, place_circles, views
from duecare.communicate.pictures import interval_bar, share_bar
from duecare.evidence.countries import OSCE_STATES


def test_boundary_file_is_locked_with_its_licence():
    entry = yaml.safe_load((BOUNDARIES.parent / "vendor.lock").read_text("utf-8"))[0]
    assert entry["sha256"] == sha256(BOUNDARIES.read_bytes()).hexdigest()
    assert entry["from"]["licence"] == "BSD-3-Clause"
    assert entry["from"]["version"]


def test_every_participating_state_has_a_place_on_the_world_map():
    missing = OSCE_STATES - views()["world"]["anchors"].keys()
    assert not missing
    assert {"XK", "RS", "UA", "RU", "KZ", "KG", "TJ"} <= views()["area"]["anchors"].keys()


def test_disputed_land_is_not_given_to_a_neighbour():
    for view in views().values():
        assert view["undetermined"].startswith("M")
    world = views()["world"]["anchors"]
    assert "EH" in world
    assert "PS" in world


def test_view_is_the_smallest_that_holds_all():
    assert choose_view({"RS": 3, "KG": 1, "": 4}) == "area"
    assert choose_view({"RS": 3, "BR": 1}) == "world"


@given(st.dictionaries(st.sampled_from(sorted(views()["area"]["anchors"])), st.integers(1, 5000), max_size=14))
def test_circles_do_not_hide_each_other(counts):
    circles = place_circles(counts, "area")
    assert {circle.country: circle.lines for circle in circles} == counts
    for one, other in itertools.combinations(circles, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) > 0.8 * (one.radius + other.radius)


def test_map_is_well_formed_and_escapes_names():
    svg = etree.fromstring(draw_map({"RS": 3}, {"RS": '<b>&"'}, '"label"'))
    assert svg.xpath("//*[local-name()='title']")[0].text == '<b>&": 3'
    assert svg.get("aria-label") == '"label"'


def test_bar_marks_point_and_range():
    svg = etree.fromstring(interval_bar(2.7, 2.84, 3.58, "HIGH"))
    circle = svg.find("circle")
    assert circle.get("cx") == "142"
    assert "dot-HIGH" in circle.get("class")
    assert svg.find("path").get("d").startswith("M135 11H179")
    assert etree.fromstring(share_bar(1, 4)).findall("rect")[1].get("width") == "25"
