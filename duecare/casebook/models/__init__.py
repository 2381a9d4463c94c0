"""What the record holds. Every object has an id of 128 random bits; what a person judged is never changed or deleted."""

from duecare.casebook.models.contracts import Contract, ThreadEvent, ThreadLink
from duecare.casebook.models.files import EvidenceFile
from duecare.casebook.models.judgements import (
    Decision,
    Override,
    OverrideSignature,
    OverrideWithdrawal,
    OwnEstimate,
    PeerReview,
    QuarantineReview,
    Rerating,
    Workshop,
    WorkshopItem,
    WorkshopRating,
    WorkshopReveal,
)
from duecare.casebook.models.log import AuditEntry
from duecare.casebook.models.people import ApiKey, Assignment, Invitation, Person, Structure
from duecare.casebook.models.plans import Action, Engagement, Training
from duecare.casebook.models.readings import ReadingAnswer, ReadingProposal
from duecare.casebook.models.settings import Setting
from duecare.casebook.models.uploads import SavedMap, Upload
from duecare.casebook.models.work import Job

__all__ = [
    "Action",
    "ApiKey",
    "Assignment",
    "AuditEntry",
    "Contract",
    "Decision",
    "Engagement",
    "EvidenceFile",
    "Invitation",
    "Job",
    "Override",
    "OverrideSignature",
    "OverrideWithdrawal",
    "OwnEstimate",
    "PeerReview",
    "Person",
    "QuarantineReview",
    "ReadingAnswer",
    "ReadingProposal",
    "Rerating",
    "SavedMap",
    "Setting",
    "Structure",
    "ThreadEvent",
    "ThreadLink",
    "Training",
    "Upload",
    "Workshop",
    "WorkshopItem",
    "WorkshopRating",
    "WorkshopReveal",
]

APPEND_ONLY = (
    AuditEntry,
    Decision,
    Override,
    OverrideSignature,
    OverrideWithdrawal,
    OwnEstimate,
    PeerReview,
    QuarantineReview,
    ReadingAnswer,
    ReadingProposal,
    Rerating,
    ThreadEvent,
    ThreadLink,
    WorkshopItem,
    WorkshopRating,
    WorkshopReveal,
)
"""Tables that the database itself refuses to change or delete from."""
