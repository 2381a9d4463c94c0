"""A focal point and experts at work in a real chromium: a lowering that two sign, a workshop of three; accessible everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from judging_world import REASON, small_world
from whole_world import TODAY

pytestmark = pytest.mark.browser


@pytest.fixture
def at_work(judging: dict[str, Any], served: Any) -> Any:
    """The server over the home of ``judging``."""
    served.judging = judging
    return served


def propose(page: Any, served: Any, line: str) -> None:
    page.goto(f"{served.url}/overrides/new?line={line}")
    page.select_option("#id_target", "S")
    page.check("input[name=direction][value=lower]")
    page.fill("#id_value", "3.0")
    page.fill("#id_reason", REASON)
    page.fill("#id_proof0-title", "Interview round")
    page.fill("#id_proof0-publisher", "Office North")
    page.fill("#id_proof0-date", TODAY.isoformat())
    page.select_option("#id_proof0-grade", "E4")
    page.click("main form button:has-text('Propose')")


def test_a_lowering_of_the_focal_point_counts_in_the_next_run_once_a_second_person_signed(at_work: Any) -> None:
    line = at_work.judging["lines"][0]
    focal = at_work.page("FP", javascript=False)
    propose(focal, at_work, line)
    assert focal.locator(".tag").first.inner_text() == "waits for a signature"
    address = focal.url

    officer = at_work.page("PO")
    officer.goto(at_work.url + "/overrides")
    officer.click(".panel a")
    assert officer.url == address
    officer.click("button[name=sign]")
    assert officer.locator(".tag").first.inner_text() == "counts"

    before, after = at_work.record(lambda: rated_again(at_work.judging["home"], line))
    assert (before["override"], after["S"], after["override"]["model_S"]) == (None, 3.0, before["S"])
    officer.goto(address)
    assert "Counted on" in officer.locator("main").inner_text()


def rated_again(home: Any, line: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The finding of a line before and after a run with the overrides of the record."""
    from duecare import cycle
    from duecare.communicate.reading_room import Room
    from duecare.jobs.rulings import gather
    from duecare.register.store import Register
    from duecare.settings import Settings

    [first] = Register.existing(home.register).runs()
    folder = cycle.identify(home.register, Settings(), TODAY, overrides=gather().rulings)
    items = [Room(run, Settings()).item(None, line) for run in (first, folder)]
    assert items[0] is not None
    assert items[1] is not None
    return items[0], items[1]


def test_three_experts_rate_alone_and_then_see_median_and_range(at_work: Any) -> None:
    lead = at_work.page("FP", javascript=False)
    lead.goto(f"{at_work.url}/workshops/new?q=cleaning")
    lead.check("fieldset input[name=line]")
    lead.click("button:has-text('Search')")
    lead.fill("#id_title", "Top thirty")
    lead.click("button:has-text('Open it')")
    address = lead.url
    for role, value in (("PO", "3.5"), ("LG", "1.5"), ("FP", "3")):
        page = at_work.page(role, javascript=False)
        page.goto(address)
        page.fill("input[type=number]", value)
        page.fill("textarea >> nth=0", f"What {role} knows")
        page.click("button:has-text('Keep my rating')")
        text = page.locator("main").inner_text()
        assert "You rated" in text
        assert "Median" not in text
        assert not [other for other in ("PO", "LG", "FP") if other != role and f"What {other} knows" in page.content()]
    lead.goto(address)
    lead.click("summary")
    lead.fill("textarea", "Legal would wait for the inspection.")
    lead.click("button:has-text('Show them')")
    text = lead.locator("main").inner_text()
    for word in ("3.0", "1.5–3.5", "What LG knows", "Legal would wait"):
        assert word in text
    lead.click("a:has-text('Propose another value')")
    assert lead.input_value("#id_value") == "3.0"


def test_every_page_is_accessible_in_light_and_dark(at_work: Any) -> None:
    addresses = at_work.record(lambda: furnish(at_work.judging))
    found: list[str] = []
    for dark, width in ((False, 1280), (True, 320)):
        for role, address in addresses:
            page = at_work.page(role, dark=dark, width=width)
            page.goto(at_work.url + address)
            found += [f"{address} {'dark' if dark else 'light'}: {text}" for text in at_work.violations(page)]
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{address} is wider than {width} pixels by {overflow}"] if overflow > 0 else []
            found += [f"{address} answers {page.title()}"] if "There is nothing" in page.title() else []
            if folder := os.environ.get("DUECARE_SHOTS"):
                name = f"{address.strip('/').partition('?')[0].replace('/', '-')[:40]}-{role}-{width}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
            page.context.close()
    assert found == []
    assert at_work.faults == []


def furnish(judging: dict[str, Any]) -> list[tuple[str, str]]:
    """Something on every page; gives (role, address)."""
    made, people, line = small_world(judging), judging["people"], judging["lines"][0]
    return [
        ("FP", "/overrides"), ("PO", f"/overrides/new?line={line}"), ("PO", "/overrides/new?q=cleaning"), ("FP", f"/overrides/{made['override']}"), ("FP", "/override-figures"),
        ("PO-south", "/second-ratings"), ("PO-south", f"/second-ratings/{made['sampled']}"), ("PO-south", f"/peer-reviews/{made['office']}"),
        ("FP", "/workshops"), ("FP", "/workshops/new?q=office"), ("FP", f"/workshops/{made['workshop']}"),
        ("ADM", "/people"), ("ADM", "/people/invite"), ("ADM", f"/people/{people['PO'].oid}"), ("ADM", "/offices"), ("ADM", f"/offices/{made['office']}"), ("ADM", "/settings"),
        ("PO", "/plans"), ("PO", "/plans/new"), ("PO", f"/plans/{made['action']}"), ("PO", "/engagements"), ("PO", f"/engagements/{made['talk']}"),
        ("PO", "/trainings"), ("PO", f"/trainings/{made['training']}"), ("IA", "/audit"), ("IA", "/audit/verify"), ("PO", "/account/keys"),
    ]  # fmt: skip
