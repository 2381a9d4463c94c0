"""The page says what it must, never what it must not, and nothing that a user wrote becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from duecare.communicate.i18n import LANGUAGES
from duecare.communicate.page import Page, render_page


@pytest.fixture(scope="module")
def small(fictional):
    return fictional.make_run(40, 5, hostile=True)


def page_of(run, language="en"):
    return html.fromstring(render_page(Page(run, language)))


def test_opens_with_what_to_do_first(small):
    page = page_of(small)
    headings = [heading.text_content() for heading in page.iter("h2")]
    assert headings[:3] == ["This week: 5 items", "What was left out, and why", "The whole portfolio"]
    cards = page.xpath("//ol[@class='todo']/li")
    assert len(cards) == 5
    first = " ".join(cards[0].text_content().split())
    for said in (
        "Very high",
        "between",
        "confidence",
        "Why",
        "Next step",
        "The one question to ask",
        "Who: procurement officer",
        "20 November 2026",
    ):
        assert said in first
    assert len(cards[0].xpath(".//ul[@class='why']/li")) == 3


def test_map_comes_after_the_list_and_has_its_table(small):
    page = page_of(small)
    order = [element.get("id") for element in page.xpath("//*[@id='first' or @id='heat' or @id='map-work']")]
    assert order == ["first", "heat", "map-work"]
    assert page.xpath("//figure/svg")
    assert len(page.xpath("//div[@class='beside']//table")) == len(page.xpath("//figure/svg"))


def test_structures_are_alphabetical_and_never_ranked(small, fictional):
    columns = page_of(small).xpath("(//div[@aria-label='Offices and categories']//thead)[1]//th/text()")[1:]
    assert columns == sorted({finding["structure"] for finding in small.findings}, key=str.casefold)


def test_every_reference_leads_to_a_fact_and_every_card_to_its_line(small):
    page = page_of(small)
    ids = set(page.xpath("//@id"))
    links = page.xpath("//a/@href")
    assert len(links) > 20
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert len(ids) == len(page.xpath("//@id"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_percent_sign_and_no_word_of_innocence(fictional, language):
    run = fictional.make_run(40, 5)
    page = page_of(run, language)
    for element in page.xpath("//style"):
        element.drop_tree()
    text = page.text_content()
    assert "%" not in text
    assert not re.search(
        r"slavery-free|\bsafe\b|\bclean\b|sklavenfrei|\bsicher sind\b|без рабства", text, re.IGNORECASE
    )
    assert page.get("lang") == language


def test_numbers_have_one_decimal(small):
    page = page_of(small)
    shown = page.xpath("//p[@class='rating']//span[@class='num']/text()")
    assert shown
    assert all(re.fullmatch(r"\d\.\d", text) for text in shown)


def test_both_values_of_an_override_are_shown(small):
    ruling = {"ids": ["o1"], "model_L": 3.1, "L": 2.4, "model_S": 3.7, "S": 3.7}
    findings = [finding | {"override": ruling} for finding in small.findings]
    text = " ".join(page_of(replace(small, findings=findings)).text_content().split())
    assert "The model says 3.1; local experts say 2.4, and their value counts." in text


def test_both_sides_are_shown_apart(small):
    sides = {
        "L_place": 2.8,
        "L_place_lo": 2.1,
        "L_place_hi": 3.3,
        "L_origin": 1.2,
        "L_origin_lo": 1.0,
        "L_origin_hi": 2.0,
    }
    details = page_of(replace(small, findings=[finding | sides for finding in small.findings])).xpath("//details")
    text = " ".join(details[0].text_content().split())
    assert "Where the work is done2.8 between 2.1 and 3.3" in text
    assert "Where the goods come from1.2 between 1.0 and 2.0" in text


def test_sentences_of_findings_are_said_in_the_language(small):
    said = {
        "code": "G_COUNTRY",
        "sentence": "-",
        "template": "{country}: the weakest point in the protection of workers is {factor}.",
        "params": {"country": "RS", "factor": "rule of law"},
        "facts": [],
        "contribution": 0.4,
    }
    gap = {
        "code": "WIDEST",
        "field": "",
        "sentence": "-",
        "template": "Find out first, because the rating could be higher: {factors}.",
        "params": {"factors": ["level of pay", "labour inspection"]},
    }
    timing = {
        "sentence": "-",
        "template": "The contract ends on {date}: prepare the next tender now.",
        "params": {"date": "2027-02-01"},
    }
    changed = {"reasons": [said], "gaps": [gap], "action_timing": timing}
    text = page_of(replace(small, findings=[finding | changed for finding in small.findings]), "de").text_content()
    assert "Serbien: Am schwächsten ist der Schutz der Arbeitenden hier: Rechtsstaatlichkeit." in text
    assert "Zuerst herausfinden, denn die Einstufung könnte höher sein: Höhe der Bezahlung, Arbeitsaufsicht." in text
    assert "Der Vertrag endet am 1. Februar 2027: bereiten Sie jetzt die nächste Ausschreibung vor." in text


def test_what_a_category_profile_says_is_cited_as_that_profile(small):
    said = {"code": "P_PROFILE", "sentence": "Roasting is mechanised factory work.", "facts": [], "contribution": 0.4}
    findings = [finding | {"reasons": [said], "profile": "CAT01"} for finding in small.findings]
    page = page_of(replace(small, findings=findings))
    assert page.xpath("//ul[@class='why']//a/@href")[0] == "#f1"
    assert "CAT01" in page.xpath("//li[@id='f1']")[0].text_content()


def test_what_exceeds_the_capacity_goes_to_senior_management(fictional):
    run = replace(fictional.make_run(60, 8), capacity=3)
    page = page_of(run)
    assert len(page.xpath("//ol[@class='todo']/li")) == 3
    assert page.xpath("//h3[@id='escalated']")[0].text_content() == "5 more items that are never cut"
    assert "Take them to senior management" in page.text_content()


def test_no_list_is_said_plainly(fictional):
    text = page_of(fictional.make_run(0, 0)).text_content()
    assert "No line was chosen. That is a result of the data that was read" in text


def test_unknown_and_unread_are_told(small):
    text = " ".join(page_of(small).text_content().split())
    assert "Unknown is never read as low." in text
    assert "This is not a date of the calendar. Write it as YYYY-MM-DD. BAD_DATE" in text
    assert "expired: counts as unknown" in text
    assert "whole file" in text


def test_nothing_runs_and_nothing_is_fetched(small):
    source = render_page(Page(small, "en"))
    page = html.fromstring(source)
    assert not page.xpath("//script | //link | //iframe | //object | //img | //@style | //@onclick")
    policy = page.xpath("//meta[@http-equiv]/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"(?:src|href)=\"(?!#)", source)


def test_large_runs_are_cut_and_say_so(fictional, monkeypatch):
    run = fictional.make_run(1500)
    source = render_page(Page(run, "en"))
    page = html.fromstring(source)
    flagged = sum(finding["band"] in ("HIGH", "VERY_HIGH") for finding in run.findings)
    assert len(source.encode()) < 3_000_000
    shown = len(page.xpath("//details"))
    assert 300 < shown < flagged
    assert f"This page shows {shown:,} of {flagged:,} such lines in full." in page.text_content()


def test_a_broken_finding_is_an_error(small):
    broken = {key: value for key, value in small.findings[0].items() if key != "band"}
    with pytest.raises(msgspec.ValidationError, match="band"):
        Page(replace(small, findings=[broken], chosen=[]), "en")


def test_a_fact_that_is_not_there_is_an_error(small):
    with pytest.raises(KeyError):
        Page(replace(small, facts={}), "en")


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_title_is_shown_as_it_is(fictional, text):
    run = fictional.make_run(3, 1)
    findings = [
        finding | {"title": text, "supplier": text, "structure": text, "contract_id": text} for finding in run.findings
    ]
    chosen = [replace(run.chosen[0], line_id=findings[0]["line_id"])] if run.chosen else []
    page = page_of(replace(run, findings=findings, chosen=chosen))
    expected = len(page_of(run).xpath("//*"))
    assert abs(len(page.xpath("//*")) - expected) < 60
    assert not page.xpath("//script")
    visible = "".join(c for c in text if c.isprintable() and not c.isspace()).replace("\ufffd", "")
    shown = "".join(
        c for c in page.xpath("//ol[@class='todo']//h3/a")[0].text_content() if c.isprintable() and not c.isspace()
    )
    assert visible == shown.replace("\ufffd", "")
