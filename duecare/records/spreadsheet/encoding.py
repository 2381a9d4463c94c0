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


def _bad(path: Path, offset: int, name: str, detail: str = "") -> FileRefused:
    row = 1
    with path.open("rb") as file:
        left = offset
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            row += chunk.count(b"\n")
            left -= len(chunk)
        shown = file.read(8)
    place = f"It was read as {name}; the bytes are at {offset}."
    return refused("BAD_ENCODING", row=row, value=shown.hex(" "), detail=f"{place} {detail}".strip())


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
    sample = _unusual_lines(path)
    sequences = _SEQUENCE.findall(sample)
    broken = sum(byte > 127 for byte in sample) - sum(map(len, sequences))
    if len(sequences) > broken:
        raise _bad(path, problem, "utf-8")
    name = best_guess(sample)
    if name is None:
        raise _bad(
            path, problem, "utf-8", "No other encoding fits. Declare it in a column map, such as `encoding: cp1251`."
        )
    return Encoding(name, note=f"Read as {name}: the file is not UTF-8 and the encoding was detected.")


_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _unusual_lines(path: Path) -> bytes:
    """Lines with other bytes than ASCII, up to the size of a sample."""
    sample, size = [], 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(CHUNK)):
            if not line.isascii():
                sample.append(line)
                size += len(line)
    return b"".join(sample)


_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SIGNS = frozenset("€–—’‘“”„«»°º№§…•·\u00a0×®©")
_WEST = {
    "de": "äöüß", "fr": "éèàçêôîâûëïùœ", "es": "ñóíáúéü¿¡ªº", "it": "àèéìòù", "pt": "ãõáéíóúâêôçà", "nl": "ëïéèöü", "da": "æøåéö",
    "sv": "åäöé", "sq": "ëç", "ca": "àèéíòóúçï·", "is": "áðéíóúýþæö", "fi": "äöå", "et": "õäöü",
}  # fmt: skip
_CENTRAL = {
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíľĺňóôŕšťúýž", "hu": "áéíóöőúüű", "hr": "čćđšž", "ro": "ăâîşţșț",
    "sl": "čšž", "de": "äöüß",
}  # fmt: skip
_CYRILLIC = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "uk": "оаинтіверслкудмпязьбгйчхцїюжєшщфґ’", "sr": "аоиенртсјвукдпмлзгбчшцжњћљхђфџ",
    "bg": "аоиентрсвлпкдмзугъбячщхжцйшюьф", "mk": "аоиетнрсвкдлпмузјгбчшцжњќѓхфљџѕ", "be": "аніыетрслокядвумпзьгбчйўжхшюёцфэ",
}  # fmt: skip
_GREEK = {"el": "αοιετσνηυρπκμλςωόήίάέδχύγθώφβξζψϊϋ"}
_LANGUAGES = {
    "cp1252": _WEST, "iso8859_15": _WEST, "cp850": _WEST, "mac_roman": _WEST, "cp1250": _CENTRAL, "iso8859_2": _CENTRAL,
    "cp852": _CENTRAL, "mac_latin2": _CENTRAL, "cp1251": _CYRILLIC, "koi8_r": _CYRILLIC, "koi8_u": _CYRILLIC, "cp866": _CYRILLIC,
    "iso8859_5": _CYRILLIC, "mac_cyrillic": _CYRILLIC, "cp1253": _GREEK, "iso8859_7": _GREEK, "cp1254": {"tr": "çğıöşüâ"},
    "cp1257": {"lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": "õäöüšž"},
}  # fmt: skip
"""Letters beyond ASCII that a language really uses, by codec; those of other scripts in the order of their frequency."""
_LEAST, _HEAD_START = 0.6, 0.08


def best_guess(sample: bytes) -> str | None:
    """The most likely legacy codec of some lines, ``None`` where nothing fits.

    A codec fits when there is one language whose letters its words are made of, in sane upper and lower case.
    The most frequent codec wins where it fits nearly as well; then ``charset-normalizer`` decides between codecs that fit
    alike, then the order of ``CANDIDATES``.
    """
    words = list({match.group() for match in _WORDS.finditer(sample)})[:4000]
    scores = {name: _score(words, name) for name in CANDIDATES}
    best = max(scores.values())
    if best < _LEAST:
        return None
    if scores["cp1252"] > best - _HEAD_START:
        return "cp1252"
    close = [name for name, score in scores.items() if score > best - 0.005]
    if len({sample.decode(name, "replace") for name in close}) == 1:
        return close[0]
    proposal = _proposal(sample)
    return proposal if proposal in close else close[0]


def _proposal(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # only for files that are not UTF-8

    best = from_bytes(sample[:65536], cp_isolation=list(CANDIDATES)).best()
    return best.encoding if best else ""


def _score(words: list[bytes], name: str) -> float:
    """Best share, over the languages of a codec, of unusual characters that this language uses."""
    try:
        decoded = [raw.decode(name) for raw in words]
    except UnicodeDecodeError:
        return -1.0
    seen = sum(not character.isascii() for word in decoded for character in word)
    if not seen:
        return 0.0
    sane = [(word, 1.0 if _looks_like_a_word(word) else 0.3) for word in decoded]
    return max(
        sum(factor * sum(_weight(character, letters, word) for character in word) for word, factor in sane) / seen
        for letters in _LANGUAGES[name].values()
    )


def _weight(character: str, letters: str, word: str) -> float:
    if character.isascii():
        return 0.0
    place = letters.find(character.lower() if character != "İ" else "ı")
    if place >= 0:
        return 1.0 if len(letters) < 26 else 1.0 - 0.6 * place / len(letters)
    return 0.62 if character in _SIGNS and character not in word[1:-1] else 0.0


def _looks_like_a_word(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    if len(letters) < 2:
        return True
    latin = sum(character < "\u0250" for character in letters)
    if latin not in (0, len(letters)):
        return False
    body = letters[1:]
    if all(c.lower() == c for c in body):
        return True
    return letters[0].upper() == letters[0] and all(c.upper() == c or c == "ß" for c in body)
