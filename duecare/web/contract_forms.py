"""The forms of a contract's page. What names or reaches a person is refused in the field itself, before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from duecare.casebook import freetext
from duecare.casebook.acts.decisions import BANDS, LEAST_WHY
from duecare.casebook.models import EvidenceFile, Person
from duecare.communicate import words
from duecare.communicate.i18n import Translator, msgid
from duecare.web.forms import Form
from duecare.web.thread_view import KINDS, STATES, Row

REFUSED = {
    "email": msgid(
        "This looks like an e-mail address. Leave out what names or reaches a person: many can read this, and it is kept for years."
    ),
    "iban": msgid(
        "This looks like a bank account number. Leave out what names or reaches a person: many can read this, and it is kept for years."
    ),
    "phone": msgid(
        "This looks like a telephone number. Leave out what names or reaches a person: many can read this, and it is kept for years."
    ),
    "number": msgid(
        "This looks like an identity or passport number. Leave out what names or reaches a person: many can read this, and it is kept for years."
    ),
}
HELP = msgid("No names, telephone numbers or addresses of people: many can read this.")
DECISION_KINDS = {
    "act": msgid("Act: something is done about it"),
    "escalate": msgid("Escalate: somebody above must decide"),
    "defer": msgid("Put off until a day"),
    "accept": msgid("Accept the rest of the risk until a day"),
    "close": msgid("Close: nothing more can be done here until a day"),
}
OWNERS = ("PO", "RQ", "CM", "FP", "LG", "FIN", "SM")


def no_data_of_people(text: str) -> None:
    """Refuse a text with contact data or numbers of people (METHOD 8.6, rule 3)."""
    if found := freetext.found_in(text):
        raise ValidationError(REFUSED[found[0]], code="people")


def long_text(label: str, help_text: str = HELP, **more: Any) -> forms.CharField:
    """A field for several sentences."""
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=area,
        max_length=freetext.MOST_CHARACTERS,
        validators=[no_data_of_people],
        **more,
    )


def day(label: str, help_text: str = "", **more: Any) -> forms.DateField:
    """A field for a day of the calendar."""
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class LinkForm(Form):
    """One more link of the thread."""

    kind = forms.ChoiceField(label=msgid("What is added"), choices=list(KINDS.items()))
    answers = forms.ChoiceField(label=msgid("What it answers"), required=False)
    text = long_text(msgid("In a few sentences"), min_length=3)
    owner_role = forms.ChoiceField(
        label=msgid("Who takes care of it"), required=False, choices=[("", ""), *((r, words.ROLES[r]) for r in OWNERS)]
    )
    due = day(msgid("Until when"), required=False)
    evidence = forms.MultipleChoiceField(
        label=msgid("Evidence files"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, rows: Sequence[Row], files: Sequence[EvidenceFile], tr: Translator, **more: Any
    ) -> None:
        super().__init__(*args, tr=tr, auto_id="add-%s", **more)
        named = [(row.ref, f"{tr.t(KINDS[row.kind])}: {row.text[:90]}") for row in rows if row.state != "dropped"]
        self.fields["answers"].choices = [("", tr.t("Nothing: it is a new reason")), *named]  # type: ignore[attr-defined]
        self.fields["evidence"].choices = [(file.oid, file.title) for file in files]  # type: ignore[attr-defined]
        if not files:
            del self.fields["evidence"]


class EventForm(Form):
    """What became of a link."""

    state = forms.ChoiceField(label=msgid("What became of it"))
    note = long_text(msgid("Note"), required=False)

    def __init__(self, *args: Any, states: Sequence[str], oid: str, tr: Translator, **more: Any) -> None:
        super().__init__(*args, tr=tr, auto_id=f"{oid}-%s", **more)
        self.fields["state"].choices = [(state, tr.t(STATES[state])) for state in states]  # type: ignore[attr-defined]
        self.fields["note"].widget.attrs["rows"] = 2


class DecisionForm(Form):
    """A decision about the finding."""

    kind = forms.ChoiceField(label=msgid("Decision"), choices=list(DECISION_KINDS.items()), widget=forms.RadioSelect)
    what = long_text(msgid("What is done, by whom in which role"), min_length=3)
    why = long_text(
        msgid("Why"),
        msgid("So that somebody can follow it in two years. No names, telephone numbers or addresses of people."),
        min_length=LEAST_WHY,
    )
    expires = day(
        msgid("Looked at again on"),
        msgid("Needed where things stay as they are; at most one year ahead."),
        required=False,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, auto_id="decide-%s", **more)


class EstimateForm(Form):
    """One's own estimate, before the band is shown."""

    band = forms.ChoiceField(
        label=msgid("What likelihood of forced labour do you expect here?"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, tr: Translator, **more: Any) -> None:
        super().__init__(*args, tr=tr, auto_id="own-%s", **more)
        self.fields["band"].choices = [(band, tr.t(words.BANDS[band])) for band in BANDS]  # type: ignore[attr-defined]


class PeopleForm(Form):
    """Who manages the contract and who is its focal point."""

    manager = forms.ChoiceField(label=msgid("Contract manager"), required=False)
    focal_point = forms.ChoiceField(label=msgid("Anti-trafficking focal point"), required=False)

    def __init__(self, *args: Any, candidates: dict[str, list[Person]], tr: Translator, **more: Any) -> None:
        super().__init__(*args, tr=tr, auto_id="people-%s", **more)
        for name, people in candidates.items():
            self.fields[name].choices = [("", tr.t("nobody yet")), *((one.oid, str(one)) for one in people)]  # type: ignore[attr-defined]
