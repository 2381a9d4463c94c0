"""The second tier on real embeddings: only unsure texts are read again, what it says is better."""

from __future__ import annotations

import pytest

from duecare.records.text_model import TextModel, load_model
from duecare.records.text_model.model import UNSURE
from duecare.records.text_model.sentences import is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason="the package of sentence embeddings is not installed")

UNSURE_TEXTS = ["Lieferung von Arbeitshandschuhen", "Rënia e policisë", "Rahmenvereinbarung"]
SURE_TEXTS = ["Office cleaning services for the town hall", "Construction of a primary school"]


@pytest.fixture(scope="module")
def second() -> TextModel:
    return load_model("on")


def test_only_unsure_texts_are_read_again(second: TextModel) -> None:
    first = dict(zip(SURE_TEXTS, load_model("off").guess_many(SURE_TEXTS), strict=True))
    found = dict(zip(SURE_TEXTS + UNSURE_TEXTS, second.guess_many(SURE_TEXTS + UNSURE_TEXTS), strict=True))
    assert {text: found[text] for text in SURE_TEXTS} == first
    assert {found[text].how for text in UNSURE_TEXTS} == {"predicted-2"}
    assert all(0 <= guess.confidence <= 1 for guess in found.values())


def test_embeddings_tell_work_gloves_from_medical_goods(second: TextModel) -> None:
    [before], [after] = load_model("off").guess_many(UNSURE_TEXTS[:1]), second.guess_many(UNSURE_TEXTS[:1])
    assert before.confidence < UNSURE
    assert before.division == "33"
    assert (after.division, after.category) == ("18", "CAT08")


def test_a_lots_number_is_not_embedded(second: TextModel) -> None:
    [guess] = second.guess_many(["Lot 3"])
    assert guess.how == "predicted"
