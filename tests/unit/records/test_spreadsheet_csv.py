"""Delimited text: strict structure, every fault of a row, conservation, the same result however it is cut or written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duecare.errors import FileRefused
from duecare.records.spreadsheet import parallel
from duecare.records.spreadsheet.delimited import _Walk, _well_formed
from duecare.records.spreadsheet.encoding import best_guess
from duecare.records.staging import LINE_COLUMNS, content_hash, line_id
from duecare.settings import Limits

HEADER = "contract_id,buyer,supplier_name,title,amount,currency,award_date"
GOOD = "C1,City,ACME,Cleaning,100.50,EUR,2021-05-06"
Reader = Callable[..., object]


def rows(*texts: str) -> str:
    return "\n".join([HEADER, *texts, ""])


def column(name: str, *values: str) -> str:
    """A file whose rows differ in one column."""
    place = HEADER.split(",").index(name)
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    for number, value in enumerate(values):
        cells = GOOD.split(",")
        cells[0] = f"C{number}"
        cells[place] = value
        writer.writerow(cells)
    return output.getvalue()


def refusal(read_sheet: Reader, content: str | bytes, **options: object) -> FileRefused:
    with pytest.raises(FileRefused) as found:
        read_sheet(content, **options)
    return found.value


def test_a_good_row_becomes_a_line_with_its_identity(read_sheet) -> None:
    found = read_sheet(rows(GOOD))
    (line,) = found.lines
    assert line["row"] == "2"
    assert line["locator"] == "line 2"
    assert line["line_id"] == line_id("", "City", "C1")
    published = [line[name] for name in LINE_COLUMNS[LINE_COLUMNS.index("ocid") : LINE_COLUMNS.index("gaps")]]
    assert line["content_sha256"] == content_hash(published)
    assert json.loads(line["raw"]) == dict(zip(HEADER.split(","), GOOD.split(","), strict=True))


def test_raw_keeps_every_cell_exactly(read_sheet) -> None:
    cells = ['He said "yes"', "back\\slash", "two\nlines", "100 %s", "tab\there", "ключ", "\x7f".strip("\x7f"), "{}"]
    output = io.StringIO()
    csv.writer(output).writerows(
        [[*HEADER.split(","), *(f'x{n} "%d"' for n in range(len(cells)))], [*GOOD.split(","), *cells]]
    )
    (line,) = read_sheet(output.getvalue()).lines
    assert list(json.loads(line["raw"]).values())[7:] == cells


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        ("", "EMPTY_FILE", None),
        ("\n \n", "EMPTY_FILE", None),
        (HEADER + "\n", "NO_ROWS", 1),
        (GOOD + "\n" + GOOD + "\n", "NO_HEADER", 1),
        (rows(GOOD).replace("buyer", "colour"), "MISSING_COLUMN", 1),
        ("a,b,c\nx,y,z\n", "MISSING_COLUMN", 1),
        (rows(GOOD).replace("buyer", "title"), "DUP_HEADER", 1),
        (
            rows(GOOD + ",x").replace("award_date", "award_date,Vendor").replace("supplier_name", "Supplier"),
            "DUP_HEADER",
            1,
        ),
        (rows(GOOD, GOOD.replace("Cleaning", '"Cleaning'), GOOD), "UNCLOSED_QUOTE", 3),
        (
            rows(GOOD, GOOD.replace("Cleaning", '"Cleaning'), GOOD, GOOD.replace("Cleaning", '"A, B"'), GOOD),
            "UNCLOSED_QUOTE",
            3,
        ),
        (rows(GOOD, GOOD) + 'C4,City,ACME,"Clea', "TRUNCATED", 4),
        (rows(GOOD, GOOD) + "C4,City,AC", "TRUNCATED", 4),
        (",".join(f"c{n}" for n in range(2001)) + "\n", "TOO_MANY_COLUMNS", 1),
        (
            rows(GOOD).encode() + b"C2,Stra\xc3\x9fe \xff\xfe\xfd,A,T,1,EUR,2021-01-01\n" + "ß".encode() * 9,
            "BAD_ENCODING",
            3,
        ),
    ],
)
def test_faults_that_refuse_the_file(read_sheet, content: str | bytes, code: str, row: int | None) -> None:
    found = refusal(read_sheet, content)
    assert (found.code, found.row) == (code, row)


def test_a_missing_column_is_named_with_what_was_found(read_sheet) -> None:
    message = refusal(read_sheet, "id,title,colour\n1,2,3\n").message
    for word in ("buyer", "supplier_name", "amount", "currency", "award_date", "colour"):
        assert word in message


def test_a_line_longer_than_accepted_refuses_the_file(read_sheet) -> None:
    found = refusal(read_sheet, rows(GOOD) + "x" * 3_000_000, limits=Limits(line_bytes=1_000_000))
    assert found.code == "LINE_TOO_LONG"


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (GOOD.replace("Cleaning", 'Monitor 24"'), "STRAY_QUOTE", ""),
        (GOOD.replace("Cleaning", '"Clean" ing'), "STRAY_QUOTE", ""),
        (GOOD.replace("Cleaning", '"The "A" office"'), "STRAY_QUOTE", ""),
        (GOOD + ",", "COLUMN_COUNT", ""),
        (GOOD.rsplit(",", 1)[0], "COLUMN_COUNT", ""),
        (HEADER, "REPEATED_HEADER", ""),
        (GOOD.replace("ACME", ""), "MISSING_FIELD", "supplier_name"),
        (GOOD.replace("ACME", "n/a"), "MISSING_FIELD", "supplier_name"),
        (GOOD.replace("100.50", ""), "MISSING_FIELD", "amount"),
        (GOOD.replace("100.50", "-1"), "NEGATIVE_AMOUNT", "amount"),
        (GOOD.replace("100.50", "1000000000000.00"), "ABSURD_AMOUNT", "amount"),
        (GOOD.replace("2021-05-06", "2026-11-02"), "FUTURE_DATE", "award_date"),
        (GOOD.replace("EUR", "$"), "AMBIGUOUS_CURRENCY", "currency"),
        (GOOD.replace("EUR", "ZZZ"), "UNKNOWN_CURRENCY", "currency"),
        (GOOD.replace("EUR", "DEM"), "RETIRED_CURRENCY", "currency"),
        (GOOD.replace("100.50", "5 kr").replace("EUR", "EUR"), "AMBIGUOUS_CURRENCY", "currency"),
        (GOOD.replace("ACME", "AC\x00ME"), "NUL_BYTES", "supplier_name"),
        (GOOD.replace("ACME", "AC\x0bME"), "CONTROL_CHAR", "supplier_name"),
        (GOOD.replace("ACME", "A" + "\u0301" * 20), "COMBINING_FLOOD", "supplier_name"),
        (GOOD.replace("Cleaning", "x" * 65537), "CELL_TOO_LARGE", "title"),
        (GOOD.replace("C1", "x" * 201), "CELL_TOO_LARGE", "contract_id"),
    ],
)
def test_a_faulty_row_is_parked_and_the_others_go_on(read_sheet, row: str, code: str, field: str) -> None:
    found = read_sheet(rows(GOOD, row, GOOD.replace("C1", "C9")))
    assert [line["contract_id"] for line in found.lines] == ["C1", "C9"]
    ((fault,),) = found.parked
    assert (fault["code"], fault["row"], fault["field"], fault["locator"]) == (code, 3, field, "line 3")
    assert json.loads(fault["raw"])


def test_half_a_character_pair_is_parked(read_sheet) -> None:
    found = read_sheet(rows(GOOD).encode() + GOOD.encode().replace(b"ACME", b"A\xed\xa0\x80B") + b"\n")
    assert found.codes == {"LONE_SURROGATE": 1}


def test_all_faults_of_a_row_are_told(read_sheet) -> None:
    found = read_sheet(rows(GOOD, "C2,,ACME,Guards,abc,ZZZ,2031-01-01"))
    assert found.codes == {"MISSING_FIELD": 1, "BAD_NUMBER": 1, "UNKNOWN_CURRENCY": 1, "FUTURE_DATE": 1}
    assert len(found.parked) == 1


def test_optional_cells_empty_are_gaps_and_malformed_are_parked(read_sheet) -> None:
    header = HEADER + ",country,end_date,start_date,tenderers"
    found = read_sheet(
        "\n".join(
            [
                header,
                GOOD + ",,,,0",
                GOOD + ",Serbia,2021-01-01,2022-01-01,3",
                GOOD + ",Atlantis,31.31.2021,,two",
                "",
            ]
        )
    )
    (line,) = found.lines
    assert line["gaps"] == "country start_date end_date tenderers"
    assert (line["country"], line["country_basis"]) == ("", "")
    assert [[fault["code"] for fault in faults] for faults in found.parked] == [
        ["DATE_ORDER"],
        ["BAD_COUNTRY", "BAD_DATE", "BAD_NUMBER"],
    ]


def test_an_amount_of_zero_is_unknown_with_a_gap(read_sheet) -> None:
    (line,) = read_sheet(rows(GOOD.replace("100.50", "0.00"))).lines
    assert (line["amount"], line["gaps"]) == ("", "amount")


def test_the_column_decides_numbers_and_dates_wherever_the_evidence_stands(read_sheet) -> None:
    found = read_sheet(column("amount", "1.234", "5.000", "12,50"))
    assert [line["amount"] for line in found.lines] == ["1234", "5000", "12.50"]
    found = read_sheet(column("award_date", "03/04/2021", "05/04/2021", "13/04/2021"))
    assert [line["award_date"] for line in found.lines] == ["2021-04-03", "2021-04-05", "2021-04-13"]
    assert read_sheet(column("amount", "1.234", "7")).codes == {"AMBIGUOUS_NUMBER": 1}
    assert read_sheet(column("award_date", "03/04/2021")).codes == {"AMBIGUOUS_DATE": 1}
    assert read_sheet(column("award_date", "03/04/2021", "13/04/2021", "04/13/2021")).codes == {"AMBIGUOUS_DATE": 1}


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["0.4", "0.6", "1"], ["40", "60", "100"]),
        (["40", "60.5", "1"], ["40", "60.5", "1"]),
        (["40 %", "100%", "0"], ["40", "100", "0"]),
        (["0,4", "0,25"], ["40", "25"]),
    ],
)
def test_shares_are_fractions_or_percentages_by_column(read_sheet, values: list[str], read: list[str]) -> None:
    content = column("contract_id", *(f"C{n}" for n in range(len(values)))).splitlines()
    content = [
        content[0] + ";price_weight",
        *(f"{row};{value}" for row, value in zip(content[1:], values, strict=True)),
    ]
    found = read_sheet("\n".join(line.replace(",", ";", 6) for line in content) + "\n")
    assert [line["price_weight"] for line in found.lines] == read


@pytest.mark.parametrize("values", [["0.5", "60"], ["1"], ["101"], ["-1"]])
def test_doubtful_shares_are_parked(read_sheet, values: list[str]) -> None:
    content = "\n".join([HEADER + ",subcontract_share", *(f"{GOOD},{value}" for value in values), ""])
    assert len(read_sheet(content).parked) == 1


def test_the_currency_may_stand_in_the_amount_or_the_header(read_sheet) -> None:
    without = "contract_id,buyer,supplier_name,title,amount,award_date\nC1,City,ACME,T,{},2021-05-06\n"
    assert read_sheet(without.format('"1 234,50 €"')).lines[0]["currency"] == "EUR"
    found = read_sheet(without.format("5").replace("amount", "Amount (RSD)"))
    assert found.lines[0]["currency"] == "RSD"
    assert "RSD" in found.summary.notes[0]
    assert refusal(read_sheet, without.format("5")).code == "MISSING_COLUMN"
    assert read_sheet(without.format("5"), defaults={"currency": "MDL"}).lines[0]["currency"] == "MDL"
    assert read_sheet(rows(GOOD.replace("100.50", "100.50 €"))).lines[0]["amount"] == "100.50"
    assert read_sheet(rows(GOOD.replace("100.50", "100.50 £"))).codes == {"AMBIGUOUS_CURRENCY": 1}


def test_a_wrong_value_for_the_whole_file_refuses_it(read_sheet) -> None:
    assert refusal(read_sheet, rows(GOOD), defaults={"country": "Atlantis"}).code == "BAD_COUNTRY"


def test_defaults_fill_missing_columns_only(read_sheet) -> None:
    (line,) = read_sheet(rows(GOOD), defaults={"country": "RS", "structure": "Office 7", "currency": "USD"}).lines
    assert (line["country"], line["country_basis"], line["structure"], line["currency"]) == (
        "RS",
        "default",
        "Office 7",
        "EUR",
    )
    assert line["line_id"] == line_id("Office 7", "City", "C1")


def test_banner_totals_blank_rows_and_unknown_columns(read_sheet) -> None:
    found = read_sheet(
        "Report of the office\nPrinted 2021\n\n"
        + HEADER
        + ",weather\n"
        + GOOD
        + ",fine\n,,,,,,,\n   \nTotal,,,,100.50,,,\n"
        "Итого:,,,,100.50,,,\n"
    )
    assert found.summary.rows == 1
    assert found.summary.totals_rows == 2
    assert found.summary.ignored_fields == ("weather",)
    assert found.lines[0]["row"] == "5"
    assert json.loads(found.lines[0]["raw"])["weather"] == "fine"
    assert {"row": 1, "fields": {"above the header": "Report of the office"}} in found.aside


def test_a_contract_about_totals_is_no_totals_row(read_sheet) -> None:
    assert read_sheet(rows(GOOD.replace("Cleaning", "Total station"))).summary.rows == 1
    assert read_sheet(rows(GOOD, "Total,City,ACME,,5,EUR,")).codes == {"MISSING_FIELD": 2}


def test_rows_count_lines_of_the_file_also_behind_cells_with_line_ends(read_sheet) -> None:
    found = read_sheet(
        rows(GOOD, 'C2,City,ACME,"two\nlines ""quoted""",5,EUR,2021-05-06', GOOD.replace("C1", "C3")).replace(
            "\n", "\r\n"
        )
    )
    assert [line["row"] for line in found.lines] == ["2", "3", "5"]
    assert found.lines[1]["title"] == 'two\r\nlines "quoted"'


def test_every_row_may_end_with_the_same_empty_cells(read_sheet) -> None:
    content = HEADER + "\n" + GOOD + ",,\n" + GOOD.replace("C1", "C2") + ",,\n"
    assert len(read_sheet(content).lines) == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_delimiters_are_found(read_sheet, delimiter: str) -> None:
    assert len(read_sheet(rows(GOOD).replace(",", delimiter)).lines) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marks_line_ends_and_unicode_encodings(read_sheet, end: str, codec: str) -> None:
    found = read_sheet(rows(GOOD.replace("ACME", "Ämter")).replace("\n", end).encode(codec))
    assert found.lines[0]["supplier_name"] == "Ämter"
    assert found.lines[0]["row"] == "2"


def test_the_sep_line_of_spreadsheet_programs(read_sheet) -> None:
    found = read_sheet("sep=¤\r\n" + rows(GOOD).replace(",", "¤"))
    assert found.lines[0]["row"] == "3"


LEGACY = [
    ("cp1252", "Gebäudereinigung für Büros, Müllabfuhr, Straße"),
    ("cp1252", "Nettoyage des bâtiments à Genève, sécurité privée"),
    ("cp1252", "Servicio de limpieza año niño señal"),
    ("cp1250", "Usługi sprzątania budynków, źródło"),
    ("cp1250", "Čišćenje prostorija, građevinski šljunak"),
    ("iso8859_2", "Úklid budov, žluťoučký kůň, střežení"),
    ("cp1251", "Уборка помещений и охрана здания"),
    ("cp1251", "Прибирання приміщень, їжа, охорона будівлі"),
    ("koi8_r", "Уборка помещений и охрана здания"),
    ("cp866", "Уборка помещений и охрана здания"),
    ("iso8859_5", "Уборка помещений и охрана здания"),
    ("mac_cyrillic", "Уборка помещений и охрана здания"),
    ("cp1253", "Καθαρισμός κτιρίων, φύλαξη εγκαταστάσεων"),
    ("cp1254", "Güvenlik şirketi, ığdır, çağrı"),
]


@pytest.mark.parametrize(("codec", "title"), LEGACY)
def test_legacy_encodings_are_detected_or_declared(read_sheet, codec: str, title: str) -> None:
    content = rows(GOOD.replace("Cleaning", f'"{title}"')).encode(codec)
    assert best_guess(content) is not None
    found = read_sheet(content)
    assert found.lines[0]["title"] == title
    assert "detected" in found.summary.notes[0]
    assert read_sheet(content, column_map={"encoding": codec}).lines[0]["title"] == title


def test_a_declared_encoding_that_does_not_fit_refuses_the_file(read_sheet) -> None:
    found = refusal(
        read_sheet, rows(GOOD, GOOD.replace("ACME", "Ä")).encode("cp1252"), column_map={"encoding": "utf-8"}
    )
    assert (found.code, found.row) == ("BAD_ENCODING", 3)


def test_a_map_chooses_between_columns_and_keeps_the_other(read_sheet) -> None:
    content = rows(GOOD + ",x").replace("award_date", "award_date,Vendor").replace("supplier_name", "Supplier")
    found = read_sheet(content, column_map={"columns": {"supplier_name": "Supplier"}})
    assert found.lines[0]["supplier_name"] == "ACME"
    assert found.summary.ignored_fields == ("Vendor",)


def test_procedures_and_codes_are_normalised(read_sheet) -> None:
    header = HEADER + ";procedure;cpv".replace(";", ",")
    found = read_sheet(f"{header}\n{GOOD},Abierto,79714000-2 Vigilancia\n{GOOD},Sonderweg,03111000|90910000\n")
    assert [(line["procedure"], line["cpv"]) for line in found.lines] == [
        ("open", "79714000-2"),
        ("Sonderweg", "03111000 90910000"),
    ]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_shares_of_a_file_give_the_same_lines_as_one_process(read_sheet, monkeypatch) -> None:
    monkeypatch.setattr(parallel, "SMALLEST_SHARE_BYTES", 1000)
    texts = [
        GOOD.replace("C1", f"C{n}").replace("Cleaning", f'"Text, {n} ""x""\nmore"' if n % 3 else "Plain")
        for n in range(400)
    ]
    texts[150] = texts[150].replace("100.50", "bad")
    alone, together = read_sheet(rows(*texts)), read_sheet(rows(*texts), workers=3)
    key = lambda line: int(line["row"])  # noqa: E731
    assert sorted(together.lines, key=key) == alone.lines
    assert together.parked == alone.parked
    assert together.summary == alone.summary


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("place", [5, 150, 390])
def test_a_stray_quote_that_spoils_the_cut_changes_nothing(read_sheet, monkeypatch, place: int) -> None:
    monkeypatch.setattr(parallel, "SMALLEST_SHARE_BYTES", 1000)
    texts = [GOOD.replace("C1", f"C{n}").replace("Cleaning", f'"Text {n}\nmore"') for n in range(400)]
    texts[place] = GOOD.replace("Cleaning", 'Monitor 24"')
    alone, together = read_sheet(rows(*texts)), read_sheet(rows(*texts), workers=3)
    assert together.summary == alone.summary
    assert together.codes == alone.codes == {"STRAY_QUOTE": 1}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_refusal_in_a_later_share_refuses_the_file(read_sheet, monkeypatch) -> None:
    monkeypatch.setattr(parallel, "SMALLEST_SHARE_BYTES", 1000)
    content = rows(*[GOOD] * 400) + 'C4,City,ACME,"Clea'
    assert refusal(read_sheet, content, workers=2).code == "TRUNCATED"


CELLS = st.text(st.sampled_from(['"', ",", "\n", "a", "é", " "]), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_a_csv_writer_writes_is_well_formed(table: list[list[str]]) -> None:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(table)
    text = output.getvalue()
    found = _well_formed(",").match(text)
    assert found is not None
    assert found.end() == len(text)


@given(st.text(st.sampled_from(['"', ",", "\n", "a"]), max_size=30))
def test_rows_called_well_formed_read_alike_by_the_strict_walk_and_by_csv(text: str) -> None:
    found = _well_formed(",").match(text)
    assert found is not None
    good = text[: found.end()]
    walked, left = [], good
    while left:
        walk = _Walk(left, ",")
        assert walk.run()
        walked.append([] if walk.cells == [""] else walk.cells)
        left = left[walk.position :]
    assert walked == [[] if row == [""] else row for row in csv.reader(io.StringIO(good, newline=""), strict=True)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=7, max_size=7), min_size=1, max_size=6))
def test_no_content_is_lost_whatever_the_cells_hold(read_sheet, table: list[list[str]]) -> None:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([HEADER.split(","), *table])
    filled = [row for row in table if any(cell.strip() for cell in row)]
    refused: list[FileRefused] = []
    try:
        found = read_sheet(output.getvalue().encode("utf-8", "surrogatepass"))
    except FileRefused as error:
        refused.append(error)
    if refused:
        assert refused[0].code in ("NO_ROWS", "UNCLOSED_QUOTE")
    else:
        assert found.summary.rows + found.summary.totals_rows == len(filled)


def test_ways_to_reach_a_person_are_not_kept(read_sheet) -> None:
    content = f"{HEADER},Contact person,Buyer e-mail\n{GOOD},Somebody,a@example.org\n{GOOD.replace('EUR', 'ZZZ')},Somebody,a@example.org\n"
    found = read_sheet(content)
    stored = json.dumps([found.lines, found.parked, found.aside])
    assert "Somebody" not in stored
    assert "example.org" not in stored
    assert found.summary.ignored_fields == ("Contact person", "Buyer e-mail")
    assert found.summary.notes == ("Ways to reach a person are not kept: Contact person, Buyer e-mail.",)


def test_an_identifier_of_invisible_characters_is_empty(read_sheet) -> None:
    assert read_sheet(rows(GOOD.replace("C1", "\u200b"))).codes == {"MISSING_FIELD": 1}


@pytest.mark.parametrize(
    ("header", "code"),
    [("no\u202ete", "CONTROL_CHAR"), ("no\x00te", "NUL_BYTES"), ("n" + "\u0301" * 20, "COMBINING_FLOOD")],
)
def test_a_header_that_must_not_go_on_refuses_the_file(read_sheet, header: str, code: str) -> None:
    assert refusal(read_sheet, rows(GOOD + ",x").replace("award_date", f"award_date,{header}")).code == code


def test_half_pairs_in_a_banner_are_stored_safely(read_sheet) -> None:
    found = read_sheet(b"Report \xed\xa0\x80\n" + rows(GOOD).encode())
    assert found.aside[0]["fields"]["above the header"] == "Report \\ud800"
