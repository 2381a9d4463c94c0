"""What a run says of itself in ``run.json``: everything that it depends on and every fact that its numbers name.

A run folder can be read, explained and reported years later without the evidence or the register that made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from duecare import __version__
from duecare.evidence.packs import Evidence, PackState
from duecare.evidence.profiles import Profiles, about_pack
from duecare.identify.bought import NOTHING_DECIDED
from duecare.identify.left_out import left_out
from duecare.identify.method import Method
from duecare.identify.overrides import NotApplied, Ruling
from duecare.identify.run import facts_used, run_id
from duecare.identify.view import FindingsView
from duecare.register.reviews import Standing
from duecare.terms import Fact, Grade, Source

DECIDING = ("evidence", "identify", "records")
"""Packages whose code and data decide what a finding is; their content is part of the code version of a run."""


def about_run(
    view: FindingsView,
    ledger: Sequence[Mapping[str, Any]],
    evidence: Evidence,
    profiles: Profiles,
    method: Method,
    as_of: date,
    rulings: tuple[Ruling, ...],
    not_applied: tuple[NotApplied, ...],
    structure: str | None,
    decided: Standing = NOTHING_DECIDED,
) -> dict[str, Any]:
    """The content of ``run.json`` for findings that are in the view's engine; ``ledger`` are the register's entries."""
    used = [entry for entry in ledger if entry["accepted"]]
    digests = [f"{pack.id} {pack.digest}" for pack in evidence.packs]
    options = {"structure": structure} | ({"reviews": decided.digest} if decided.digest else {})
    version = code_version()
    identity = run_id(
        (str(e["sha256"]) for e in used), digests, profiles.edition, method, as_of, version, rulings, options
    )
    view.run = identity
    return {
        "id": identity,
        "code_version": version,
        "method": method.id,
        "as_of": as_of.isoformat(),
        "structure": structure,
        "profiles": profiles.edition,
        "reviews": _reviews(decided),
        "lines": view.engine.rows("SELECT count(*) AS lines FROM findings")[0]["lines"],
        "ledger": sorted(ledger, key=lambda entry: (str(entry["file"]), str(entry["sha256"]))),
        "packs": [*(_pack(pack) for pack in evidence.packs), _pack(_profile_pack(profiles, as_of))],
        "facts": [_fact(evidence.fact(one)) for one in facts_used(view)],
        "overrides": [msgspec.to_builtins(ruling) for ruling in rulings],
        "overrides_not_applied": [
            asdict(one) for one in (*not_applied, *(left_out(view.engine, method) if rulings else ()))
        ],
    }


def _reviews(decided: Standing) -> dict[str, Any]:
    """How many decisions about what was bought count, in which direction; who made them stays in their book."""
    counting = decided.all()
    lowering = sum(decision.lowers for decision in counting)
    lines, texts = len(decided.lines), len(decided.texts)
    return {"texts": texts, "lines": lines, "lowering": lowering, "digest": decided.digest}


@lru_cache(maxsize=1)
def code_version() -> str:
    """The release and a digest of the code and data that decide findings, so that no change hides behind a version."""
    digest = hashlib.sha256()
    for package in DECIDING:
        for file in _files(files("duecare") / package):
            digest.update(file.name.encode("utf-8") + b"\\0" + file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def facts_of(about: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts of a stored run by their id."""
    return {one["id"]: _read_fact(one) for one in about["facts"]}


def _files(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for child in sorted(folder.iterdir(), key=lambda child: child.name):
        if child.is_dir() and child.name != "__pycache__":
            found.extend(_files(child))
        elif child.is_file() and not child.name.endswith(".pyc"):
            found.append(child)
    return found


def _profile_pack(profiles: Profiles, as_of: date) -> PackState:
    """The category profiles beside the packs of facts: priors, which never expire to nothing but can be out of date."""
    about = about_pack()
    return PackState(
        id=about["id"],
        kind="profiles",
        publisher=about["publisher"],
        title=about["title"],
        edition=profiles.edition,
        observed_on=about["retrieved"],
        retrieved=about["retrieved"],
        valid_until=about["valid_until"],
        grade=Grade.E0,
        status="in force" if as_of <= about["valid_until"] else "aged",
        expired_since=None,
        rows=len(profiles.by_id),
        digest=about["digest"],
        licence=about["licence"],
        url="",
    )


def _pack(pack: PackState) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(pack).items()}


def _fact(fact: Fact) -> dict[str, Any]:
    source = fact.source
    return {
        "id": fact.id,
        "issue": fact.issue,
        "scope": dict(fact.scope),
        "value": str(fact.value),
        "lo": str(fact.lo),
        "hi": str(fact.hi),
        "unit": fact.unit,
        "valid_from": fact.valid_from.isoformat(),
        "valid_until": fact.valid_until.isoformat(),
        "grade": str(fact.grade),
        "pack": fact.pack,
        "note": fact.note,
        "publisher": source.publisher,
        "title": source.title,
        "url": source.url,
        "licence": source.licence,
        "retrieved": source.retrieved.isoformat(),
        "locator": source.locator,
        "edition": source.edition,
    }


def _read_fact(one: Mapping[str, Any]) -> Fact:
    source = msgspec.convert({name: one[name] for name in Source.__dataclass_fields__}, Source)
    rest = {name: one[name] for name in Fact.__dataclass_fields__ if name not in ("scope", "source")}
    return msgspec.convert(rest | {"scope": tuple(one["scope"].items()), "source": source}, Fact, from_attributes=True)
