"""Serbian in its two scripts, and in the form that is spoken in Sarajevo."""

from __future__ import annotations

import re

_PAIRS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_LETTERS = dict(zip("abcčćdđefghijklmnoprsštuvzž", "абцчћдђефгхијклмнопрсштувзж", strict=True))
_JEKAVIAN = {
    "smeštaj": "smještaj", "obezbeđenj": "obezbjeđenj", "nameštaj": "namještaj", "zamen": "zamjen", "osvežen": "osvježen",
    "odeć": "odjeć", "snega": "snijega", "bela": "bijela", "izveštaj": "izvještaj", "savetovanj": "savjetovanj",
    "vodomer": "vodomjer", "merne": "mjerne", "mernih": "mjernih",
}  # fmt: skip


def to_cyrillic(text: str) -> str:
    """Serbian Latin to Cyrillic; abbreviations in capitals and words with digits stay as they are."""
    return "".join(_word(part) for part in re.split(r"(\W+)", text))


def _word(word: str) -> str:
    if re.search(r"\d|[qwxy]", word.lower()) or (len(word) > 1 and word.isupper() and len(word) <= 3):
        return word
    letters, place = [], 0
    while place < len(word):
        pair = word[place : place + 2]
        length = 2 if pair.lower() in _PAIRS else 1
        letter = word[place : place + length]
        written = _PAIRS.get(letter.lower()) or _LETTERS.get(letter.lower(), letter)
        letters.append(written.upper() if letter[0].isupper() else written)
        place += length
    return "".join(letters)


def to_jekavian(text: str) -> str:
    """The ekavian titles as they are written in Sarajevo, for the words that occur."""
    for ekavian, jekavian in _JEKAVIAN.items():
        text = re.sub(rf"\b{ekavian}", jekavian, text)
        text = re.sub(rf"\b{ekavian.capitalize()}", jekavian.capitalize(), text)
    return text
