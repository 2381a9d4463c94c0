"""What a run is: its id over inputs, parameters and code, and the facts that its numbers name (METHOD 1.11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from duecare.identify.method import Method
from duecare.identify.overrides import Ruling
from duecare.identify.view import FindingsView


def run_id(
    files: Iterable[str],
    evidence: Iterable[str],
    profiles: str,
    method: Method,
    as_of: date,
    code_version: str,
    rulings: tuple[Ruling, ...] = (),
    options: Mapping[str, Any] | None = None,
) -> str:
    """32 hex digits of SHA-256 over everything that the findings depend on; the same inputs always give the same id.

    ``files`` are digests of the files taken in, ``evidence`` digests of the packs in force, ``profiles`` their edition.
    """
    inputs = {
        "files": sorted(files),
        "evidence": sorted(evidence),
        "profiles": profiles,
        "method": method.digest,
        "as_of": as_of.isoformat(),
        "code": code_version,
        "overrides": sorted(msgspec.json.encode(ruling, order="sorted").decode() for ruling in rulings),
        "options": dict(options or {}),
    }
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


def facts_used(view: FindingsView) -> list[str]:
    """Ids of all facts behind any number of the run, in order."""
    sources = ("pattern_factors", "pattern_states", "country_levels", "x_factors", "buying_factors")
    union = " UNION ".join(
        f"SELECT fact_id FROM {name} WHERE fact_id IS NOT NULL AND fact_id <> ''" for name in sources
    )
    return [row["fact_id"] for row in view.engine.rows(f"SELECT fact_id FROM ({union}) AS used ORDER BY fact_id")]
