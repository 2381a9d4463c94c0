"""The shipped text model: what it says of plain titles in many languages, how sure it is, and that its arithmetic is right."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.records.text_model import Alternative, Beside, Guess, TextModel, load_model, sentences
from duecare.records.text_model.context import NO_WORDS, read_context, words_name
from duecare.records.text_model.features import Features, read_features, read_word_features
from duecare.records.text_model.letters import SPACE, read_letters
from duecare.records.text_model.model import UNSURE
from duecare.records.text_model.nothing import says_nothing
from duecare.records.text_model.score import hidden_layer
from duecare.records.text_model.sentences import read_head
from duecare.records.text_model.weights import SHIPPED, read_weights


@pytest.fixture(scope="module")
def model() -> TextModel:
    return load_model("off")


CLEANING = [
    "Office cleaning services for the town hall",
    "Servicio de limpieza de edificios municipales",
    "Unterhaltsreinigung in Schulen",
    "Prestations de nettoyage des locaux",
    "Usługi sprzątania budynków",
    "Servicii de curățenie a birourilor",
    "Pastrimi i objekteve të komunës",
    "Услуги за почистване на сгради",
    "Usluge čišćenja poslovnih prostorija",
    "Услуге чишћења пословних просторија",
    "Послуги з прибирання приміщень",
]


@pytest.mark.parametrize("text", CLEANING)
def test_cleaning_is_found_in_many_languages(model: TextModel, text: str) -> None:
    [guess] = model.guess_many([text])
    assert (guess.division, guess.category) == ("90", "CAT03")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Security guard services at the museum", "CAT04"),
        ("Construction of a primary school", "CAT06"),
        ("Catering for the hospital canteen", "CAT11"),
        ("Suministro de uniformes para la policía", "CAT07"),
        ("Laptops and desktop computers", "CAT02"),
        ("Supply of temporary staff", "CAT16"),
        ("Collection of household waste", "CAT13"),
        ("Fleisch und Wurstwaren", "CAT15"),
    ],
)
def test_risk_categories_are_found(model: TextModel, text: str, category: str) -> None:
    assert model.guess_many([text])[0].category == category


@pytest.mark.parametrize("text", ["Lot 3", "Los 1", "Lote nº 2", "Część 4", "", "   ", "12345", "...", "日本"])
def test_a_text_that_says_nothing_gets_no_confident_guess(model: TextModel, text: str) -> None:
    assert model.guess_many([text])[0].confidence < 0.5


def test_order_and_repeats_are_kept(model: TextModel) -> None:
    found = model.guess_many(["Bread", "Office cleaning", "Bread"])
    assert found[0] == found[2] != found[1]
    assert model.guess_many([]) == []


def test_a_guess_holds_together(model: TextModel) -> None:
    for guess in model.guess_many([*CLEANING, "Lot 3", "Diesel fuel"]):
        assert isinstance(guess, Guess)
        assert guess.cpv.startswith(guess.division)
        assert 2 <= len(guess.cpv) <= 5
        assert len(guess.alternatives) == 3
        chances = [guess.confidence, *(a.confidence for a in guess.alternatives)]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1.001
        assert guess.division not in {a.division for a in guess.alternatives}
        assert all(isinstance(a, Alternative) and a.cpv.startswith(a.division) for a in guess.alternatives)
        assert guess.how == "predicted"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_text_breaks_it_and_company_does_not_matter(texts: list[str]) -> None:
    model = load_model("off")
    together = model.guess_many(texts)
    for text, guess in zip(texts, together, strict=True):
        [alone] = model.guess_many([text])
        assert alone.confidence == pytest.approx(guess.confidence, abs=2e-4)


def test_scripts_of_one_language_read_alike() -> None:
    assert (
        read_letters(["čišćenje snega Ljubić"]).letter.tolist() == read_letters(["чишћење снега Љубић"]).letter.tolist()
    )


def test_letters_lose_accents_case_and_other_signs() -> None:
    assert read_letters(["  Émile,\nNº 4"]).letter.tolist() == [0, 5, 13, 9, 12, 5, 0, 14, 15, 0, 27, 0]
    assert read_letters(["", ""]).text.tolist() == [0, 1, 2]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab 1", max_size=12), min_size=1, max_size=4))
def test_features_are_those_of_each_text_alone(texts: list[str]) -> None:
    together = read_features(texts, 16)
    for i, text in enumerate(texts):
        alone = read_features([text], 16).row
        part = together.row[together.start[i] : together.start[i + 1]]
        assert sorted(part) == sorted(alone)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab 1", max_size=12), min_size=1, max_size=4))
def test_features_by_words_are_the_same_features(texts: list[str]) -> None:
    whole, by_words = read_features(texts, 16), read_word_features(texts, 16)

    def part(features: Features, i: int) -> list[int]:
        return [int(row) for row in features.row[features.start[i] : features.start[i + 1]]]

    for i in range(len(texts)):
        said = [row for word in part(by_words.said, i) for row in part(by_words.words, word)]
        assert sorted(said + part(by_words.pairs, i)) == sorted(part(whole, i))


def test_features_count_grams_words_and_pairs() -> None:
    # " ab ": the grams " ab", "ab ", " ab " and one word; "ab cd" twice that and one pair.
    assert len(read_features(["ab"], 16).row) == 4
    assert len(read_features(["ab cd"], 16).row) == 9
    assert read_letters(["ab"]).letter[0] == SPACE


def test_hidden_layer_is_the_weighted_sum_of_rows() -> None:
    weights = read_weights()
    texts = ["Office cleaning", "x", "", "Reparatur von Aufzügen in Schulen"]
    features = read_features(texts, weights.bits)
    found = hidden_layer(read_word_features(texts, weights.bits), weights)
    for i in range(len(texts)):
        row = features.row[features.start[i] : features.start[i + 1]]
        length = max(float(np.sqrt(weights.importance[row].sum())), 1e-6)
        expected = weights.rows[row].sum(axis=0) / length + weights.hidden_bias
        np.testing.assert_allclose(found[i], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("text", ["Lot 3", "LOTTO II", "Lot No: 2", "Please see short description.", "2021/14", "n/a"])
def test_lots_and_pointers_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["Lot 3 Bread", "Vin", "Milk", "Лот 2: хляб", "Parts", "Lot " * 40])
def test_what_names_a_purchase_is_read(text: str) -> None:
    assert not says_nothing(text)


class Vectors:
    """Stands in for the embedding package: remembers the texts and answers with the same direction for all."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        found = np.zeros((len(texts), read_head().first.shape[0]), np.float32)
        found[:, 0] = 1
        return found


def test_only_unsure_texts_that_say_something_reach_the_second_tier(model: TextModel) -> None:
    vectors = Vectors()
    both = TextModel(read_weights(), (vectors, read_head()))  # type: ignore[arg-type]
    texts = [*CLEANING, "Lot 3", "Xyzzy frobnication", "Xyzzy frobnication", "", "12"]
    first, second = model.guess_many(texts), both.guess_many(texts)
    unsure = [t for t, g in zip(texts, first, strict=True) if g.confidence < UNSURE and any(map(str.isalpha, t))]
    assert vectors.asked == [text for text in dict.fromkeys(unsure) if text != "Lot 3"]
    for text, before, after in zip(texts, first, second, strict=True):
        assert after.how == ("predicted-2" if text in vectors.asked else "predicted")
        assert text in vectors.asked or after == before


def test_both_tiers_are_added_with_the_weights_of_the_head() -> None:
    vectors, head = Vectors(), read_head()
    alone = TextModel(read_weights(), None)
    both = TextModel(read_weights(), (vectors, head))  # type: ignore[arg-type]
    text = "Xyzzy frobnication"
    added = alone._scores([text]) * head.own + head.scores(vectors.vectors([text])) * head.theirs
    np.testing.assert_allclose(both._both([text]), added, rtol=1e-5)


def test_asking_for_a_second_tier_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "PACKAGE", "no_such_package_of_embeddings")
    assert not sentences.is_installed()
    with pytest.raises(ModuleNotFoundError):
        load_model.__wrapped__("on")
    assert not load_model.__wrapped__("auto").has_second_tier


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    with np.load(str(SHIPPED), allow_pickle=False) as kept:
        parts = {name: kept[name] for name in kept.files}
    parts["leaf_cpv"] = np.array("90 91")
    np.savez(tmp_path / "damaged.npz", **parts)
    with pytest.raises(ValueError, match="do not fit together"):
        read_weights(tmp_path / "damaged.npz")


def test_shipped_weights_are_small() -> None:
    assert Path(str(SHIPPED)).stat().st_size <= 15_000_000


def test_what_stands_beside_a_text_is_heard() -> None:
    model = load_model("off")
    text = "Lote 3: hospital"
    plain, goods, works = model.guess_many(
        [text] * 3, beside=[Beside(NO_WORDS), Beside(NO_WORDS, "goods"), Beside(NO_WORDS, "works")]
    )
    assert (goods.division, works.division) == ("33", "45")
    assert works.confidence > plain.confidence

    bare, named = model.guess_many(["Hala 4 xyz"] * 2, beside=[None, Beside(words_name("CAT04", True, 2))])
    assert bare.division != "79"
    assert named.division == "79"


def test_evidence_that_was_never_met_changes_little() -> None:
    texts = ["Office cleaning", "Хлеб", "Lot 3"]
    known = read_context(1, ("09", "90"), ("", "CAT03"), _context_of(2 + 2))
    assert not known.amounts([Beside("no such words", "no such nature")]).any()
    model = load_model("off")
    assert model.guess_many(texts) == model.guess_many(texts, beside=[None] * 3)


def test_amounts_of_another_model_are_refused() -> None:
    with pytest.raises(ValueError, match="another edition"):
        read_context(1, ("09", "90"), ("", "CAT03"), _context_of(9))


def _context_of(groups: int) -> Any:
    held = io.BytesIO()
    np.savez(
        held,
        names=np.array("CAT03+1"),
        words_1=np.ones((1, groups), np.float16),
        natures_1=np.ones((3, groups), np.float16),
        sharpness_1=np.float32(1),
    )

    class Held:
        def read_bytes(self) -> bytes:
            return held.getvalue()

    return Held()
