"""The week of a procurement officer in a real chromium: from the list to a contract, a measure and a decision."""

from __future__ import annotations

from typing import Any

import pytest
from rated import NORTH

pytestmark = pytest.mark.browser

WHY = "The supplier must show who works on the site at night."


@pytest.fixture
def first(rated: Any, people: dict[str, Any], home: Any) -> str:
    """The item that stands first on the contract manager's list."""
    from duecare.communicate.week import ASSUMED_HOURS, CAPACITY, fit

    assert home
    return fit(rated.ranked(frozenset({NORTH}), CAPACITY), ASSUMED_HOURS, {"CM"}).now[0].line_id


def through_the_week(served: Any, page: Any, line: str, words: dict[str, str]) -> None:
    """List -> contract -> measure -> decision, as a person does it."""
    page.goto(served.url + "/week")
    assert page.locator("h1").inner_text() == words["week"]
    page.locator(f".task a[href='/contracts/{line}']").first.click()
    if page.locator("#own-band_0").count():
        page.check("#own-band_0")
        page.click(f"text={words['show']}")
    page.locator("#thread .missing a").first.click()
    assert page.locator("#add-kind").input_value() == "measure"
    assert page.locator("#add-answers").input_value().startswith("reason:")
    page.fill("#add-text", "Ring +44 7700 900123 first")
    page.locator("#add button").click()
    assert page.locator("#add-text-error").is_visible()
    assert page.locator("#add-text").input_value() == "Ring +44 7700 900123 first"
    page.fill("#add-text", "A visit at night, agreed in the contract")
    page.fill("#add-due", "2099-01-15")
    page.locator("#add button").click()
    assert page.locator("#thread .step", has_text="A visit at night").count() == 1
    page.locator("summary", has_text=words["decide"]).click()
    page.check("#decide-kind_0")
    page.fill("#decide-what", "Visit the site at night")
    page.fill("#decide-why", WHY)
    page.locator("#decide button").click()
    assert page.locator("#decisions .decision", has_text=WHY).count() == 1


def kept() -> tuple[int, int]:
    """How many measures and decisions the record holds."""
    from duecare.casebook.models import Decision, ThreadLink

    return ThreadLink.objects.filter(kind="measure").count(), Decision.objects.count()


ENGLISH = {"week": "What should I do this week?", "show": "Show the rating", "decide": "Decide"}


def test_with_scripts(first: str, served: Any) -> None:
    through_the_week(served, served.page("CM"), first, ENGLISH)
    assert served.record(kept) == (1, 1)
    assert [fault for fault in served.faults if "400" not in fault] == []


def test_without_scripts_on_a_phone_and_in_russian(first: str, served: Any) -> None:
    from duecare.communicate.i18n import Translator

    russian = {key: Translator("ru").t(text) for key, text in ENGLISH.items()}
    page = served.page("CM", javascript=False, width=320, language="ru")
    through_the_week(served, page, first, russian)
    assert page.get_attribute("html", "lang") == "ru"
    assert served.record(kept) == (1, 1)


def test_all_pages_are_accessible_and_fit(first: str, served: Any, people: dict[str, Any], line_of: Any) -> None:
    asked = line_of(NORTH, asked=people["CM"].oid)
    addresses = [
        "/week",
        "/portfolio",
        "/portfolio?q=cleaning&band=HIGH",
        "/portfolio/heat",
        "/portfolio/heat?across=country",
        "/portfolio/map",
        "/phases/deliver",
        "/compare",
        f"/contracts/{asked}",
    ]
    opened = [f"/contracts/{first}?add=measure&decide=yes", f"/contracts/{first}/explain"]
    found = []
    for dark, width, role in ((False, 1280, "CM"), (True, 320, "CM"), (True, 1280, "IA"), (False, 320, "IA")):
        for address in addresses + opened:
            page = served.page(role, dark=dark, width=width)
            page.goto(served.url + address)
            found += [f"{address} {width} {'dark' if dark else 'light'}: {text}" for text in served.violations(page)]
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{address} is wider than {width} by {overflow}"] if overflow > 0 else []
            page.context.close()
    assert found == []
    assert served.faults == []


def test_facets_narrow_the_table_without_a_new_page(first: str, served: Any) -> None:
    page = served.page("CM")
    page.goto(served.url + "/portfolio")
    before = page.locator("caption").inner_text()
    page.locator("summary", has_text="Likelihood").click()
    page.locator("label.choice", has_text="Moderate").click()
    page.wait_for_url("**band=MODERATE**")
    assert page.locator("caption").inner_text() != before
    assert page.locator("tbody .band").first.inner_text() == "Moderate"
