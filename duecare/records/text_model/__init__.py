"""What a text says was bought: CPV prefix, division and risk category with calibrated chances, in any language, offline."""

from duecare.records.text_model.context import Beside
from duecare.records.text_model.guess import Alternative, Guess
from duecare.records.text_model.model import TextModel, load_model

__all__ = ["Alternative", "Beside", "Guess", "TextModel", "load_model"]
