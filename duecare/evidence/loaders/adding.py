"""``duecare evidence add FILE``: read an official file as untrusted input and write it as a pack beside the register."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec

from duecare.errors import WrongUsage
from duecare.evidence.loaders.known import KNOWN, FactRows, Known, recognise
from duecare.evidence.loaders.untrusted import read_bytes
from duecare.evidence.packs import PackState, load_packs
from duecare.evidence.promises import read_pack

FACTS = "facts.csv"


def add_evidence(
    file: Path,
    target_dir: Path,
    kind: str | None = None,
    *,
    as_of: date,
    edition: str = "",
    published: date | None = None,
) -> PackState:
    """Read an official file into a new pack folder under ``target_dir`` and return its state on ``as_of``.

    ``kind`` is a key of ``KNOWN`` where the file is not recognised; ``edition`` a year where neither the file nor its name
    says it. The same file again adds nothing. Raises ``WrongUsage`` and ``FileRefused``; then nothing is written.
    """
    if not file.is_file():
        raise WrongUsage(f"There is no file {file.name}.")
    known = KNOWN[_kind_of(file, kind)]
    rows = known.read(file)
    year = edition or _edition(file, known, rows, as_of)
    facts = _as_csv(known.columns, rows)
    described = _describe(file, known, rows, year, published or _published(known, year, as_of), as_of)
    folder = target_dir / f"{known.id}-{_part(known, year, facts)}"
    if folder.exists():
        if (folder / FACTS).read_text(encoding="utf-8") != facts:
            raise WrongUsage(
                f"{folder.name} is there already with other content. Delete the folder, or name another --edition."
            )
    else:
        _write(folder, described, facts, file)
    digest = read_pack(folder).digest
    return next(one for one in load_packs(as_of, target_dir).packs if one.digest == digest and one.place == "added")


def _kind_of(file: Path, kind: str | None) -> str:
    found = kind or recognise(file)
    if found is None:
        raise WrongUsage(f"{file.name} was not recognised. Say what it is: --kind {' | '.join(KNOWN)}.")
    if found not in KNOWN:
        raise WrongUsage(f"There is no kind {found!r}. Kinds are {', '.join(KNOWN)}.")
    return found


def _edition(file: Path, known: Known, rows: FactRows, as_of: date) -> str:
    if known.year_column:
        return max((row[known.columns.index(known.year_column)] for row in rows), default="")
    if known.id in ("observations", "own_measures"):
        return as_of.isoformat()
    years = sorted(set(re.findall(r"(?<!\d)20\d\d(?!\d)", file.stem)))
    if len(years) != 1:
        raise WrongUsage(f"Of which year is {file.name}? Say it: --edition 2024.")
    return str(years[0])


def _published(known: Known, edition: str, as_of: date) -> date:
    if not re.fullmatch(r"20\d\d", edition):
        return as_of
    return min(date(int(edition) + known.years_later, *known.month_day), as_of)


def _part(known: Known, edition: str, facts: str) -> str:
    part = re.sub(r"[^0-9A-Za-z-]", "-", edition)[:40]
    return f"{part}-{sha256(facts.encode()).hexdigest()[:8]}" if known.kind == "observations" else part


def _describe(
    file: Path, known: Known, rows: FactRows, edition: str, published: date, as_of: date
) -> dict[str, object]:
    described: dict[str, object] = {
        "kind": known.kind, "source_id": known.id, "publisher": known.publisher, "title": known.title, "edition": edition,
        "published": published, "retrieved": as_of, "licence": known.licence, "url": known.url, "grade": known.grade,
        "validity_months": known.validity_months, "validity_reason": "As for the pack of this source that is shipped or documented.",
        "facts": FACTS, "official_file": f"{file.name}, sha256 {sha256(read_bytes(file)).hexdigest()}",
        "assertions": {"rows": [len(rows), len(rows)]},
    }  # fmt: skip
    if known.kind == "percentiles":
        described["observed"] = date(int(edition), 12, 31)
    if known.kind == "tiers":
        described["editions"] = {year: _published(known, year, as_of) for year in sorted({row[0] for row in rows})}
    return described


def _as_csv(columns: tuple[str, ...], rows: FactRows) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _write(folder: Path, described: dict[str, object], facts: str, file: Path) -> None:
    """All or nothing: written beside, then renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".adding-", dir=folder.parent))
    try:
        (beside / FACTS).write_text(facts, encoding="utf-8", newline="")
        (beside / "pack.yaml").write_bytes(msgspec.yaml.encode(described))
        (beside / "README.md").write_text(
            f"# {described['title']}, {described['edition']}\n\nRead from {file.name}.\n", encoding="utf-8"
        )
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
