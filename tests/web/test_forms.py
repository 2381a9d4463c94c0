"""Forms: inputs are drawn as Django draws them, labels and errors in the reader's language, nothing a user wrote runs."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

EVIL = "\"><script>alert(1)</script>{{7*7}}'"


class Tags(HTMLParser):
    """Tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def form(home: Any) -> Any:
    """A form with one field of each kind, sent with wrong and evil values, in French."""
    from django import forms

    from duecare.web.forms import Form
    from duecare.web.languages import translator

    class Each(Form):
        """One of each."""

        text = forms.CharField(label="Name", max_length=5, help_text="Language")
        number = forms.IntegerField(label="Level", min_value=1, max_value=3, required=False)
        mail = forms.EmailField(label="Title")
        day = forms.DateField(label="day", required=False)
        tick = forms.BooleanField(label="Level", initial=True, required=False)
        hidden = forms.CharField(widget=forms.HiddenInput, required=False)
        password = forms.CharField(widget=forms.PasswordInput, required=False)
        file = forms.FileField(label="Title", required=False)
        one = forms.ChoiceField(label="Level", choices=[("a", "High"), ("b", "Low")])
        several = forms.MultipleChoiceField(
            label="Level", choices=[("a", "High")], widget=forms.CheckboxSelectMultiple, required=False
        )
        long = forms.CharField(widget=forms.Textarea, required=False)

    sent = {
        "text": EVIL,
        "number": "7",
        "mail": "",
        "tick": "on",
        "hidden": EVIL,
        "password": EVIL,
        "one": "c",
        "long": EVIL,
    }
    return Each(sent, tr=translator("fr"))


def test_inputs_are_drawn_as_django_draws_them(form: Any) -> None:
    from duecare.web.forms import control

    for field in form:
        ours = Tags(str(control(field, form.tr))).found
        theirs = Tags(field.as_widget()).found
        for (tag, attributes), (their_tag, their_attributes) in zip(ours, theirs, strict=True):
            kept = {k: v for k, v in attributes.items() if k not in ("aria-describedby", "aria-invalid")}
            expected = {k: v for k, v in their_attributes.items() if k not in ("aria-describedby", "aria-invalid")}
            assert (tag, kept) == (their_tag, expected), field.name


def test_errors_and_help_are_tied_to_their_input(form: Any) -> None:
    from duecare.web.forms import control

    ((_, attributes),) = Tags(str(control(form["text"], form.tr))).found
    assert attributes["aria-invalid"] == "true"
    assert attributes["aria-describedby"] == "id_text-help id_text-error"
    ((_, attributes),) = Tags(str(control(form["day"], form.tr))).found
    assert "aria-invalid" not in attributes
    assert "aria-describedby" not in attributes


def test_nothing_that_a_user_wrote_runs(form: Any, client_for: Any) -> None:
    from duecare.web.engine import environment

    parts = environment("en").get_template("parts.html.jinja").module
    drawn = str(parts.form_fields(form))
    assert EVIL in form["long"].value()
    assert "<script" not in drawn
    assert "49" not in drawn
    assert 'value="&#34;&gt;&lt;script' not in drawn.partition('name="password"')[2][:80], (
        "a password is never sent back"
    )
    page = client_for(None).post("/sign-in", {"login": EVIL, "password": "x"}).content.decode()
    assert "<script>alert" not in page
    assert "49" not in page.partition("<main")[2]


def test_errors_are_said_by_their_kind_with_their_numbers(form: Any) -> None:
    from duecare.web.forms import errors_of
    from duecare.web.languages import translator

    english = translator("en")
    assert errors_of(form["text"].errors, english) == [f"At most 5 characters; this has {len(EVIL)}."]
    assert errors_of(form["number"].errors, english) == ["At most 3."]
    assert errors_of(form["mail"].errors, english) == ["Please fill this in."]
    assert errors_of(form["one"].errors, english) == ["Please choose one of the values offered."]


def test_choices_and_labels_are_in_the_readers_language(form: Any) -> None:
    from duecare.web.forms import label_of

    assert [text for _, text in form.fields["one"].choices] == [form.tr.t("High"), form.tr.t("Low")] != ["High", "Low"]
    assert label_of(form["one"], form.tr) == form.tr.t("Level")
