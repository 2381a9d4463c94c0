"""Category profiles: what is known about a kind of purchase before anything is known about the supplier.

Each profile gives, per supply-chain stage, prior levels of the factor groups P, W and B with a reason each (METHOD 1.4,
3.2), where the stage usually is, which listed goods to look up, the harm scenarios (METHOD 1.6), one question and the next
acts. The data are the YAML files of ``packs/category_profiles``; a prior fills an unknown and never overrides evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import msgspec
import yaml

from duecare.terms import Grade, Level, Stage

Kind = Literal["goods", "service", "works", "knowledge"]
Place = Literal["work", "origin", "typical"]
Scenario = Literal["H1", "H2", "H3", "H4", "H5", "H6"]
Phase = Literal["plan", "tender", "award", "contract", "deliver"]
Text = Literal["title", "question", "act", "reason"]

UNKNOWN = "UNKNOWN"
PHASES: tuple[Phase, ...] = ("plan", "tender", "award", "contract", "deliver")
PACK = files("duecare.evidence") / "packs" / "category_profiles"


@dataclass(frozen=True, slots=True)
class StageProfile:
    """Priors of one stage.

    ``place``: ``work`` is where the service is done, ``origin`` the stage that a declared origin country speaks of,
    ``typical`` a stage known only by its typical origins (ISO 3166-1 alpha-2).
    """

    stage: Stage
    P: Level
    W: Level
    B: Level
    reason: Mapping[str, str]
    source: Mapping[str, str]
    place: Place
    typical_origins: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm scenario of METHOD 1.6 at one stage; each component 1-4, about people, never about money."""

    scenario: Scenario
    stage: Stage
    scale: int
    scope: int
    irremediability: int
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything known about one kind of purchase.

    ``category`` is the category of METHOD 3.1 it belongs to, or its own id; ``documented`` is P1 (0, 2, 3 or 4) by the
    list named in ``documented_by``.
    """

    id: str
    category: str
    title: str
    kind: Kind
    cpv: tuple[str, ...]
    unspsc: tuple[str, ...]
    hs: tuple[str, ...]
    stages: tuple[StageProfile, ...]
    harms: tuple[Harm, ...]
    documented: int
    documented_by: str
    labour_intensive: bool
    q_prior: Level
    question: str
    next_acts: tuple[tuple[Phase, str], ...]
    source: str
    edition: str


@dataclass(frozen=True)
class Profiles:
    """All profiles of one edition, with look-up by code and flat tables for bulk joins."""

    by_id: Mapping[str, Profile]
    edition: str
    _prefixes: Mapping[str, Mapping[str, Profile]] = field(repr=False)

    def for_cpv(self, code: str) -> Profile:
        """Profile of a CPV 2008 code (8 digits or a prefix), by longest prefix; ``UNKNOWN`` for no such division."""
        return self.longest("cpv", code)[0]

    def longest(self, scheme: Literal["cpv", "unspsc", "hs"], code: str) -> tuple[Profile, str]:
        """Profile and the prefix that decided, by longest prefix of digits; (``UNKNOWN``, "") where nothing fits."""
        prefixes = self._prefixes[scheme]
        for length in range(len(code), 1, -1):
            if found := prefixes.get(code[:length]):
                return found, code[:length]
        return self.by_id[UNKNOWN], ""

    @cached_property
    def riskiness(self) -> Mapping[str, float]:
        """Order of profiles by their worst stage with all else equal: which of two readings is the riskier one."""
        return {name: max(_screen(stage) for stage in profile.stages) for name, profile in self.by_id.items()}

    def tables(self) -> dict[str, dict[str, list[Any]]]:
        """Flat tables for bulk joins: one list per column, rows in a stable order.

        Names: ``profiles``, ``profile_stages``, ``profile_origins``, ``profile_goods``, ``profile_harms``, ``profile_acts``.
        """
        everything = list(self.by_id.values())
        return {name: _columns(row for p in everything for row in rows(p)) for name, rows in _TABLES.items()}

    def messages(self, *kinds: Text) -> Iterable[str]:
        """Every English text once, in a stable order, for translation; all kinds when none is named."""
        wanted = kinds or ("title", "question", "act", "reason")
        return list(dict.fromkeys(text for p in self.by_id.values() for kind, text in _texts(p) if kind in wanted))


@lru_cache(maxsize=1)
def load_profiles() -> Profiles:
    """The profiles that duecare ships; raises ``ValueError`` where a file breaks the schema or the pack's promises."""
    return read_profiles(PACK)


@lru_cache(maxsize=1)
def about_pack() -> Mapping[str, Any]:
    """What the pack of category profiles says of itself: publisher, title, edition, licence, dates, and a digest of its files."""
    about, digest = _load(PACK / "pack.yaml"), sha256()
    for file in sorted((PACK / "profiles").iterdir(), key=lambda f: f.name):
        digest.update(file.read_bytes() if file.name.endswith(".yaml") else b"")
    return about | {"id": PACK.name, "edition": str(about["edition"]), "digest": digest.hexdigest()}


def read_profiles(pack: Traversable) -> Profiles:
    """Profiles of a pack folder: ``pack.yaml`` and ``profiles/*.yaml``.

    Unknown keys, missing reasons, a prefix given twice and broken promises are ``ValueError``.
    """
    about = _load(pack / "pack.yaml")
    found = sorted((f for f in (pack / "profiles").iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    written = _merge([_load(f) for f in found])
    by_id: dict[str, Profile] = {}
    for raw in written:
        profile = _profile(raw, str(about["edition"]))
        if by_id.setdefault(profile.id, profile) is not profile:
            raise ValueError(f"The profile {profile.id} is written twice.")
    profiles = Profiles(by_id, str(about["edition"]), {s: _prefixes(by_id, s) for s in ("cpv", "unspsc", "hs")})
    _keep_promises(profiles, about["assertions"])
    return profiles


class _Stage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    stage: Stage
    place: Place
    P: Annotated[list[float | str], msgspec.Meta(min_length=2, max_length=3)]
    W: Annotated[list[float | str], msgspec.Meta(min_length=2, max_length=3)]
    B: Annotated[list[float | str], msgspec.Meta(min_length=2, max_length=3)]
    half_width: float | None = None
    typical_origins: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()


class _Harm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    scenario: Scenario
    stage: Stage
    levels: tuple[int, int, int]
    reason: str


class _Written(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    id: str
    category: str
    title: str
    kind: Kind
    half_width: float
    stages: tuple[_Stage, ...]
    harms: tuple[_Harm, ...]
    question: str
    next_acts: dict[Phase, str]
    source: str
    labour_intensive: bool
    q: tuple[float, float, float]
    cpv: tuple[str, ...] = ()
    unspsc: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    documented: Literal[0, 2, 3, 4] = 0
    documented_by: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    patterns: dict[str, dict[str, Any]] = {}
    bases: dict[str, dict[str, Any]] = {}
    profiles: list[dict[str, Any]] = []


def _load(file: Traversable) -> dict[str, Any]:
    """One YAML file as a mapping; a key written twice is an error, which plain YAML readers let pass."""
    loaded = yaml.load(file.read_bytes(), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    if not isinstance(loaded, dict):
        raise ValueError(f"{file.name} is not a mapping.")
    return loaded


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise ValueError(f"A key is written twice near line {node.start_mark.line + 1}.")
        return dict(super().construct_mapping(node, deep=deep))


def _merge(loaded: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Profiles with what they take over: ``like`` names a base or another profile, a stage's or harm's ``like`` a pattern."""
    read = [msgspec.convert(content, _File) for content in loaded]
    patterns = {name: stage for file in read for name, stage in file.patterns.items()}
    known = {name: base for file in read for name, base in file.bases.items()}
    profiles = [profile for file in read for profile in file.profiles]
    known |= {profile["id"]: profile for profile in profiles}
    for profile in profiles:
        merged = _inherit(profile, known)
        merged["stages"] = [_inherit(stage, patterns) for stage in merged["stages"]]
        harms = [_inherit(harm, patterns) for harm in merged["harms"]]
        there = {stage["stage"] for stage in merged["stages"]}
        merged["harms"] = [h for h in harms if "harms" in profile or h["stage"] in there]
        merged.setdefault("category", merged["id"])
        yield merged


def _inherit(raw: dict[str, Any], known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if "like" not in raw:
        return dict(raw)
    if raw["like"] not in known:
        raise ValueError(f"{raw.get('id', 'A stage')} is like {raw['like']}, which is not written anywhere.")
    own_codes: dict[str, Any] = {"cpv": [], "unspsc": [], "hs": []} if "id" in raw else {}
    parent = _inherit(known[raw["like"]], known)
    if "id" in parent:
        parent.setdefault("category", parent["id"])
    return {**parent, **own_codes, **{k: v for k, v in raw.items() if k != "like"}}


def _profile(raw: dict[str, Any], edition: str) -> Profile:
    try:
        w = msgspec.convert(raw, _Written)
    except msgspec.ValidationError as error:
        raise ValueError(f"The profile {raw.get('id')} cannot be read: {error}") from error
    _check(w)
    return Profile(
        w.id, w.category, w.title, w.kind, w.cpv, w.unspsc, w.hs,
        tuple(_stage(s, w.half_width) for s in w.stages),
        tuple(Harm(h.scenario, h.stage, *h.levels, h.reason) for h in w.harms),
        w.documented, w.documented_by, w.labour_intensive, Level(*w.q, Grade.E0, "category_profiles"),
        w.question, tuple((phase, w.next_acts[phase]) for phase in PHASES), w.source, edition,
    )  # fmt: skip


def _check(w: _Written) -> None:
    """What the types cannot say: scales, texts that fit, codes of digits, harms at stages that exist."""
    texts = [w.title, w.question, *w.next_acts.values(), *(h.reason for h in w.harms)]
    stages = {s.stage for s in w.stages}
    faults = {
        "a text is empty or longer than 140 characters": any(not 0 < len(t) <= 140 for t in texts),
        "not every phase has a next act": set(w.next_acts) != set(PHASES),
        "a code is not made of 2 to 8 digits": any(
            not (c.isdigit() and 2 <= len(c) <= 8) for c in w.cpv + w.unspsc + w.hs
        ),
        "a stage is written twice or missing": not w.stages or len(stages) != len(w.stages),
        "a harm is at a stage that is not there": any(h.stage not in stages for h in w.harms) or not w.harms,
        "a harm component is not 1 to 4": any(not 1 <= n <= 4 for h in w.harms for n in h.levels),
        "the listing has no list": bool(w.documented) != bool(w.documented_by),
    }
    if broken := [fault for fault, there in faults.items() if there]:
        raise ValueError(f"The profile {w.id}: {'; '.join(broken)}.")


def _stage(raw: _Stage, half_width: float) -> StageProfile:
    width = half_width if raw.half_width is None else raw.half_width
    read = {group: _group(raw.stage, group, getattr(raw, group)) for group in ("P", "W", "B")}
    levels = {group: _prior(value, width) for group, (value, _, _) in read.items()}
    return StageProfile(
        raw.stage,
        **levels,
        reason={group: text for group, (_, text, _) in read.items()},
        source={group: source for group, (_, _, source) in read.items() if source},
        place=raw.place,
        typical_origins=raw.typical_origins,
        goods=raw.goods,
    )


def _group(stage: Stage, group: str, written: list[float | str]) -> tuple[float, str, str]:
    """``[level, reason]`` or ``[level, reason, source]`` as written in the file."""
    value, *texts = written
    if not isinstance(value, int | float) or not 0 <= value <= 4:
        raise ValueError(f"Stage {stage}: {group} needs a level from 0 to 4 first.")
    if not all(isinstance(text, str) and 0 < len(text) <= 160 for text in texts):
        raise ValueError(f"Stage {stage}: {group} needs a reason, and at most a source, of 1-160 characters.")
    return float(value), str(texts[0]), str(texts[1]) if len(texts) == 2 else ""


def _prior(value: float, half_width: float) -> Level:
    return Level(value, max(0.0, value - half_width), min(4.0, value + half_width), Grade.E0, "category_profiles")


def _prefixes(by_id: Mapping[str, Profile], scheme: str) -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    for profile in by_id.values():
        for prefix in getattr(profile, scheme):
            if found.setdefault(prefix, profile) is not profile:
                raise ValueError(f"{scheme} {prefix} is claimed by {found[prefix].id} and by {profile.id}.")
    return found


def _keep_promises(profiles: Profiles, promises: Mapping[str, Any]) -> None:
    """The assertions of ``pack.yaml``: how many profiles, and that every category of METHOD 3.1 is there."""
    count = len(profiles.by_id)
    if not promises["profiles_min"] <= count <= promises["profiles_max"]:
        raise ValueError(
            f"The pack promises {promises['profiles_min']}-{promises['profiles_max']} profiles, has {count}."
        )
    if missing := [name for name in promises["must_have"] if name not in profiles.by_id]:
        raise ValueError(f"The pack promises {', '.join(missing)}, which is missing.")


def _screen(stage: StageProfile) -> float:
    """Priors only, in the shape of METHOD 1.5 step 2: used to order readings, never shown as a score."""
    p, w, b = stage.P.value, stage.W.value, stage.B.value
    listed = 3.0 if stage.goods and max(p, w, b) >= 3 else 0.0
    return 0.6 * max(p, w, b, listed) + 0.4 * (0.30 * p + 0.25 * w + 0.20 * b)


def _texts(p: Profile) -> Iterator[tuple[Text, str]]:
    yield "title", p.title
    yield "question", p.question
    yield from (("act", text) for _, text in p.next_acts)
    yield from (("reason", text) for stage in p.stages for text in stage.reason.values())
    yield from (("reason", harm.reason) for harm in p.harms)


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in listed[0]} if listed else {}


def _profile_row(p: Profile) -> Iterator[dict[str, Any]]:
    yield {
        "profile": p.id, "category": p.category, "category_title": p.title, "kind": p.kind,
        "documented": p.documented, "documented_by": p.documented_by, "labour_intensive": p.labour_intensive,
        "Q": p.q_prior.value, "Q_lo": p.q_prior.lo, "Q_hi": p.q_prior.hi, "question": p.question,
    }  # fmt: skip


def _stage_rows(p: Profile) -> Iterator[dict[str, Any]]:
    for s in p.stages:
        row: dict[str, Any] = {"profile": p.id, "stage": str(s.stage), "place": s.place}
        for group, level in (("P", s.P), ("W", s.W), ("B", s.B)):
            row |= {group: level.value, f"{group}_lo": level.lo, f"{group}_hi": level.hi}
            row |= {f"{group}_reason": s.reason[group], f"{group}_source": s.source.get(group, "")}
        yield row


def _origin_rows(p: Profile) -> Iterator[dict[str, Any]]:
    for s in p.stages:
        for country in s.typical_origins:
            yield {"profile": p.id, "stage": str(s.stage), "country": country}


def _good_rows(p: Profile) -> Iterator[dict[str, Any]]:
    for s in p.stages:
        for good in s.goods:
            yield {"profile": p.id, "stage": str(s.stage), "good": good}


def _harm_rows(p: Profile) -> Iterator[dict[str, Any]]:
    for h in p.harms:
        yield {
            "profile": p.id, "stage": str(h.stage), "scenario": h.scenario, "scale": h.scale, "scope": h.scope,
            "irremediability": h.irremediability, "reason": h.reason,
        }  # fmt: skip


def _act_rows(p: Profile) -> Iterator[dict[str, Any]]:
    for phase, act in p.next_acts:
        yield {"profile": p.id, "phase": phase, "act": act}


_TABLES: dict[str, Callable[[Profile], Iterator[dict[str, Any]]]] = {
    "profiles": _profile_row,
    "profile_stages": _stage_rows,
    "profile_origins": _origin_rows,
    "profile_goods": _good_rows,
    "profile_harms": _harm_rows,
    "profile_acts": _act_rows,
}
