"""Bring the releases of one process together that lie apart in a file: find them, merge them, replace their lines."""

from __future__ import annotations

import os
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from duecare.records.ocds.fields import as_release, decode_any
from duecare.records.ocds.merging import merge
from duecare.records.ocds.parallel import run_parts
from duecare.records.ocds.release import ReleaseReader
from duecare.records.ocds.rows import ENTRY, Counts, as_fault, without_contacts
from duecare.records.ocds.shapes import releases_in
from duecare.records.ocds.types import tidy
from duecare.records.request import Request
from duecare.records.staging import Staging

Entry = tuple[int, int, int, int, int, int, int]
"""Part, hash of the ocid, row, offset and length of the text, offset and length of the lines."""
Json = dict[str, Any]
FEWEST_ENTRIES = 200
"""Below this another process does not pay."""
ReadText = Callable[[int, int, int], bytes]
"""Gives the text of a row from its number, offset and length."""


def repeated(indexes: Iterable[array[int]]) -> list[Entry]:
    """The entries whose ocid (by its hash) occurs more than once, ordered by it and by row."""
    tables = [np.frombuffer(index, np.int64).reshape(-1, ENTRY) for index in indexes if len(index)]
    if not tables:
        return []
    hashes = np.concatenate([table[:, 0] for table in tables])
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return []
    found: list[Entry] = []
    for part, table in enumerate(tables):
        places = np.searchsorted(twice, table[:, 0]).clip(max=len(twice) - 1)
        found += [(part, *entry) for entry in table[twice[places] == table[:, 0]].tolist()]
    return sorted(found, key=itemgetter(1, 2))


def portions(entries: list[Entry], most: int) -> list[list[Entry]]:
    """The entries cut into at most ``most`` portions, each large enough for a process of its own and no process in two."""
    number = max(1, min(most, len(entries) // FEWEST_ENTRIES))
    found: list[list[Entry]] = []
    start = 0
    for each in range(1, number + 1):
        end = len(entries) * each // number
        while 0 < end < len(entries) and entries[end][1] == entries[end - 1][1]:
            end += 1
        found.append(entries[start:end])
        start = end
    return [portion for portion in found if portion]


class Merger:
    """Merges the groups of a file and writes their lines as a part of its own."""

    def __init__(self, folder: Path, part: str, request: Request, word: str, read_text: ReadText) -> None:
        self._reader = ReleaseReader(request.defaults, request.as_of, request.limits)
        self._read_text, self._word = read_text, word
        self._staging = Staging(folder, part)
        self._lines = (folder / f"lines-{part}-releases.csv").open("wb")
        self.merged = self.quarantined = 0
        self.replaced: list[Entry] = []

    def take(self, entries: Iterable[Entry]) -> None:
        """Merge all groups of entries of one hash, by their real ocid."""
        for _, same in groupby(entries, key=itemgetter(1)):
            by_ocid: dict[str, list[tuple[Entry, Json]]] = {}
            for entry in same:
                for ocid, release in self._releases(entry):
                    by_ocid.setdefault(ocid, []).append((entry, release))
            for ocid, group in by_ocid.items():
                rows = {entry[2] for entry, _ in group}
                if len(rows) > 1 and any(hash(ocid) == entry[1] for entry, _ in group):
                    self._take_group(group)

    def close(self) -> None:
        """Close the files of this part."""
        self._lines.close()
        self._staging.__exit__(None, None, None)

    def _releases(self, entry: Entry) -> Iterator[tuple[str, Json]]:
        text = self._read_text(entry[2], entry[3], entry[4])
        for release in releases_in(decode_any(text)):
            if release and hash(str(release.get("ocid"))) == entry[1]:
                yield str(release["ocid"]), tidy(release)[0]

    def _take_group(self, group: list[tuple[Entry, Json]]) -> None:
        """One process: releases that say the same stay as they are, others are merged; one that spoils it is parked."""
        unique = _unique(group)
        if len(unique) == 1:
            return
        self.replaced += [entry for entry, _ in group]
        while True:
            newest = max(unique, key=lambda one: (str(one[1].get("date") or ""), one[0][2]))
            release = merge([one for _, one in unique]) if len(unique) > 1 else unique[0][1]
            lines = self._lines_of(release, newest[0][2])
            if not self._reader.problems or len(unique) == 1:
                break
            self._park(newest[0])
            unique.remove(newest)
            group = [one for one in group if one[0][2] != newest[0][2]]
        self.merged += len(unique) - 1
        self._lines.write(b"".join(lines))
        kept = {entry[2] for entry, _ in unique}
        for entry, _ in group:
            if entry[2] not in kept:
                self._lines.write(b"".join(self._lines_of(release, entry[2])))

    def _lines_of(self, release: Json, row: int) -> list[bytes]:
        return self._reader.read(as_release(release), row, f"{self._word} {row}")

    def _park(self, entry: Entry) -> None:
        raw = without_contacts(self._read_text(entry[2], entry[3], entry[4]).decode("utf-8", "backslashreplace"))
        found = dict.fromkeys(self._reader.problems)
        self._staging.quarantine([as_fault(entry[2], one, f"{self._word} {entry[2]}", raw) for one in found])
        self.quarantined += 1


def _unique(group: list[tuple[Entry, Json]]) -> list[tuple[Entry, Json]]:
    seen: list[Json] = []
    unique = []
    for entry, release in group:
        if release not in seen:
            seen.append(release)
            unique.append((entry, release))
    return unique


def cut_out(path: Path, spans: list[tuple[int, int]]) -> None:
    """Take spans (offset, length) of bytes out of a file; what is between them is copied within the kernel."""
    if not spans:
        return
    shorter = path.with_suffix(".cut")
    with path.open("rb") as source, shorter.open("wb") as target:
        start = 0
        for offset, length in [*sorted(spans), (path.stat().st_size, 0)]:
            while start < offset and (sent := os.sendfile(target.fileno(), source.fileno(), start, offset - start)):
                start += sent
            start = offset + length
    shorter.replace(path)


def merge_repeated(
    indexes: list[array[int]], folder: Path, request: Request, word: str, read_text: ReadText
) -> tuple[int, int]:
    """Merge what the indexes of the parts 0, 1... say is repeated; gives how many releases were merged and how many parked.

    Portions of the groups are merged side by side, then their lines are taken out of the parts' files side by side.
    """
    entries = repeated(indexes)
    for index in indexes:
        del index[:]
    if not entries:
        return 0, 0
    work = portions(entries, request.workers)

    def take(number: int) -> tuple[Counts, list[str]]:
        merger = Merger(folder, _part(number), request, word, read_text)
        merger.take(work[number])
        merger.close()
        spans = array("q", [one for entry in merger.replaced for one in (entry[0], entry[5], entry[6])])
        return Counts(merger.merged, merger.quarantined, index=spans), []

    def cut(number: int) -> tuple[Counts, list[str]]:
        cut_out(folder / f"lines-{number}-releases.csv", [span[1:] for span in replaced if span[0] == number])
        return Counts(), []

    results = [counts for counts, _ in run_parts(take, len(work), folder)]
    for number in range(1, len(work)):
        _append(folder, _part(number))
    replaced = [span for counts in results for span in zip(*[iter(counts.index)] * 3, strict=True)]
    run_parts(cut, len(indexes), folder)
    return sum(counts.rows for counts in results), sum(counts.quarantined for counts in results)


def _part(number: int) -> str:
    return f"merged-{number}" if number else "merged"


def _append(folder: Path, part: str) -> None:
    """Append the files of a further portion to those of the first."""
    for path in folder.glob(f"*-{part}*"):
        with path.open("rb") as source, (folder / path.name.replace(part, _part(0))).open("ab") as target:
            shutil.copyfileobj(source, target)
        path.unlink()
