"""The nature of contracts (goods, services, works) by notice, for training: from packages of TED and eForms notices and a register."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_TED = re.compile(r'TYPE_CONTRACT CTYPE="(\w+)"')
_TED_CODE = re.compile(r'NC_CONTRACT_NATURE CODE="(\w)"')
_EFORMS = re.compile(r"ProcurementTypeCode[^>]*>(\w+)<")
_EFORMS_NOTICE = re.compile(r'<cbc:ID schemeName="notice-id"[^>]*>([0-9a-f-]+)<')
_EFORMS_VERSION = re.compile(r"<cbc:VersionID[^>]*>(\d+)<")
_WORDS = {
    "works": "works",
    "supplies": "goods",
    "services": "services",
    "service": "services",
    "1": "works",
    "2": "goods",
}
_WORDS |= {"4": "services", "obras": "works", "suministros": "goods", "servicios": "services"}
_WORDS |= {"gestión de servicios públicos": "services"}
REGISTER, NUMBER, KIND = "ES_euskadi", "Código identificador del contrato", "Tipo de contrato"


def read_natures(files: Sequence[Path]) -> dict[tuple[str, str], str]:
    """(source, notice) to nature of zips of notices and of the register of Euskadi (csv.gz), as the labelled texts name them."""
    return {where: nature for file in files for where, nature in _read(file) if nature}


def _read(file: Path) -> Iterator[tuple[tuple[str, str], str]]:
    if file.suffix != ".zip":
        yield from _of_register(file)
        return
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            yield _of_notice(Path(name).stem, package.read(name).decode("utf-8", "replace"))


def _of_notice(name: str, text: str) -> tuple[tuple[str, str], str]:
    if found := _EFORMS_NOTICE.search(text):
        version = _EFORMS_VERSION.search(text)
        return ("eForms", found[1] + (version[1] if version else "")), _nature(_EFORMS.search(text))
    return ("TED_R209", name), _nature(_TED.search(text)) or _nature(_TED_CODE.search(text))


def _nature(found: re.Match[str] | None) -> str:
    return _WORDS.get(found[1].lower(), "") if found else ""


def _of_register(file: Path) -> Iterator[tuple[tuple[str, str], str]]:
    with io.StringIO(gzip.decompress(file.read_bytes()).decode("utf-8", "replace"), newline="") as lines:
        delimiter = ";" if lines.readline().count(";") > 40 else ","
        lines.seek(0)
        for row in csv.DictReader(lines, delimiter=delimiter):
            yield (REGISTER, row[NUMBER]), _WORDS.get(row[KIND].lower().split("/")[0], "")
