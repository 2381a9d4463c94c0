"""The page: one self-contained HTML file without scripts, fonts or pictures from elsewhere.

Everything a user or supplier wrote is escaped by the template engine; the style sheet is admitted by its hash only.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from duecare.communicate import pictures, words
from duecare.communicate.grids import Grid, field_name, heat_grid, stage_grid, unknown_grid
from duecare.communicate.i18n import Translator
from duecare.communicate.items import Item, ReasonItem, anchor, confidence_word, sentence_of
from duecare.communicate.ledger import FileView, file_views
from duecare.communicate.map import draw_map
from duecare.communicate.portfolio import Portfolio, count, stage_band
from duecare.communicate.report_input import Chosen, FactLine, ReportInput
from duecare.evidence.profiles import about_pack, load_profiles

DETAIL_BYTES = 2_200_000
"""Lines are shown in full until they fill this much; findings.csv always holds all."""
TEMPLATES = Path(__file__).with_name("templates")


class Citations:
    """Numbers for facts in the order in which the page first cites them."""

    def __init__(self, facts: dict[str, FactLine]) -> None:
        self._facts, self._numbers = facts, dict[str, int]()

    def add(self, fact: FactLine) -> str:
        """Make one more fact citable; returns its id."""
        self._facts.setdefault(fact.id, fact)
        return fact.id

    def numbers(self, ids: list[str]) -> list[int]:
        """Numbers of the facts; raises ``KeyError`` for a fact that the run does not hold."""
        for fact_id in ids:
            self._numbers.setdefault(self._facts[fact_id].id, len(self._numbers) + 1)
        return [self._numbers[self._facts[fact_id].id] for fact_id in ids]

    def cited(self) -> list[tuple[FactLine, list[tuple[int, FactLine]]]]:
        """The facts by source, sources and facts in the order of their numbers."""
        groups: dict[tuple[str, str, str], list[tuple[int, FactLine]]] = {}
        for fact_id, number in self._numbers.items():
            fact = self._facts[fact_id]
            groups.setdefault((fact.publisher, fact.title, fact.edition), []).append((number, fact))
        return [(facts[0][1], facts) for facts in groups.values()]


@dataclass(frozen=True)
class StageView:
    """One stage of a line in words; ``item`` gives the numbers."""

    name: str
    place: str
    band: str
    item: Any


@dataclass(frozen=True)
class LineView:
    """One line in the reader's language; ``item`` gives the numbers."""

    item: Item
    anchor: str
    category: str
    place: str
    origin: str
    amount: str
    awarded: str
    confidence: str
    reasons: list[tuple[str, list[int], float | None]]
    gaps: list[str]
    unknown: list[str]
    timing: str
    question: str
    action: str
    stages: list[StageView]


@dataclass(frozen=True)
class ChosenView:
    """One item of the list at the top."""

    line: LineView
    rank: int
    act: str
    why: str
    who: str
    by: str
    mandatory: bool
    lines: int


class Page:
    """Everything that the templates need, in one language. Also feeds the printed document."""

    def __init__(self, given: ReportInput, language: str) -> None:
        self.given, self.tr = given, Translator(language)
        self.portfolio: Portfolio = count(given.findings, [chosen.line_id for chosen in given.chosen])
        self._shown_by_id = {item.line_id: item for item in self.portfolio.shown} | self.portfolio.by_id
        self.cite = Citations(dict(given.facts))
        self.chosen = [self._chosen(chosen) for chosen in sorted(given.chosen, key=lambda chosen: chosen.rank)]
        most = len(self.chosen) if given.capacity is None else given.capacity
        self.first, self.escalated = self.chosen[:most], self.chosen[most:]
        self.files: list[FileView] = file_views(given.ledger, self.tr)

    def line(self, item: Item) -> LineView:
        """The line in words."""
        say, tr = self.tr.say, self.tr
        return LineView(
            item=item,
            anchor=anchor(item.line_id),
            category=tr.t(item.category_title or item.category),
            place=tr.country(item.country) if item.country else "",
            origin=tr.country(item.origin_country) if item.origin_country else "",
            amount=tr.money(item.amount, item.currency) if item.amount is not None and item.currency else "",
            awarded=tr.day(date.fromisoformat(item.award_date[:10])) if item.award_date else "",
            confidence=tr.t(words.CONFIDENCE[confidence_word(item)]) if item.confidence is not None else "",
            reasons=[
                (say(sentence_of(r)), self.cite.numbers(self._facts(r, item)), r.contribution) for r in item.reasons
            ],
            gaps=[say(sentence_of(gap)) for gap in item.gaps if not gap.field and gap.code != "MORE_UNKNOWN"],
            unknown=list(dict.fromkeys(field_name(gap.field, tr) for gap in item.gaps if gap.field)),
            timing=say(item.action_timing) if item.action_timing else "",
            question=say(item.question) if item.question else "",
            action=say(item.action) if item.action else "",
            stages=[self._stage(stage) for stage in item.stages],
        )

    def _facts(self, reason: ReasonItem, item: Item) -> list[str]:
        """Ids of the facts behind a reason; what a category profile says is cited as that profile."""
        if reason.facts or not reason.code.endswith("_PROFILE") or item.profile not in load_profiles().by_id:
            return reason.facts
        profile, pack = load_profiles().by_id[item.profile], about_pack()
        cited = FactLine(
            id=f"profile:{profile.id}",
            pack="category_profiles",
            says=profile.title,
            publisher=pack["publisher"],
            title=pack["title"],
            edition=pack["edition"],
            date=pack["retrieved"],
            licence=pack["licence"],
            locator=f"{profile.id}; {profile.source}",
        )
        return [self.cite.add(cited)]

    def _stage(self, stage: Any) -> StageView:
        names = ", ".join(self.tr.country(code) for code in stage.countries)
        basis = self.tr.t(words.PLACES[stage.place]) if stage.place else ""
        place = self.tr.t("{countries} ({basis})", countries=names, basis=basis) if names and basis else names or basis
        return StageView(self.tr.t(words.STAGES[stage.stage]), place, stage_band(stage.L), stage)

    def _chosen(self, chosen: Chosen) -> ChosenView:
        by = self.tr.say(chosen.by) if isinstance(chosen.by, str | dict) else self.tr.day(chosen.by)  # type: ignore[arg-type]
        return ChosenView(
            line=self.line(self._shown_by_id[chosen.line_id]),
            rank=chosen.rank,
            act=self.tr.say(chosen.act),
            why=self.tr.say(chosen.why) if chosen.why else "",
            who=self.tr.t(words.ROLES[chosen.role]) if chosen.role else "",
            by=by,
            mandatory=chosen.mandatory,
            lines=chosen.lines,
        )

    def heat(self) -> Grid:
        """Offices by categories, with the highest rating of any line in each cell."""
        return heat_grid(self.portfolio, self.tr)

    def stage_table(self) -> Grid:
        """Categories by stages of the supply chain."""
        return stage_grid(self.portfolio, self.tr)

    def unknown(self) -> Grid:
        """Fields by offices: on how many lines each is not known."""
        return unknown_grid(self.portfolio, self.tr)

    def flagged_categories(self) -> list[tuple[str, int, int]]:
        """(category, flagged lines, all lines), most flagged lines first."""
        everything = dict.fromkeys(self.portfolio.categories, 0)
        for (_, category), cell in self.portfolio.cells.items():
            everything[category] += cell.lines
        flagged = sorted(self.portfolio.flagged_by_category.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(self.tr.t(self.portfolio.categories[c]), lines, everything[c]) for c, lines in flagged]

    def unknown_fields(self) -> list[tuple[str, int]]:
        """(field, lines on which it is not known) over all structures, most first."""
        totals: dict[str, int] = {}
        for (_, name), lines in self.portfolio.unknown.items():
            totals[name] = totals.get(name, 0) + lines
        return [
            (field_name(name, self.tr), totals[name]) for name in sorted(totals, key=lambda name: (-totals[name], name))
        ]

    def quiet_categories(self) -> list[str]:
        """Categories without a flagged line, by name. That nothing was flagged does not make them free of risk."""
        quiet = self.portfolio.categories.keys() - self.portfolio.flagged_by_category.keys()
        return sorted(self.tr.t(self.portfolio.categories[category]) for category in quiet)

    def places(self, kind: str) -> list[tuple[str, str, int]]:
        """(code, name, flagged lines) by number of lines, for ``work`` or ``origin``; an unknown place is named as such."""
        counts = self.portfolio.work if kind == "work" else self.portfolio.origin
        named = [
            (code, self.tr.country(code) if code else self.tr.t("not known"), lines) for code, lines in counts.items()
        ]
        return sorted(named, key=lambda row: (not row[0], -row[2], row[1]))

    def map(self, kind: str, label: str) -> str:
        """The map of places of work or of origin with counts of flagged lines, named for a screen reader by ``label``."""
        rows = self.places(kind)
        return draw_map({c: lines for c, _, lines in rows if c}, {c: name for c, name, _ in rows}, label)


def render_page(page: Page) -> str:
    """The HTML text."""
    style = (TEMPLATES / "report.css").read_text("utf-8").strip()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    engine = environment(page.tr)
    details = _details(page, engine)
    template = engine.get_template("report.html.jinja")
    text = template.render(
        page=page, given=page.given, portfolio=page.portfolio, style=style, digest=digest, details=details
    )
    return text.translate(_CONTROLS)


def _details(page: Page, engine: Environment) -> list[Markup]:
    """Flagged lines in full, in order of priority, until the page is large enough; lines on the list always."""
    detail = engine.get_template("parts.html.jinja").make_module().detail  # type: ignore[attr-defined]
    listed, size, shown = {chosen.line.item.line_id for chosen in page.chosen}, 0, []
    for item in page.portfolio.shown:
        if size < DETAIL_BYTES or item.line_id in listed:
            text = detail(page.line(item))
            size += len(text.encode("utf-8", "replace"))
            shown.append(text)
    return shown


_CONTROLS = dict.fromkeys((*range(9), 11, *range(12, 32), 127), 65533)


def environment(tr: Translator) -> Environment:
    """The template engine: everything is escaped, an unknown name is an error."""
    engine = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.globals.update(
        t=tr.t, n=tr.n, say=tr.say, tr=tr, words=words, bar=pictures.interval_bar, share=pictures.share_bar
    )
    return engine
