"""The page in Debian's chromium: accessible in light and dark, narrow and wide, and silent on the network."""

from __future__ import annotations

import importlib.util
import itertools
import shutil
from pathlib import Path

import pytest

from duecare.communicate.page import Page, render_page

pytestmark = pytest.mark.browser
RUN = Path(__file__).resolve().parents[1] / "unit" / "communicate" / "fictional_run.py"
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("fictional_run", RUN)
    fictional = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fictional)
    run, folder, found = fictional.make_run(80, 6, hostile=True), tmp_path_factory.mktemp("pages"), {}
    for language in ("en", "ru", "de"):
        found[language] = folder / f"{language}.html"
        found[language].write_text(render_page(Page(run, language)), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield opened
        opened.close()


def show(browser, path, *, width=1280, scheme="light"):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.requested, page.complaints = [], []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(browser, pages, language, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = show(browser, pages[language], width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each, i) => { each.open = i < 4 })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.parametrize("language", ["en", "ru", "de"])
def test_no_sideways_scrolling_at_320_pixels(browser, pages, language):
    page = show(browser, pages[language], width=320)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    regions = page.locator("[role=region]")
    assert regions.count() > 5
    assert all(regions.nth(i).get_attribute("tabindex") == "0" for i in range(regions.count()))
    page.close()


def test_nothing_is_fetched_and_no_policy_is_broken(browser, pages):
    page = show(browser, pages["en"])
    assert page.requested == [pages["en"].as_uri()]
    assert page.complaints == []
    assert page.evaluate("getComputedStyle(document.querySelector('.todo > li')).borderTopLeftRadius") == "8px"
    page.close()


def test_keyboard_reaches_the_list_and_opens_a_line(browser, pages):
    page = show(browser, pages["en"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#first"
    summary = page.locator("details.line > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.line").first.evaluate("each => each.open")
    page.close()


def test_headings_go_down_one_step_at_a_time(browser, pages):
    page = show(browser, pages["en"])
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(each => +each.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    page.close()


def test_it_prints(browser, pages, tmp_path):
    page = show(browser, pages["en"])
    page.pdf(path=str(tmp_path / "print.pdf"), format="A4", print_background=True)
    assert (tmp_path / "print.pdf").stat().st_size > 20_000
    page.close()
