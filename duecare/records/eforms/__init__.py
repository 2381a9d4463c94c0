"""eForms notices (UBL 2.3, SDK 1.x) to the words that all notices share."""

from duecare.records.eforms.elements import unknown_elements
from duecare.records.eforms.read import read_eforms

__all__ = ["read_eforms", "unknown_elements"]
