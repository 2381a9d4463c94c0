"""Which columns of a line a release should fill and does not."""

from __future__ import annotations

from operator import itemgetter

from duecare.records.staging import LINE_COLUMNS, SHOULD_HOLD

_FIRST = LINE_COLUMNS.index("ocid")
_PLACES = tuple((name, LINE_COLUMNS.index(name) - _FIRST) for name in SHOULD_HOLD)
_AMONG = {name: LINE_COLUMNS.index(name) - _FIRST for name in ("unspsc", "hs")}
_should_hold = itemgetter(*(place for _, place in _PLACES))


def gaps_of(values: list[str], *, is_estimate: bool) -> str:
    """Names of the empty columns, separated by blanks; ``values`` are the columns from ``ocid`` on."""
    if not is_estimate and "" not in _should_hold(values):
        return ""
    gaps = [name for name, place in _PLACES if not values[place]]
    if "cpv" in gaps and (any(values[place] for place in _AMONG.values())):
        gaps.remove("cpv")
    if is_estimate and "amount" not in gaps:
        gaps.append("amount")
    return " ".join(gaps)
