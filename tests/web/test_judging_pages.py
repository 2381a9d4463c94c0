"""Pages on which people judge and plan, by role: who may, what is refused, what stays hidden."""

from __future__ import annotations

from typing import Any

import pytest
from judging_world import fill_override

PAGES = ("/overrides", "/overrides/new", "/override-figures", "/workshops", "/workshops/new", "/second-ratings", "/plans", "/plans/new", "/engagements", "/engagements/new",
         "/trainings", "/trainings/new", "/people", "/people/invite", "/offices", "/offices/new", "/settings", "/audit", "/audit/verify", "/audit/head", "/account/keys")  # fmt: skip
JUDGE_READ = {"PO", "RQ", "CM", "FP", "LG", "FIN", "SM", "DPO", "IA"}
WRITES = {"PO", "CM", "FP", "LG", "SM"}
EXPECTED = {
    **dict.fromkeys(("/overrides", "/override-figures", "/workshops"), JUDGE_READ),
    **dict.fromkeys(("/overrides/new", "/workshops/new", "/second-ratings"), WRITES),
    **dict.fromkeys(("/plans", "/engagements", "/trainings"), JUDGE_READ),
    **dict.fromkeys(("/plans/new", "/engagements/new", "/trainings/new"), {"PO", "CM", "FP", "SM"}),
    **dict.fromkeys(("/people", "/offices", "/settings"), {"FP", "SM", "DPO", "IA", "ADM"}),
    **dict.fromkeys(("/people/invite", "/offices/new"), {"ADM"}),
    **dict.fromkeys(("/audit", "/audit/verify", "/audit/head"), {"DPO", "IA"}),
}


def test_each_role_reaches_its_pages_and_no_others(judging: dict[str, Any], client_for: Any) -> None:
    from duecare.casebook.models.people import ROLES

    found = {}
    for role in ROLES:
        client = client_for(role)
        for address in PAGES:
            status = client.get(address).status_code
            may = role in EXPECTED.get(address, set(ROLES))
            if status != (200 if may else 403):
                found[role, address] = status
    assert found == {}
