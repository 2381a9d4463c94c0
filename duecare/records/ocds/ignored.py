"""Which fields of a source are not used: their names are listed, so that nothing a publisher says goes unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from duecare.records.ocds.fields import decode_any
from duecare.records.ocds.standard import field_named, standard
from duecare.records.ocds.structure import Words
from duecare.records.ocds.types import RELEASE

_BITS = 16
MOST_PATHS = 500
_ENVELOPE = frozenset({"releases", "records", "compiledRelease", "versionedRelease", "ocid"})

_LEAF = "any"
_CRITERIA = [{"type": _LEAF, "numbers": [{"number": _LEAF, "weight": _LEAF}]}]
_STATISTICS = [dict.fromkeys(("measure", "value", "currency", "relatedLot", "relatedLots"), _LEAF)]
_PAYMENTS = [
    {**dict.fromkeys(("date", "dueDate", "invoiceDate"), _LEAF), "relatedImplementationMilestone": {"id": _LEAF}}
]
_INSIDE: dict[str, Any] = {
    "awardCriteria": {"criteria": _CRITERIA},
    "bids": {"statistics": _STATISTICS},
    "contractTerms": {"reservedExecution": _LEAF},
    "deliveryLocation": {"gazetteer": {"scheme": _LEAF, "identifiers": _LEAF}},
    "details": {"classifications": [{"scheme": _LEAF, "id": _LEAF}], "scale": _LEAF},
    "estimatedValue": {"amount": _LEAF, "currency": _LEAF},
    "exclusionGrounds": {"criteria": [{"type": _LEAF}]},
    "implementation": {"transactions": _PAYMENTS, "milestones": [{"id": _LEAF, "dueDate": _LEAF}]},
    "maximumValue": {"amount": _LEAF, "currency": _LEAF},
    "otherRequirements": {"reservedParticipation": _LEAF},
    "procedure": {"isAccelerated": _LEAF},
    "renewal": {"maximumRenewals": _LEAF},
    "subcontracting": dict.fromkeys(("maximumPercentage", "minimumPercentage", "percentage"), _LEAF),
    "sustainability": [{"goal": _LEAF}],
    "techniques": {
        **dict.fromkeys(("hasFrameworkAgreement", "hasDynamicPurchasingSystem"), _LEAF),
        "frameworkAgreement": {"method": _LEAF},
        "dynamicPurchasingSystem": {"type": _LEAF},
    },
}
"""What is used within the objects that are read leniently, by the name of the field that holds them."""


class FieldNames:
    """Collects the paths of fields that are not used.

    Walking every value would cost more than reading it. The hashes of all names of a block, which the proof of its structure
    gives, are compared with those met before instead; only a block with a new name is walked. So every name is listed, with the
    paths where it stood in the first block that had it.
    """

    def __init__(self) -> None:
        self.paths: dict[str, None] = {}
        self._met: set[int] = set()
        self._seen = np.zeros(1 << _BITS, np.uint64)

    def look(self, names: Words, texts: Sequence[bytes]) -> None:
        """Look at a block: the hashes of its names and its texts."""
        places = names >> np.uint64(64 - _BITS)
        fresh = names[self._seen[places] != names]
        if not len(fresh):
            return
        self._seen[places] = names
        found = set(fresh.tolist())
        if found <= self._met:  # two names that share a place put each other out
            return
        self._met |= found
        for text in texts:
            if text and not text.isspace():
                self.look_at(decode_any(text))

    def look_at(self, value: Any) -> None:
        """Walk one value and note the paths that are not used."""
        if len(self.paths) < MOST_PATHS:
            self._walk(value, RELEASE, "")

    def _walk(self, value: Any, known: Any, path: str) -> None:
        if type(value) is list:
            for one in value:
                self._walk(one, known[0] if type(known) is list else known, path)
        elif type(value) is dict and type(known) in (dict, list):
            table = known if type(known) is dict else known[0] if type(known[0]) is dict else {}
            for key, one in value.items():
                inner = table.get(key) or (RELEASE if key in _ENVELOPE and not path else None)
                if inner == _LEAF:
                    inner = _INSIDE.get(key, _LEAF)
                if inner is None:
                    self.paths[f"{path}{key}"] = None
                else:
                    self._walk(one, inner, "" if key in _ENVELOPE else f"{path}{key}/")


def unknown_to_standard(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the paths that neither OCDS 1.1.5 nor the profile for eForms names; below such a field nothing is known."""
    return tuple(path for path in paths if not _is_standard(path))


def _is_standard(path: str) -> bool:
    known = standard()
    fields = known.objects["Release"]
    for name in path.split("/"):
        field = field_named(fields, name)
        if field is None:
            return False
        fields = known.fields_of(field) or {}
    return True


__all__ = ["MOST_PATHS", "FieldNames", "unknown_to_standard"]
