"""The printed report: a short tagged PDF (PDF/UA-1) in the same order as the page, with the same bytes for the same run.

Texts reach the typesetter as data and are never read as markup. Characters that no bundled font can draw become a box.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from duecare.communicate import words
from duecare.communicate.page import TEMPLATES, ChosenView, Page

GLYPHS = Path(__file__).with_name("assets") / "glyphs.json"
BOX = "\u25a1"
MOST_FACTS = 120


def write_document(page: Page, target: Path) -> None:
    """Write the PDF. A script that the fonts cannot shape is drawn as boxes rather than breaking the document."""
    told = contents(page)
    try:
        target.write_bytes(_typeset(_drawable(told, _glyphs())))
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        target.write_bytes(_typeset(_drawable(told, _EUROPEAN)))


def _typeset(told: dict[str, Any]) -> bytes:
    text = json.dumps(told, ensure_ascii=False)
    template = (TEMPLATES / "report.typ").read_bytes()
    made = typst.compile(template, ignore_system_fonts=True, pdf_standards=["ua-1"], sys_inputs={"report": text})
    if not isinstance(made, bytes):
        raise TypeError("The typesetter gave no document.")
    return made


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    ranges = json.loads(GLYPHS.read_text("utf-8"))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


_EUROPEAN = frozenset(
    [
        *range(0x20, 0x7F),
        *range(0xA0, 0x250),
        *range(0x391, 0x3CA),
        *range(0x400, 0x460),
        0x2013,
        0x201C,
        0x201D,
        0x25A1,
    ]
)


def _drawable(value: Any, glyphs: frozenset[int]) -> Any:
    if isinstance(value, str):
        return "".join(
            c if ord(c) in glyphs else " " if c.isspace() else "" if not c.isprintable() else BOX for c in value
        )
    if isinstance(value, dict):
        return {key: _drawable(held, glyphs) for key, held in value.items()}
    return [_drawable(held, glyphs) for held in value] if isinstance(value, list) else value


def contents(page: Page) -> dict[str, Any]:
    """Everything that the document shows, as plain texts and numbers."""
    t, tr, given, portfolio = page.tr.t, page.tr, page.given, page.portfolio
    day = given.run.as_of
    over = [given.run.organisation, given.run.structure, t("Human-rights due diligence, as of {day}", day=day)]
    return {
        "lang": tr.language,
        "date": [day.year, day.month, day.day],
        "author": given.run.organisation or "duecare",
        "title": t("Where people may be exploited in what we buy, and what to do first"),
        "over": " · ".join(part for part in over if part),
        "lead": t(
            "This report orders contract lines so that the next working hours go where people may be worst off. "
            "A rating says where to look. It is not a finding about anybody."
        ),
        "footer": t(
            "duecare {version}, method {method}, run {run}",
            version=given.run.code_version,
            method=given.run.method,
            run=given.run.id[:16],
        ),
        "figures": [
            [t("Lines rated"), tr.count(portfolio.lines)],
            [t("Rated high or very high"), tr.count(portfolio.flagged)],
            [t("On this list"), tr.count(len(page.chosen))],
            [t("Rows set aside unread"), tr.count(sum(file.line.quarantined for file in page.files))],
        ],
        "first": tr.n("This week: one item", "This week: {count} items", len(page.first)),
        "notice": t(
            "A supplier is named because of what is bought, where and how. Nothing here says that this supplier does or tolerates "
            "anything wrong. Ask before you judge, and take no step that could leave a worker worse off: no sudden end of a contract, "
            "no names of workers, no confrontation."
        ),
        "none_chosen": t(
            "No line was chosen. That is a result of the data that was read, not a sign that nothing is wrong: see what was not read "
            "and what is not known."
        ),
        "words": {"next": t("Next step"), "ask": t("The one question to ask")},
        "items": [_item(chosen, page) for chosen in page.first if chosen.line.item.L is not None],
        "escalated": _escalated(page),
        "left": _left_out(page),
        "heat": _heat(page),
        "ledger": _ledger(page),
        "unknown": _unknown(page),
        "sources": _sources(page),
        "limits": {"title": t("What this report cannot do"), "rows": [t(text) for text in words.LIMITS]},
    }


def _item(chosen: ChosenView, page: Page) -> dict[str, Any]:
    line, item, t, tr = chosen.line, chosen.line.item, page.tr.t, page.tr
    bounds = t("between {lo} and {hi}", lo=item.L_lo, hi=item.L_hi)
    who = [
        t("Who: {role}", role=chosen.who) if chosen.who else "",
        t("When: {day}", day=chosen.by) if chosen.by else "",
    ]
    supplier = [
        f"{t('Supplier')}: {item.supplier or t('not named')}",
        line.amount,
        t("Contract {id}", id=item.contract_id),
    ]
    return {
        "rank": str(chosen.rank),
        "title": item.title,
        "place": " · ".join(part for part in (line.category, item.structure, line.place) if part),
        "supplier": " · ".join(part for part in supplier if part),
        "band": item.band,
        "word": t(words.BANDS[item.band]),
        "lo": item.L_lo,
        "at": item.L,
        "hi": item.L_hi,
        "interval": f"{tr.level(item.L or 0)} {bounds}, {line.confidence}",
        "why": [sentence + "".join(f" [{number}]" for number in numbers) for sentence, numbers, _ in line.reasons[:3]],
        "must": (chosen.why or t("Never cut from the list: very high with severe harm.")) if chosen.mandatory else "",
        "act": chosen.act,
        "who": " · ".join(part for part in who if part),
        "question": line.question,
    }


def _escalated(page: Page) -> dict[str, Any]:
    t, tr = page.tr.t, page.tr
    rows = [
        [f"{c.rank}. {c.line.item.title}", c.line.item.structure, t(words.BANDS[c.line.item.band]), c.act]
        for c in page.escalated
    ]
    return {
        "title": tr.n("One more item that is never cut", "{count} more items that are never cut", len(rows)),
        "note": t(
            "These are rated very high with severe harm, and the capacity asked for is used up. Take them to senior management: "
            "who else can act, or what can wait?"
        ),
        "head": [t("Item"), t("Office"), t("Rating"), t("Next step")],
        "rows": rows,
    }


def _left_out(page: Page) -> dict[str, Any]:
    t, tr, given = page.tr.t, page.tr, page.given
    notes = [
        t(
            "To be left out does not mean that a line is unimportant. All lines are in findings.csv, in the order of priority."
        )
    ]
    if given.capacity is not None:
        cut = tr.n(
            "The list was cut to one item, the capacity that was asked for.",
            "The list was cut to {count} items, the capacity that was asked for.",
            given.capacity,
        )
        notes.insert(0, f"{cut} {t('Lines that are rated very high with severe harm are never cut.')}")
    rows = [[tr.say(left.sentence), tr.count(left.lines)] for left in given.left_out]
    return {"title": t("What was left out, and why"), "head": [t("Why"), t("Lines")], "rows": rows, "notes": notes}


def _heat(page: Page) -> dict[str, Any]:
    t, grid = page.tr.t, page.heat()
    rows = [
        {"name": name, "cells": [{"top": c.top, "bottom": c.bottom, "shade": c.shade} if c else None for c in cells]}
        for name, cells in grid.rows
    ]
    note = t(
        "Highest rating of any line, and how many of the lines are rated high or very high. A dot means that nothing was bought."
    )
    ranks = t("Offices stand in alphabetical order. They are not ranked: an office that looks more closely finds more.")
    return {
        "title": t("Offices and categories"),
        "note": f"{note} {ranks}",
        "head": [grid.corner, *grid.columns],
        "rows": rows,
    }


def _ledger(page: Page) -> dict[str, Any]:
    t, count = page.tr.t, page.tr.count
    rows = [
        [
            f.line.file,
            f.status,
            count(f.line.rows),
            count(f.line.accepted),
            count(f.line.quarantined),
            count(f.line.duplicates),
        ]
        for f in page.files
    ]
    faults = [
        {"name": file.line.file, "rows": [f"{count(code.rows)} · {code.sentence} ({code.code})" for code in file.codes]}
        for file in page.files
        if file.codes
    ]
    return {
        "title": t("What was not read"),
        "note": t(
            "Every row of every file is accounted for: it was accepted, set aside with a reason, or recognised as a repeat."
        ),
        "head": [t("File"), t("State"), t("Rows"), t("Accepted"), t("Set aside"), t("Repeats")],
        "rows": rows,
        "faults": faults,
    }


def _unknown(page: Page) -> dict[str, Any]:
    t = page.tr.t
    lines = page.portfolio.lines
    rows = [[name, t("{unknown} of {lines}", unknown=unknown, lines=lines)] for name, unknown in page.unknown_fields()]
    note = t(
        "Unknown is never read as low. A field that nobody filled in widens the range of the rating, and the question on the list asks "
        "for the answer that would narrow it most."
    )
    return {"title": t("What is not known"), "note": note, "head": [t("Field"), t("Lines")], "rows": rows}


def _sources(page: Page) -> dict[str, Any]:
    t, tr = page.tr.t, page.tr
    top = {number for chosen in page.first for _, numbers, _ in chosen.line.reasons for number in numbers}
    listed = []
    for source, facts in page.cite.cited():
        shown = [
            [str(n), tr.say(fact.says) + (f" ({fact.locator})" if fact.locator else "")]
            for n, fact in facts
            if n in top
        ]
        edition = t("edition {edition}", edition=source.edition) if source.edition else ""
        about = [edition, tr.day(source.date), t("licence: {licence}", licence=source.licence), source.url]
        listed.append(
            {
                "title": f"{source.publisher}: {source.title}",
                "about": " · ".join(p for p in about if p),
                "facts": shown[:MOST_FACTS],
            }
        )
    note = t("The numbers in square brackets lead here. The page report.html lists every fact behind every line.")
    return {"title": t("Sources"), "note": note, "list": listed}
