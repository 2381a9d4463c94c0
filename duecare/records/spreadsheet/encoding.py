"""Which encoding a text file has: by its mark, by being valid UTF-8, by the user's word, else by careful detection."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from duecare.errors import FileRefused
from duecare.records.faults import refused

CHUNK = 1 << 20
_SAMPLE = 256 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859_2", "iso8859_5", "iso8859_7", "iso8859_15", "koi8_r",
    "koi8_u", "cp866", "cp852", "cp850", "mac_roman", "mac_cyrillic", "mac_latin2",
)  # fmt: skip
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec, the length of the mark to skip, how half pairs are decoded, and a note when it was detected."""

    name: str
    mark: int = 0
    errors: str = "strict"
    note: str = ""


def find_encoding(path: Path, declared: str | None = None) -> Encoding:
    """Decide over the whole file. Raises ``FileRefused`` BAD_ENCODING with the line where the bytes are not text."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    found = _by_declaration(declared) if declared else _by_mark(start) or _without_mark(start)
    if found is not None:
        return _verified(path, found)
    problem = _first_undecodable(path, Encoding("utf-8"))
    if problem is None:
        return Encoding("utf-8")
    if _is_surrogate(path, problem):
        return _verified(path, Encoding("utf-8", errors="surrogatepass"))
    return _verified(path, _detected(path, problem))


def _by_declaration(declared: str) -> Encoding:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise refused("BAD_ENCODING", value=declared, detail="The declared encoding is not known.") from None
    if name in ("utf-16", "utf-32", "utf-8-sig"):
        raise refused("BAD_ENCODING", value=declared, detail="Declare utf-8, utf-16-le or utf-16-be.")
    return Encoding(name)


def _by_mark(start: bytes) -> Encoding | None:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name, len(mark), "surrogatepass")
    return None


def _without_mark(start: bytes) -> Encoding | None:
    """UTF-16 without a mark: nearly every other byte of Western, Cyrillic or Greek line ends and signs is zero."""
    pairs = len(start) // 2
    if pairs < 8 or b"\x00" not in start:
        return None
    little = sum(start.count(sign) for sign in (b"\n\x00", b",\x00", b";\x00", b"\t\x00", b" \x00"))
    big = sum(start.count(sign) for sign in (b"\x00\n", b"\x00,", b"\x00;", b"\x00\t", b"\x00 "))
    zeros = start.count(b"\x00")
    if zeros < pairs // 8 or max(little, big) < 3:
        return None
    even, odd = start[0::2].count(b"\x00"), start[1::2].count(b"\x00")
    if odd > 20 * even:
        return Encoding("utf-16-le", 0, "surrogatepass", "Read as UTF-16 without a byte order mark.")
    if even > 20 * odd:
        return Encoding("utf-16-be", 0, "surrogatepass", "Read as UTF-16 without a byte order mark.")
    return None


def _verified(path: Path, encoding: Encoding) -> Encoding:
    problem = _first_undecodable(path, encoding)
    if problem is None:
        return encoding
    raise _bad(path, problem, encoding.name)


def _bad(path: Path, offset: int, name: str) -> FileRefused:
    row = 1
    with path.open("rb") as file:
        left = offset
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            row += chunk.count(b"\n")
            left -= len(chunk)
        shown = file.read(8)
    return refused("BAD_ENCODING", row=row, value=shown.hex(" "), detail=f"It was read as {name}; the bytes are at {offset}.")


def _first_undecodable(path: Path, encoding: Encoding) -> int | None:
    """Byte offset of the first bytes that are no text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
    with path.open("rb") as file:
        file.seek(encoding.mark)
        done = encoding.mark
        while True:
            chunk = file.read(CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return done - waiting + error.start
            if not chunk:
                return None
            done += len(chunk)


def _is_surrogate(path: Path, offset: int) -> bool:
    with path.open("rb") as file:
        file.seek(offset)
        return _SURROGATE.match(file.read(3)) is not None


def _detected(path: Path, problem: int) -> Encoding:
    """A legacy encoding from the lines that are not plain ASCII; refused where the file is broken UTF-8."""
    sample, multibyte, single = _unusual_lines(path)
    if multibyte > single:
        raise _bad(path, problem, "utf-8")
    name = best_guess(sample)
    if name is None:
        raise refused("BAD_ENCODING", detail="No encoding fits. Declare it in a column map, such as `encoding: cp1251`.")
    return Encoding(name, note=f"Read as {name}: the file is not UTF-8 and the encoding was detected.")


def _unusual_lines(path: Path) -> tuple[bytes, int, int]:
    """Up to a sample of lines with other bytes than ASCII, and how many of those are and are not valid UTF-8."""
    sample, valid, broken, size = [], 0, 0, 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(CHUNK)):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                valid += 1
            except UnicodeDecodeError:
                broken += 1
            sample.append(line)
            size += len(line)
    return b"".join(sample), valid, broken


_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_TYPICAL = {
    "cp1252": "äöüßéèàçêôîâûëïñóíáúÄÖÜÉæøåÅØœ€–’“”„«»°ºªìòù¿¡õã",
    "cp1250": "ąćęłńóśźżčšžđćěřůýáíéúťďňőűăâîșțşţőúöüäôľĺŕČŠŽĐĆŁŚŻ€–’“”„«»°",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяёјљњћђџіїєґАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯІЇЄЈЂЋЉЊЏ№«»–—“”„’€ ",
    "cp1253": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ«»–’“”€°",
    "cp1254": "çğıöşüâîûÇĞİÖŞÜ€–’“”«»°",
    "cp1257": "āčēģīķļņšūžąęėįųĀČĒĢĪĶĻŅŠŪŽõäöü€–’“”„«»°",
}
_FAMILY = {
    "cp1251": "cyrillic", "iso8859_5": "cyrillic", "koi8_r": "cyrillic", "koi8_u": "cyrillic", "cp866": "cyrillic",
    "mac_cyrillic": "cyrillic", "iso8859_2": "cp1250", "cp852": "cp1250", "mac_latin2": "cp1250", "iso8859_15": "cp1252",
    "cp850": "cp1252", "mac_roman": "cp1252", "iso8859_7": "cp1253",
}  # fmt: skip


def best_guess(sample: bytes) -> str | None:
    """The most likely legacy codec of some lines, ``None`` where nothing fits.

    ``charset-normalizer`` proposes; among codecs whose words look possible the one with the most typical letters wins, and
    its proposal counts where two are alike. The order of ``CANDIDATES`` decides last.
    """
    words = list({match.group() for match in _WORDS.finditer(sample)})[:4000]
    proposal = _proposal(sample)
    scores = [(_score(words, name) + (0.02 if name == proposal else 0.0), -place, name) for place, name in enumerate(CANDIDATES)]
    score, _place, name = max(scores)
    return name if score > 0.5 else None


def _proposal(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # only for files that are not UTF-8

    best = from_bytes(sample[:65536], cp_isolation=list(CANDIDATES)).best()
    return best.encoding if best else ""


def _score(words: list[bytes], name: str) -> float:
    """Share of unusual characters that are typical of the codec's languages, in words of one script and sane case."""
    typical, seen, good = set(_TYPICAL[_FAMILY.get(name, name)]), 0, 0.0
    for raw in words:
        try:
            word = raw.decode(name)
        except UnicodeDecodeError:
            return -1.0
        unusual = [character for character in word if not character.isascii()]
        seen += len(unusual)
        fits = sum(character in typical for character in unusual)
        good += fits * (1.0 if _looks_like_a_word(word) else 0.3)
    return good / seen if seen else 0.0


def _looks_like_a_word(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    if len(letters) < 2:
        return True
    latin = sum(character < "\u0250" for character in letters)
    if latin not in (0, len(letters)):
        return False
    body = letters[1:]
    return all(c.islower() or c.lower() == c.upper() for c in body) or all(c.isupper() or c.lower() == c.upper() for c in body)
