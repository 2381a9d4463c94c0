"""The findings of a run on disk, as findings.json: written once in their order, read again for each pass, so that none is held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from duecare.communicate.items import Item, read_item

HEAD, BETWEEN, TAIL = b'{"run":%b,"findings":[', b",\n", b"\n]}\n"
BLOCK = 1 << 20


class StoredFindings(Collection[Mapping[str, Any]]):
    """The findings of one findings.json that ``store`` wrote, in the order of METHOD 1.7: one a line."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self._number = path, number

    def __len__(self) -> int:
        return self._number

    def __contains__(self, finding: object) -> bool:
        return any(one == finding for one in self)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(msgspec.json.Decoder().decode, self._lines())

    def items(self) -> Iterator[Item]:
        """The findings as typed values; raises ``msgspec.ValidationError`` where the contract is broken."""
        return map(msgspec.json.Decoder(Item, strict=False).decode, self._lines())

    def _lines(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            next(file)
            for line in file:
                if line != TAIL[1:]:
                    yield line.removesuffix(BETWEEN)


def store(findings: Iterable[Mapping[str, Any]], run: str, path: Path) -> StoredFindings:
    """Write ``{"run": id, "findings": [...]}``, one finding a line, from findings that come in the order of METHOD 1.7."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, encode = 0, msgspec.json.Encoder().encode
    with path.open("wb", buffering=BLOCK) as file:
        file.write(HEAD % encode(run))
        for number, finding in enumerate(findings, start=1):
            file.write((BETWEEN if number > 1 else BETWEEN[1:]) + encode(finding))
        file.write(TAIL)
    return StoredFindings(path, number)


def read_items(findings: Collection[Mapping[str, Any]]) -> Iterator[Item]:
    """Findings as typed values, from disk or from memory."""
    return findings.items() if isinstance(findings, StoredFindings) else map(read_item, findings)
