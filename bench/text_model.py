"""Speed of the text model: loading, 100,000 distinct lines through tier 1, and unsure ones through tier 2 where installed.

    python -m bench.text_model [--texts 100000] [--second 300]

Texts are made of official-sounding words by a seed. The anchor of the same run is Python hashing the same texts (blake2b), so that
machines can be compared: the ratio moves less than the seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import time

from duecare.records.text_model import load_model
from duecare.records.text_model.model import UNSURE
from duecare.records.text_model.sentences import is_installed

WORDS = [
    "servicio",
    "limpieza",
    "edificios",
    "municipales",
    "obras",
    "reforma",
    "suministro",
    "material",
    "oficina",
    "construction",
    "school",
    "road",
    "maintenance",
    "supply",
    "medical",
    "equipment",
    "travaux",
    "entretien",
    "voirie",
    "fourniture",
    "denrées",
    "Lieferung",
    "Reinigung",
    "Schulgebäude",
    "Neubau",
    "dostawa",
    "sprzętu",
    "usługi",
    "remont",
    "budynku",
    "lucrări",
    "reparație",
    "drum",
    "achiziția",
    "produse",
    "alimentare",
    "furnizim",
    "rrugë",
    "ndërtimi",
    "услуги",
    "охрана",
    "доставка",
    "гориво",
]


def made(count: int) -> list[str]:
    """Distinct texts of 4 to 14 words (about 75 letters) with a number."""
    chosen = random.Random(7)
    return [f"{' '.join(chosen.choices(WORDS, k=chosen.randint(4, 14)))} {i}" for i in range(count)]


def main() -> None:
    """Print wall-clock and processor seconds, texts per second, peak memory and the anchor's ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--second", type=int, default=300)
    given = parser.parse_args()
    texts = made(given.texts)
    anchor = _seconds(lambda: [hashlib.blake2b(text.encode()).digest() for text in texts for _ in range(4)])
    load = _seconds(lambda: load_model("off"))
    first = _seconds(lambda: load_model("off").guess_many(texts))
    print(f"load {load[0]:.2f} s; {given.texts:,} texts of {sum(map(len, texts)) / len(texts):.0f} letters")
    print(
        f"tier 1: {first[0]:.1f} s, {first[1]:.1f} s of processor, {len(texts) / first[1]:,.0f} texts per processor second"
    )
    print(f"anchor: {anchor[1]:.2f} s of processor; ratio {first[1] / anchor[1]:.1f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if is_installed():
        _second(texts, given.second)


def _second(texts: list[str], count: int) -> None:
    unsure = [t for t, g in zip(texts, load_model("off").guess_many(texts), strict=True) if g.confidence < UNSURE]
    model = load_model("on")
    model.guess_many(unsure[:10])
    taken = _seconds(lambda: model.guess_many(unsure[10 : 10 + count]))
    print(f"tier 2: {len(unsure) / len(texts):.0%} of texts are unsure; {count / taken[1]:,.0f} per processor second")


def _seconds(act) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """(wall clock, processor) seconds of an act."""
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
