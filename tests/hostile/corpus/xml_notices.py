"""XML notices that try to harm, deceive or exhaust, alone and in packages beside notices without a fault."""

from __future__ import annotations

import bz2
import io
import lzma
import random
import tarfile
from collections.abc import Iterator

from notice_texts import Part, Won, eforms, result, ted

from duecare.settings import MIB

from .tables import Case, as_gz, as_zip, case, flip

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_NETWORK = '<!DOCTYPE l SYSTEM "http://192.0.2.1/notice.dtd">'
_PARAMETER = '<!DOCTYPE l [<!ENTITY % p SYSTEM "http://192.0.2.1/p"> %p;]>'
_TITLE = "Cleaning of the offices"
_FAMILIES = {"ted": ted(result()), "eforms": eforms(result())}


def xml_cases(rng: random.Random) -> Iterator[Case]:
    for family, good in _FAMILIES.items():
        yield from _documents(family, good.decode())
    yield from _strangers()
    yield from _contents()
    yield from _packages(rng)
    yield from _tapes(rng)


def _documents(family: str, text: str) -> Iterator[Case]:
    body = text.removeprefix(_HEAD)
    assert body != text

    def one(name: str, content: bytes | str, codes: str) -> Case:
        told = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        return case(f"{family}-{name}", f"{family}.xml", told, codes)

    yield one("laughs", _HEAD + _LAUGHS + body.replace(_TITLE, "&i;"), "XML_FORBIDDEN")
    yield one("entity-file", _HEAD + _OUTSIDE + body.replace(_TITLE, "&x;"), "XML_FORBIDDEN")
    yield one("entity-parameter", _HEAD + _PARAMETER + body, "XML_FORBIDDEN")
    yield one("dtd-network", _HEAD + _NETWORK + body, "XML_FORBIDDEN")
    yield one("dtd-after-comment", f"{_HEAD}<!-- {'x' * 70_000} -->{_NETWORK}{body}", "XML_FORBIDDEN")
    yield one("dtd-after-instruction", f"{_HEAD}<?a b?>{_OUTSIDE}{body}", "XML_FORBIDDEN")
    yield one("dtd-utf16", f'<?xml version="1.0" encoding="UTF-16"?>{_OUTSIDE}{body}'.encode("utf-16"), "XML_FORBIDDEN")
    yield one("dtd-latin1", f'<?xml version="1.0" encoding="ISO-8859-1"?>{_LAUGHS}{body}', "XML_FORBIDDEN")
    yield one("dtd-in-body", text.replace("</", f"{_OUTSIDE}</", 1), "MALFORMED_XML XML_FORBIDDEN")
    yield one("entity-unknown", text.replace(_TITLE, "&unknown;"), "MALFORMED_XML")
    yield one("deep", text.replace(_TITLE, "<P>" * 100 + "</P>" * 100), "TOO_DEEP")
    yield one("deeper", text.replace(_TITLE, "<P>" * 20_000 + "</P>" * 20_000), "TOO_DEEP")
    yield one("cut", text[:-30], "MALFORMED_XML")
    yield one("half", text[: len(text) // 2], "MALFORMED_XML")
    yield one("crossed", text.replace("</", "</x", 1), "MALFORMED_XML")
    yield one("two-roots", text + body, "MALFORMED_XML")
    yield one("behind", text + "garbage", "MALFORMED_XML")
    yield one("nul", text.replace(_TITLE, "Cle\x00aning"), "NUL_BYTES")
    yield one("nul-reference", text.replace(_TITLE, "Cle&#0;aning"), "MALFORMED_XML")
    yield one("control", text.replace(_TITLE, "Cle\x08aning"), "MALFORMED_XML")
    yield one("surrogate", text.replace(_TITLE, "Cle\ud800aning"), "BAD_ENCODING")
    yield one("surrogate-reference", text.replace(_TITLE, "Cle&#xD800;aning"), "MALFORMED_XML")
    yield one("not-utf8", text.replace(_TITLE, "B\u00fcro").encode("latin-1"), "BAD_ENCODING")
    yield one("says-ascii", text.replace("UTF-8", "US-ASCII", 1).replace(_TITLE, "B\u00fcro"), "BAD_ENCODING")
    yield one("says-utf7", text.replace("UTF-8", "UTF-7", 1), "BAD_ENCODING")
    yield one("says-ebcdic", text.replace("UTF-8", "IBM037", 1), "BAD_ENCODING")
    yield one("says-utf16", text.replace("UTF-8", "UTF-16", 1), "BAD_ENCODING")
    yield one("says-nothing-known", text.replace("UTF-8", "x-secret", 1), "BAD_ENCODING")
    yield one("utf16-says-utf8", text.encode("utf-16"), "BAD_ENCODING")
    yield one("utf16-odd", text.replace("UTF-8", "UTF-16").encode("utf-16") + b"\x00", "BAD_ENCODING")
    yield one("utf32", text.encode("utf-32"), "BAD_ENCODING NUL_BYTES")
    yield one("bidi", text.replace(_TITLE, "Cleaning\u202egniht"), "CONTROL_CHAR")
    yield one("marks", text.replace(_TITLE, "a" + "\u0301" * 40), "COMBINING_FLOOD")
    yield one(
        "attribute-huge", text.replace("<", f'<a b="{"x" * (11 * MIB)}"/><', 1)[: 12 * MIB], "TOO_LARGE MALFORMED_XML"
    )
    yield one("attribute-twice", text.replace(' xmlns="', ' xmlns="urn:x" xmlns="', 1), "MALFORMED_XML")
    yield one(
        "attributes-many",
        text.replace(' xmlns="', "".join(f' a{n}="{n}"' for n in range(60_000)) + ' a7="" xmlns="', 1),
        "MALFORMED_XML TOO_LARGE",
    )
    yield one("prefix-unbound", text.replace(_TITLE, "<ghost:x/>"), "MALFORMED_XML")
    yield one(
        "root-renamed", text.replace("TED_EXPORT", "EXPORT").replace("ContractAwardNotice", "Notice"), "UNKNOWN_FORMAT"
    )
    yield one(
        "space-other",
        body.replace("http://publications.europa.eu/resource/schema/", "urn:x:")
        .replace("ted/R", "tad/R")
        .replace("urn:oasis:", "urn:oases:"),
        "UNKNOWN_FORMAT",
    )
    yield one("wrapped", f"{_HEAD}<list>{body}</list>", "UNKNOWN_FORMAT")
    yield case(f"{family}-called-csv", f"{family}.csv", text.encode(), "TYPE_MISMATCH")
    yield case(f"{family}-called-xlsx", f"{family}.xlsx", text.encode(), "TYPE_MISMATCH")
    yield case(f"{family}-gz-of-cut", f"{family}.xml.gz", as_gz(text[:-30].encode()), "MALFORMED_XML")
    yield case(f"{family}-gz-cut", f"{family}.xml.gz", as_gz(text.encode())[:-5], "BAD_ARCHIVE")


def _strangers() -> Iterator[Case]:
    include = '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></a>'
    sheet = '<?xml-stylesheet href="http://192.0.2.1/s.xsl"?><a/>'
    yield case("xml-include", "a.xml", include.encode(), "UNKNOWN_FORMAT")
    yield case("xml-stylesheet", "a.xml", sheet.encode(), "UNKNOWN_FORMAT")
    yield case(
        "xml-svg",
        "a.xml",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>',
        "UNKNOWN_FORMAT FORBIDDEN_TYPE",
    )
    yield case(
        "xml-page", "a.xml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "FORBIDDEN_TYPE"
    )
    yield case("xml-only-declaration", "a.xml", _HEAD.encode(), "MALFORMED_XML")
    yield case("xml-only-comment", "a.xml", b"<!-- nothing -->", "MALFORMED_XML XML_FORBIDDEN")
    yield case("xml-empty", "a.xml", b"", "EMPTY_FILE")
    yield case("xml-blank", "a.xml", b" \n ", "EMPTY_FILE")
    yield case("xml-is-csv", "a.xml", b"a,b\n1,2\n", "TYPE_MISMATCH")
    yield case("xml-named-root", "a.xml", b"<TED_EXPORT/>", "UNKNOWN_FORMAT")
    yield case(
        "xml-ted-bare", "a.xml", b'<TED_EXPORT xmlns="ted/R2.0.9.S02/publication"/>', "MISSING_FIELD UNKNOWN_FORMAT"
    )
    root = "urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2"
    yield case("xml-eforms-bare", "a.xml", f'<ContractNotice xmlns="{root}"/>'.encode(), "MISSING_FIELD UNKNOWN_FORMAT")


def _contents() -> Iterator[Case]:
    """Notices without a fault in their XML that say what cannot be."""
    awards = {
        "future": (Won(date="2099-01-01"), "FUTURE_DATE"),
        "no-day": (Won(date="2021-02-30"), "BAD_DATE"),
        "absurd": (Won(amount="9" * 16), "ABSURD_AMOUNT"),
        "negative": (Won(amount="-5"), "NEGATIVE_AMOUNT BAD_NUMBER"),
        "contract-long": (Won(contract="x" * 500), "CELL_TOO_LARGE"),
        "winner-long": (Won(winner="x" * 70_000), "CELL_TOO_LARGE"),
    }
    for name, (won, codes) in awards.items():
        facts = result(parts=(Part(won=won),))
        yield case(f"ted-says-{name}", "n.xml", ted(facts), codes)
        yield case(f"eforms-says-{name}", "n.xml", eforms(facts), codes)


def _good(count: int) -> dict[str, bytes]:
    return {f"2021/{n:03d}.xml": ted(result(number=f"{n:06d}-2021")) for n in range(1, count + 1)}


def _packages(rng: random.Random) -> Iterator[Case]:
    good = _good(3)
    whole = as_zip(good)
    cut = ted(result())[:-30]
    yield case("package-one-cut", "n.zip", as_zip({**good, "bad.xml": cut}), "MALFORMED_XML")
    yield case(
        "package-one-dtd", "n.zip", as_zip({**good, "bad.xml": f"{_LAUGHS}<a>&i;</a>".encode()}), "XML_FORBIDDEN"
    )
    yield case("package-one-stranger", "n.zip", as_zip({**good, "bad.xml": b"<invoice/>"}), "UNKNOWN_FORMAT")
    yield case("package-one-empty", "n.zip", as_zip({**good, "bad.xml": b""}), "EMPTY_FILE")
    yield case(
        "package-one-binary",
        "n.zip",
        as_zip({**good, "bad.xml": rng.randbytes(500)}),
        "NUL_BYTES BAD_ENCODING MALFORMED_XML",
    )
    yield case("package-one-zip", "n.zip", as_zip({**good, "bad.xml": as_zip(good)}), "ARCHIVE_NESTED")
    yield case("package-one-gz", "n.zip", as_zip({**good, "bad.xml": as_gz(cut)}), "ARCHIVE_NESTED")
    yield case("package-all-broken", "n.zip", as_zip({"a.xml": cut, "b.xml": cut}), "MALFORMED_XML")
    yield case("package-too-many", "n.zip", as_zip(_good(90)), "ARCHIVE_BOMB")
    yield case("package-path-out", "n.zip", as_zip({**good, "../../out.xml": cut}), "ARCHIVE_UNSAFE_PATH")
    yield case("package-path-absolute", "n.zip", as_zip({**good, "/etc/out.xml": cut}), "ARCHIVE_UNSAFE_PATH")
    yield case("package-path-backslash", "n.zip", as_zip({**good, "a\\out.xml": cut}), "ARCHIVE_UNSAFE_PATH")
    yield case("package-name-twice", "n.zip", as_zip({**good, "2021/001.XML": cut}), "DUP_MEMBER")
    yield case("package-name-hidden", "n.zip", as_zip({**good, "a\u202elmx.xml": cut}), "BAD_FILENAME")
    yield case("package-crc", "n.zip", flip(whole, 60), "BAD_ARCHIVE")
    yield case("package-bomb", "n.zip", as_zip({"a.xml": b"<a>" + b" " * (3 * MIB)}), "ARCHIVE_BOMB")
    yield case("package-of-junk", "n.zip", as_zip({"__MACOSX/a.xml": cut}), "EMPTY_FILE")


def _tapes(rng: random.Random) -> Iterator[Case]:
    good = _good(3)
    tape = _tape(good)
    for kind, pack in {"gz": as_gz, "bz2": bz2.compress, "xz": lzma.compress}.items():
        yield case(f"tape-{kind}-bit", f"n.tar.{kind}", flip(pack(tape), -20), "BAD_ARCHIVE")
        yield case(f"tape-{kind}-one-cut", f"n.tar.{kind}", pack(_tape({**good, "bad.xml": b"<a>"})), "MALFORMED_XML")
    damaged = bytearray(tape)
    damaged[3] ^= 1
    yield case("tape-sum", "n.tar", bytes(damaged), "BAD_ARCHIVE")
    second = tape.index(b"2021/002.xml")
    yield case("tape-second-sum", "n.tar", flip(tape, second + 3), "BAD_ARCHIVE")
    yield case("tape-cut", "n.tar", tape[: second + 700], "BAD_ARCHIVE")
    yield case("tape-behind", "n.tar", tape + b"garbage" * 100, "BAD_ARCHIVE")
    yield case("tape-of-tables", "n.tar", _tape({"t.csv": b"a,b\n1,2\n"}), "UNKNOWN_FORMAT")
    yield case("tape-mixed", "n.tar", _tape({**good, "t.csv": b"a,b\n1,2\n"}), "UNKNOWN_FORMAT")
    yield case("tape-path-out", "n.tar", _tape({**good, "../out.xml": b"<a/>"}), "ARCHIVE_UNSAFE_PATH")
    yield case("tape-path-absolute", "n.tar", _tape({**good, "/out.xml": b"<a/>"}), "ARCHIVE_UNSAFE_PATH")
    yield case("tape-name-twice", "n.tar", _twice(good), "DUP_MEMBER")
    yield case("tape-too-many", "n.tar", _tape(_good(90)), "ARCHIVE_BOMB")
    yield case("tape-nested", "n.tar", _tape({**good, "bad.xml": tape}), "ARCHIVE_NESTED")
    yield case("tape-empty", "n.tar.gz", as_gz(_tape({})), "EMPTY_FILE ARCHIVE_BOMB")
    yield case("tape-called-csv", "n.csv", tape, "TYPE_MISMATCH")
    for name, kind in {
        "link": tarfile.SYMTYPE,
        "hard-link": tarfile.LNKTYPE,
        "device": tarfile.CHRTYPE,
        "pipe": tarfile.FIFOTYPE,
    }.items():
        yield case(f"tape-{name}", "n.tar", _tape(good, kind), "ARCHIVE_UNSAFE_PATH")


def _tape(members: dict[str, bytes], odd: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tape:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
        if odd is not None:
            info = tarfile.TarInfo("odd.xml")
            info.type, info.linkname = odd, "/etc/passwd"
            tape.addfile(info)
    return out.getvalue()


def _twice(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tape:
        for _ in range(2):
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tape.addfile(info, io.BytesIO(content))
    return out.getvalue()
