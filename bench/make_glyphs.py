"""Find out which characters the typesetter's own fonts can draw, and write them as ranges to assets/glyphs.json.

python bench/make_glyphs.py [FIRST LAST]      a range of code points in hexadecimal; without one, all that are assigned

A document for people with disabilities (PDF/UA-1) must not hold a character that no font draws: the typesetter refuses it. So a block is
typeset as a whole, and halved for as long as it is refused. Takes minutes; run it when the version of typst changes.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import typst

TARGET = Path(__file__).resolve().parents[1] / "duecare" / "communicate" / "assets" / "glyphs.json"
DOCUMENT = b'#set document(title: "glyphs")\n#set text(lang: "en")\n#text(sys.inputs.text)\n'
UNASSIGNED = ("Cn", "Cs", "Co", "Cc")


def drawable(codes: list[int]) -> Iterator[int]:
    """The code points of a block that can be drawn, by halving it for as long as the typesetter refuses it."""
    if not codes:
        return
    try:
        text = " ".join(map(chr, codes))
        typst.compile(DOCUMENT, ignore_system_fonts=True, pdf_standards=["ua-1"], sys_inputs={"text": text})
        yield from codes
    except BaseException as refused:  # the typesetter can also panic, which is no Exception
        if isinstance(refused, KeyboardInterrupt | SystemExit):
            raise
        if len(codes) > 1:
            middle = len(codes) // 2
            yield from drawable(codes[:middle])
            yield from drawable(codes[middle:])


def ranges(codes: Iterator[int]) -> list[list[int]]:
    """Neighbours as pairs of first and last."""
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def main(arguments: list[str]) -> None:
    """Write the ranges, or print those of a part."""
    first, last = (int(text, 16) for text in arguments) if arguments else (0x20, 0x1FFFF)
    assigned = [code for code in range(first, last + 1) if unicodedata.category(chr(code)) not in UNASSIGNED]
    blocks = (assigned[start : start + 256] for start in range(0, len(assigned), 256))
    found = ranges(code for block in blocks for code in drawable(block))
    if arguments:
        print(json.dumps(found))
    else:
        TARGET.write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
