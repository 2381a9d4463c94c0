"""TED XML, the notices of the Official Journal of the EU before eForms: editions R2.0.8 and R2.0.9, forms F01 to F25, T01 and T02."""

from duecare.records.ted.changes import Change, read_changes
from duecare.records.ted.known import unknown_elements
from duecare.records.ted.read import read_ted

__all__ = ["Change", "read_changes", "read_ted", "unknown_elements"]
