"""Column maps: unknown keys stop, rules cut and join cells, headers are recognised in many languages, proposals help."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from duecare.errors import WrongUsage
from duecare.records.cells import bare
from duecare.records.column_map import CANONICAL, ColumnRule, load_map, parse_map, propose
from duecare.records.spreadsheet.header import known_words, recognise
from duecare.records.spreadsheet.proposal import guess_column

MAPS = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "maps"


def test_no_header_word_stands_for_two_columns() -> None:
    text = files("duecare.records").joinpath("header_words.yaml").read_text(encoding="utf-8")
    seen: dict[str, str] = {}
    for name, languages in yaml.load(text, Loader=yaml.BaseLoader).items():
        assert name in CANONICAL
        for word in [name, *(word for words in languages.values() for word in words)]:
            assert seen.setdefault(bare(word), name) == name, word
    assert set(seen.values()) == set(CANONICAL)


@pytest.mark.parametrize("language", ["en", "fr", "de", "it", "ru", "es"])
def test_every_column_has_words_in_the_six_languages(language: str) -> None:
    table = yaml.load(
        files("duecare.records").joinpath("header_words.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    assert [name for name in CANONICAL if not table[name].get(language)] == []


@pytest.mark.parametrize(
    ("header", "column", "currency"),
    [
        ("CONTRACT_ID", "contract_id", ""),
        ("№ договора", "contract_id", ""),
        ("Auftraggeber", "buyer", ""),
        ("Nom du fournisseur", "supplier_name", ""),
        ("Oggetto del contratto", "title", ""),
        ("Betrag in EUR", "amount", "EUR"),
        ("Amount (USD)", "amount", "USD"),
        ("Importe de adjudicación sin IVA", "amount", ""),
        ("Сумма, RUB", "amount", "RUB"),
        ("Fecha de adjudicación", "award_date", ""),
        ("Датум закључења уговора", "award_date", ""),
        ("Валюта", "currency", ""),
        ("Date", "", ""),
        ("Price", "", ""),
    ],
)
def test_headers_as_people_write_them(header: str, column: str, currency: str) -> None:
    assert recognise(header) == (column, currency)


def test_rules_join_cut_translate_and_pad() -> None:
    assert ColumnRule(("a", "b")).apply(("2011", "7")) == "2011/7"
    assert ColumnRule(("a", "b")).apply(("", "")) == ""
    packed = "Código:79714000-2,Descripción:x,Principal:Si\nCódigo:79710000-4,Descripción:y"
    assert ColumnRule(("a",), after="Código:", until=(",",)).apply((packed,)) == "79714000-2"
    assert ColumnRule(("a",), after="Código:", until=(",",), every=True).apply((packed,)) == "79714000-2; 79710000-4"
    assert ColumnRule(("a",), after="X:", until=(",B:", ",C:")).apply(("X:one,C:two",)) == "one"
    assert ColumnRule(("a",), empty=("Not given",)).apply(("Not  given",)) == ""
    assert ColumnRule(("a",), values=(("1", "open"),), pad=3).apply(("1",)) == "open"
    assert ColumnRule(("a",), pad=2).apply(("9",)) == "09"


@pytest.mark.parametrize(
    "content",
    [
        {"column": {}},
        {"columns": {"titel": "x"}},
        {"columns": {"title": {"from": "x", "befor": "y"}}},
        {"columns": {"title": 7}},
        {"columns": {"title": []}},
        {"columns": {"title": "x"}, "constants": {"title": "y"}},
        {"constants": {"nothing": "y"}},
        {"date_order": "dym"},
        {"date_order": {"title": "dmy"}},
        {"decimal": ";"},
        {"delimiter": ";;"},
        {"header_row": 0},
        {"header_row": "first"},
        {"only": "perhaps"},
        {"columns": "title"},
    ],
)
def test_a_map_with_anything_unknown_is_an_error(content: dict[str, object]) -> None:
    with pytest.raises(WrongUsage):
        parse_map(content)


def test_the_words_no_and_on_are_texts_in_a_map(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(
        "columns: {contract_id: [year, no], title: on}\nconstants: {country: NO}\nonly: yes\nheader_row: 3\n", "utf-8"
    )
    found = parse_map(load_map(path))
    assert found.columns["contract_id"].sources == ("year", "no")
    assert found.constants["country"] == "NO"
    assert found.only
    assert found.header_row == 3


def test_a_map_that_is_no_yaml_says_so(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("columns: [", "utf-8")
    with pytest.raises(WrongUsage, match=r"map\.yaml"):
        load_map(path)


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_maps_of_the_documentation_are_valid(path: Path) -> None:
    assert parse_map(load_map(path)).about


def test_a_proposal_can_be_used_as_a_map(tmp_path: Path, read_sheet: Callable[..., object]) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "Liste\n\nVertragsnummer;Auftragegber;Lieferant;Gegenstand;Betrag;Vertragsdatum\n"
        "V1;Amt;Firma;Reinigung;1.234,50;13/04/2021\nV2;Amt;Firma;Wache;1.234;03/04/2021\n",
        "utf-8",
    )
    proposal = propose(path)
    assert proposal.header_row == 3
    assert proposal.missing == ("currency",)
    assert proposal.date_order == {"award_date": "dmy"}
    assert proposal.decimal == {"amount": ","}
    by_header = {guess.header: guess for guess in proposal.guesses}
    assert by_header["Auftragegber"].column == "buyer"
    assert by_header["Auftragegber"].confidence < 1
    assert by_header["Betrag"].samples == ("1.234,50", "1.234")
    content = yaml.safe_load(proposal.as_yaml()) | {"constants": {"currency": "EUR"}}
    found = read_sheet(path, column_map=content)
    assert [line["amount"] for line in found.lines] == ["1234.50", "1234"]  # type: ignore[attr-defined]


def test_a_header_far_from_every_word_is_not_guessed() -> None:
    assert guess_column("Weather") == ("", 0.0, "")
    assert known_words()["buyer"] == "buyer"
