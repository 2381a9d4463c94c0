"""Our pages in a real chromium: accessible in light and dark, narrow and wide, with and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = [
    (None, "/sign-in"),
    (None, "/signed-out"),
    ("ADM", "/"),
    ("ADM", "/first-start"),
    ("PO", "/"),
    ("PO", "/account"),
    ("PO", "/account/second-step/app"),
    ("PO", "/nothing-here"),
]


def test_pages_are_accessible_and_keep_to_the_policy(served: Any) -> None:
    found = []
    for dark, width in ((False, 1280), (True, 320)):
        for role, address in PAGES:
            page = served.page(role, dark=dark, width=width)
            page.goto(served.url + address)
            found += [f"{address} {'dark' if dark else 'light'}: {text}" for text in served.violations(page)]
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{address} is wider than {width} pixels by {overflow}"
            page.context.close()

    assert found == []
    assert [fault for fault in served.faults if "404" not in fault] == []


def test_signing_in_with_a_password_works_without_scripts_and_in_russian(served: Any) -> None:
    served.record(lambda: give_password(served.people["PO"], "four rivers meet here", "ru"))
    page = served.page(None, javascript=False)
    page.goto(served.url + "/account")
    page.fill("input[name=login]", "PO@example.org")
    page.fill("input[name=password]", "four rivers meet here")
    page.click("main button")

    assert page.url == served.url + "/account"
    assert page.get_attribute("html", "lang") == "ru"
    assert page.locator("input[name=name]").input_value() == "Person PO"
    assert page.locator("button[popovertarget=self]").is_visible()


def test_the_language_is_changed_without_scripts_and_kept(served: Any) -> None:
    page = served.page(None, javascript=False)
    page.goto(served.url + "/sign-in")
    page.click("button[popovertarget=languages]")
    page.click("button[value=fr]")
    page.wait_for_url(served.url + "/sign-in")
    assert page.get_attribute("html", "lang") == "fr"
    page.goto(served.url + "/signed-out")
    assert page.get_attribute("html", "lang") == "fr"


def test_the_menu_opens_on_a_phone_without_scripts(served: Any) -> None:
    page = served.page("PO", width=320, javascript=False)
    page.goto(served.url + "/account")
    assert not page.locator("#menu").is_visible()
    page.click("button.menu-button")
    assert page.locator("#menu").is_visible()


def give_password(person: Any, password: str, language: str) -> None:
    person.language = language
    person.set_password(password)
    person.save()
