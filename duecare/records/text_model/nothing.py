"""Texts that name no purchase ("Lot 3", "Los 1", "Część IV", "see short description"): they are read as empty."""

from __future__ import annotations

import re

LONGEST = 80
"""characters; a longer text is never judged"""
_LOT = """
lot lots lote lotes lotto lotti lotul loturi los lose loti loten perceel percelen delkontrakt delaftale
anbudsområde osa osat erä część czesc zadanie pakiet cast část časť dalis daļa dala rész resz sklop del
grupa grupė група партида лот лоти частина часть обособена позиция партија τμήμα τμημα ομάδα ομαδα partie
parte part pjesa pj partida group item position pos kısım լոտ չափաբաժին no nr n num number numéro numero
número º nº № br č αρ αριθ št sz the of de di du an a b c d e f g and
"""
_POINTER = """
please see refer to as per the in short above attached procurement tender documents document description
field notice specification specifications voir ci dessus cctp ccap siehe oben vergabeunterlagen
leistungsbeschreibung kurzbeschreibung véase ver pliego pliegos jak wyżej zgodnie z siwz conform caietului
sarcini anexei de згідно додатку n a na null
"""
LOT, POINTER = frozenset(_LOT.split()), frozenset(_POINTER.split())
_WORD = re.compile(r"\w+")
_COUNT = re.compile(r"[ivxlc]+|[a-z]?\d+[a-z]?")


def says_nothing(text: str) -> bool:
    """Whether a text is only the number of a lot, or only points elsewhere; a text of numbers says nothing either."""
    if len(text) > LONGEST:
        return False
    low = text.lower()
    first = _WORD.search(low)
    if first and (word := first[0]) not in LOT and word not in POINTER and not _COUNT.fullmatch(word):
        return False
    words = _WORD.findall(low)
    return all(w in LOT or _COUNT.fullmatch(w) for w in words) or all(w in POINTER for w in words)
