"""Texts of a notice: what says nothing, white space, and the languages of eForms and TED as one kind of code."""

from __future__ import annotations

import re
from functools import lru_cache

from duecare.records.notices.languages import language_code

__all__ = ["is_placeholder", "known", "language_code", "plain", "without_contacts"]

_SPACES = re.compile(r"\s+")
_DROPPED = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 133), *range(134, 160), 0xAD, 0x200B, 0xFEFF])
"""C0 and C1 controls except tab, line feed, carriage return and NEL, and marks without width or meaning."""
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\ufeff]")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = r"\(?\+?\(?\d[\d \u00a0()/.-]{5,18}\d"
_MANY_DIGITS = re.compile(r"\d[\d \u00a0()/.-]{5,18}\d")
"""Found in few texts, and much faster to look for than the words before a number."""
_PHONE = re.compile(
    rf"(?<![\w+.,-])\+\d[\d \u00a0()/.-]{{7,18}}\d|\b(?:tele(?:ph|f)\w*|t[eé]l(?:[eé]f\w*|[eé]ph\w*)?|phone|mobile?|fax|tlf|gsm|тел|факс|τηλ)\b[ .:/]{{0,4}}{_NUMBER}",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+(?:&[^\W_]+)*")
"""``DE&S`` is a name and no two words of referring."""
_MOST_WORDS = 12
_SECTION = re.compile(r"[ivx]{1,5}|ι{1,3}|[0-9]{1,2}|[a-f]", re.IGNORECASE)

# What a text of one word or phrase says when it says nothing, in lower case, words joined by single spaces.
_NOTHING = frozenset(
    """
n a|na|nd|n d|nn|k a|nb|n v t|nvt|tbd|tbc|none|nothing|no|not applicable|not available|not relevant|not specified
not provided|unknown|undefined|null|confidential|title|description|text|foo|bar|lorem ipsum|xx|xxx|xxxx|xxxxx|test
entfällt|keine|keine angabe|keine angaben|nicht zutreffend|unbekannt|néant|neant|sans objet|non applicable|non communiqué
inconnu|aucun|aucune|niet van toepassing|onbekend|geen|non applicabile|nessuno|nessuna|non disponibile|no aplica
no procede|no disponible|ninguno|ninguna|não aplicável|nao aplicavel|brak|nie dotyczy|nie określono|není|není relevantní
neuvedeno|nevzťahuje sa|neuvedené|nincs|nem releváns|nu se aplică|nu este cazul|fără|няма|не е приложимо|неприложимо
ej tillämpligt|ej relevant|ikke relevant|ikke oplyst|ikke aktuelt|ei ole|ei sovelleta|ei kohaldata|puudub|nav|nėra|netaikoma
ni relevantno|ni na voljo|nije primjenjivo|nije primenljivo|nema|нема|не применимо|не применяется|отсутствует|нет
δεν εφαρμόζεται|άνευ|mhux applikabbli|neamhbhainteach|nuk aplikohet
idem|ditto|same|same as above|as above|j w|jw|jak wyżej|wie oben|dito|comme ci dessus|come sopra|ut supra|ut infra
como se indica arriba|zoals hierboven|samme som ovenfor|se ovan|se ovenfor|se over|conform celor de mai sus
identique au lot précédent|gleich wie oben|lo mismo|igual que el anterior
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
# Words that send the reader elsewhere; without one of them a short text is not taken for a reference.
_SEE_WORDS = """
see refer siehe s vgl gemäß gemäss laut wie voir cf confer selon conformément suivant zie conform volgens zoals vedi vedere cfr come
véase vease véanse ver según consultar vide conforme consulte zob patrz zgodnie jak viz dle podle vid vide ako podľa lásd ld szerint
vezi potrivit astfel cum виж вижте съгласно както se jf jfr enligt ifølge katso ks kts vt vaata vastavalt skat skatīt saskaņā kā žr
žiūrėti kaip pagal glej gl kot skladno vidi vidjeti prema kako sukladno skladu βλ βλέπε σύμφωνα όπως ara kif féach mar види видети
према видите см смотри согласно як див shih shiko sipas as stated above below
"""
# Words that only say where: parts of a notice, documents of the tender, above and below, and the words between them.
_WHERE_WORDS = """
section sections field point item box paragraph part lot lots title description short number above below previous preceding former following
attached annex appendix page procurement tender documents document specification specifications technical notice contract terms of
reference in at the under to and a an for other stated described indicated provided given attached internet address website
abschnitt ziffer punkt nummer nr feld oben unten vorstehend los kurze beschreibung bezeichnung titel teil anlage anhang seite
ausschreibungsunterlagen vergabeunterlagen leistungsbeschreibung leistungsverzeichnis unterlagen dokumente bekanntmachung den der die das dem
des und im in unter zu angegeben beschrieben genannt lv
rubrique point champ ci dessus dessous supra infra objet titre description annexe page ccap cctp ccp csc rc dce dossier cahier charges clauses
documents document consultation appel offres marché intitulé du de des la le les l d au aux à a en et section indiqué indiquée dans
punt rubriek veld boven onder hierboven hieronder bijlage titel beschrijving bestek besket aanbestedingsstukken aanbestedingsdocumenten
document documenten de het van in en vermeld beschrijvend leidraad
sezione punto campo sopra sotto oggetto titolo descrizione allegato pagina capitolato disciplinare bando documentazione documenti gara di
del della dei nei nel nella e al lotto indicato
sección apartado punto campo arriba abajo anterior anexo título descripción pliego pliegos documentos documentación contratación expediente
los las el la lo de del en y se indica
secção ponto campo acima abaixo anexo título descrição caderno encargos documentos documentação concurso da do na no os tal como indicado
sekcja sekcji pkt punkt pole pola wyżej powyżej poniżej załącznik tytuł opis swz siwz opz specyfikacja specyfikacji dokumentacji dokumentacja
dokumenty zamówienia w z część
oddíl oddíle bod bodě bodu pole výše níže příloha název popis zadávací dokumentace dokumentaci podmínky v část
oddiel bod vyššie nižšie príloha názov opis súťažné podklady súťažných podkladoch v časť
szakasz szakaszban pont pontban fent fenti lent alább melléklet cím leírás közbeszerzési dokumentáció dokumentációt dokumentumok dokumentumokban a az
secțiunea sectiunea punctul pct sus jos mai anexa titlu descriere caiet caietul sarcini documentația documentatia atribuire fișa de date la
раздел точка т поле горе долу по приложение наименование описание документация документацията обществена поръчка за в на техническа спецификация
afsnit punkt pkt felt ovenfor nedenfor bilag titel beskrivelse udbudsmateriale udbudsmaterialet udbudsdokumenterne i
avsnitt ovan nedan bilaga titel beskrivning upphandlingsdokument upphandlingsdokumenten förfrågningsunderlag förfrågningsunderlaget underlag
over ovenfor vedlegg tittel beskrivelse konkurransegrunnlag konkurransegrunnlaget
kohta kohdassa yllä alla liite liitteet kuvaus otsikko hankinta asiakirjat asiakirjoissa tarjouspyyntö tarjouspyynnössä
jagu punkt ülal eespool all lisa pealkiri kirjeldus hankedokumendid hankedokumente hankedokumentides
iedaļa iedaļā punkts augstāk iepriekš zemāk pielikums nosaukums apraksts iepirkuma dokumentos dokumenti nolikums tehniskā specifikācija
skirsnis punktas aukščiau žemiau priedas pavadinimas aprašymas pirkimo dokumentai dokumentuose sąlygos
oddelek točka zgoraj spodaj priloga naslov opis razpisna dokumentacija dokumentaciji razpisni v
odjeljak u točka gore dolje iznad ispod prilog naziv opis dokumentacija dokumentaciji dokumentacije o nabavi tenderska
одељак тачка горе доле изнад испод прилог назив опис документација документацији набавци
τμήμα σημείο σημεια πεδίο ανωτέρω παραπάνω κατωτέρω παράρτημα τίτλος περιγραφή έγγραφα διακήρυξη διακήρυξης διαγωνισμού στο στα το τη
taqsima punt fuq taħt dokumenti tal ksib alt cuid thuas thíos doiciméid
seksioni pika sipër lart poshtë shtojca titulli përshkrimi dokumentet tenderit dosja e
раздел пункт выше ниже приложение название описание документация документации закупки розділ вище нижче додаток назва опис
"""
_SEE, _WHERE = frozenset(_SEE_WORDS.split()), frozenset(_WHERE_WORDS.split())


def plain(text: str) -> str:
    """The text in one line: white space joined, control characters and soft hyphens dropped, ends trimmed."""
    if _HIDDEN.search(text):
        text = text.translate(_DROPPED)
    return _SPACES.sub(" ", text).strip()


def known(text: str | None) -> str:
    """``plain(text)``, or "" where the text is missing or a placeholder."""
    told = plain(text) if text else ""
    return "" if not told or is_placeholder(told) else told


@lru_cache(maxsize=1024)
def without_contacts(text: str) -> str:
    """The text with e-mail addresses and telephone numbers struck out, which notices also write into descriptions.

    A number is struck out after a word for telephone or fax, or where it begins with a plus sign and has nine digits or
    more. Names of contact persons inside of a sentence cannot be told from other names and stay.
    """
    if "@" in text:
        text = _MAIL.sub("[e-mail]", text)
    return _PHONE.sub("[phone]", text) if _MANY_DIGITS.search(text) else text


@lru_cache(maxsize=16384)
def is_placeholder(text: str) -> bool:
    """Whether a text says nothing about a purchase: "***", "n/a", "see section II.1.4)", "siehe oben", "idem".

    True also for no text. A text is a reference only when every word of it is a word of referring, so that "see also the
    cleaning of windows" stays a text; numbers of sections count as such words. A single letter or number is not a
    placeholder here: it may be the number of a lot.
    """
    words = _WORDS.findall(text.casefold())
    if not words:
        return True
    if len(words) > _MOST_WORDS:
        return False
    if " ".join(words) in _NOTHING:
        return True
    refers = any(word in _SEE for word in words)
    told = [word for word in words if word not in _SEE and word not in _WHERE and not _SECTION.fullmatch(word)]
    return (refers and not told and len(words) > 1) or _is_section(text)


def _is_section(text: str) -> bool:
    """``II.2.4)`` alone: a section of the standard form."""
    return re.fullmatch(r"\W*(I|II|III|IV|V|VI)\.[0-9](\.[0-9]{1,2})?\W*", text) is not None
