"""Which form a notice is, what it does in a procedure, and in which languages it is written."""

from __future__ import annotations

from dataclasses import dataclass

from duecare.records.notices.languages import language_code
from duecare.records.notices.notice import COMPETITION, CORRECTION, MODIFICATION, OTHER, PLANNING, RESULT
from duecare.records.ted.tree import Element, Faults, attribute, first, name_of


@dataclass(frozen=True, slots=True)
class Form:
    """One standard form. ``is_earlier``: its sections have the structure of R2.0.8, which defence forms kept until the end."""

    number: str
    kind: str
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """The form in one language."""

    language: str
    element: Element


@dataclass(frozen=True, slots=True)
class Written:
    """A notice's form in all its languages, the original one first."""

    form: Form
    entries: tuple[Entry, ...]

    @property
    def original(self) -> Element:
        """The form in its first original language."""
        return self.entries[0].element


_CURRENT = {
    "F01": PLANNING,  # prior information notice; NOTICE@TYPE may make it a call for competition
    "F02": COMPETITION,  # contract notice
    "F03": RESULT,  # contract award notice
    "F04": PLANNING,  # periodic indicative notice, utilities
    "F05": COMPETITION,  # contract notice, utilities
    "F06": RESULT,  # contract award notice, utilities
    "F07": COMPETITION,  # qualification system, utilities: suppliers may apply at any time
    "F08": PLANNING,  # notice on a buyer profile
    "F12": COMPETITION,  # design contest
    "F13": RESULT,  # results of a design contest
    "F14": CORRECTION,  # corrigendum
    "F15": RESULT,  # voluntary ex ante transparency notice: it names the chosen winner
    "F20": MODIFICATION,  # modification of a contract during its term
    "F21": COMPETITION,  # social and other specific services; NOTICE@TYPE says which of five notices it is
    "F22": COMPETITION,  # the same, utilities
    "F23": COMPETITION,  # the same, concessions
    "F24": COMPETITION,  # concession notice
    "F25": RESULT,  # concession award notice
}
_EARLIER = {
    "PRIOR_INFORMATION": ("F01", PLANNING),
    "CONTRACT": ("F02", COMPETITION),
    "CONTRACT_AWARD": ("F03", RESULT),
    "PERIODIC_INDICATIVE_UTILITIES": ("F04", PLANNING),
    "CONTRACT_UTILITIES": ("F05", COMPETITION),
    "CONTRACT_AWARD_UTILITIES": ("F06", RESULT),
    "QUALIFICATION_SYSTEM_UTILITIES": ("F07", COMPETITION),
    "BUYER_PROFILE": ("F08", PLANNING),
    "SIMPLIFIED_CONTRACT": ("F09", COMPETITION),  # on a dynamic purchasing system
    "CONCESSION": ("F10", COMPETITION),
    "CONTRACT_CONCESSIONAIRE": ("F11", COMPETITION),
    "DESIGN_CONTEST": ("F12", COMPETITION),
    "RESULT_DESIGN_CONTEST": ("F13", RESULT),
    "ADDITIONAL_INFORMATION_CORRIGENDUM": ("F14", CORRECTION),
    "VOLUNTARY_EX_ANTE_TRANSPARENCY_NOTICE": ("F15", RESULT),
    "PRIOR_INFORMATION_DEFENCE": ("F16", PLANNING),
    "CONTRACT_DEFENCE": ("F17", COMPETITION),
    "CONTRACT_AWARD_DEFENCE": ("F18", RESULT),
    "CONTRACT_CONCESSIONAIRE_DEFENCE": ("F19", COMPETITION),  # subcontracts
    "PRIOR_INFORMATION_MOVE": ("T01", PLANNING),  # public passenger transport
    "CONTRACT_MOVE": ("T02", RESULT),
    "OTH_NOT": ("OTH_NOT", OTHER),  # prose without any structure
    "EEIG": ("EEIG", OTHER),  # European economic interest grouping: no purchase
}
FORMS: dict[str, Form] = {
    **{f"{number}_2014": Form(number, kind) for number, kind in _CURRENT.items()},
    **{name: Form(number, kind, is_earlier=True) for name, (number, kind) in _EARLIER.items()},
}
TRANSPORT = "MOVE"
"""Public passenger transport in R2.0.9: one element for two forms, told apart by its FORM."""
_TRANSPORT_FORMS = {"T01": Form("T01", PLANNING), "T02": Form("T02", RESULT)}
NOT_A_FORM = "NOTICE_UUID"
"""Stands beside the forms since 2021: only an identifier of the sender."""

_KINDS_OF_TYPE: dict[str, str] = {
    **dict.fromkeys(("PRI_ONLY", "PRI_REDUCING_TIME_LIMITS", "PER_ONLY", "PER_REDUCING_TIME_LIMITS"), PLANNING),
    **dict.fromkeys(("PRI_CALL_COMPETITION", "PER_CALL_COMPETITION", "CONTRACT", "PRI"), COMPETITION),
    **dict.fromkeys(("QSU_ONLY", "QSU_CALL_COMPETITION"), COMPETITION),
    **dict.fromkeys(("AWARD_CONTRACT", "CONCESSION_AWARD_CONTRACT"), RESULT),
}
"""``NOTICE@TYPE``; ``PRI`` alone is F23, where prior information takes the place of the concession notice."""


def written(root: Element, faults: Faults) -> Written | None:
    """The form of a notice with all its languages, or a fault for a form that is not known."""
    section = first(root, "FORM_SECTION")
    entries = [one for one in section if name_of(one) not in ("", NOT_A_FORM)] if section is not None else []
    entries.sort(key=lambda one: one.get("CATEGORY") != "ORIGINAL")
    if not entries:
        faults.append(("MISSING_FIELD", "FORM_SECTION", "", "The notice has no form."))
        return None
    form = _form_of(entries[0])
    if form is None:
        detail = "This form is none of TED's standard forms, so that it is uncertain what the notice says."
        faults.append(("UNKNOWN_FORMAT", "FORM_SECTION", name_of(entries[0])[:200], detail))
        return None
    form = _with_kind(form, entries[0], faults)
    same = [one for one in entries if name_of(one) == name_of(entries[0])]
    return Written(form, tuple(Entry(language_code(attribute(one, "LG")), one) for one in same))


def _form_of(element: Element) -> Form | None:
    name = name_of(element)
    return _TRANSPORT_FORMS.get(attribute(element, "FORM")) if name == TRANSPORT else FORMS.get(name)


def _with_kind(form: Form, element: Element, faults: Faults) -> Form:
    declared = attribute(first(element, "NOTICE"), "TYPE")
    if not declared:
        return form
    kind = _KINDS_OF_TYPE.get(declared)
    if kind is None:
        faults.append(("UNKNOWN_FORMAT", "NOTICE", declared[:200], "This type of notice is not known."))
        return form
    if kind in (PLANNING, COMPETITION) and first(element, "AWARD_CONTRACT", "AWARDED_CONTRACT") is not None:
        kind = RESULT  # real buyers tick the wrong box of F21: who names the winners tells of a result
    return Form(form.number, kind, form.is_earlier)
