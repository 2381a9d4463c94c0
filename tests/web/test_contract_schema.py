"""The API keeps to its own description: no fault of ours, answers of the described shape, wrong input refused.

schemathesis makes requests from the OpenAPI document and sends them to the application in this process, as a person who may do
everything, with ids of things that are there and of things that are not.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import schemathesis
import whole_world
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SECONDS = 30
"""Of processor time for all operations."""
SEED = 20261124
EXAMPLES = {GenerationMode.POSITIVE: 7, GenerationMode.NEGATIVE: 5}
KINDS = {"jobs": "job", "links": "link", "people": "person", "reratings": "case"}


@pytest.fixture
def everything(home: Any) -> tuple[Any, str]:
    """A world, and the key of somebody who may do everything in it."""
    from datetime import timedelta

    from duecare.casebook.acts import keys, organising

    whole_world.rated(home.register)
    world = whole_world.make(home)
    person = organising.local_person(whole_world.NOW)
    _, key = keys.make(whole_world.actor(person), "schema", whole_world.TODAY + timedelta(days=9), writes=True)
    return world, key


def kind_of(path: str) -> str:
    """The kind of object that a path names: ``/api/v1/actions/{oid}`` an action."""
    name = path.split("/")[3]
    return KINDS.get(name, name.removesuffix("s").replace("-", " "))


def drive(operation: Any, mode: GenerationMode, send: Callable[[Any, bool], None]) -> str:
    """Send requests for one operation; what was wrong with the first bad answer, or nothing."""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
    def run(case: Any, is_real: bool) -> None:
        send(case, is_real)

    try:
        run()
    except Unsatisfiable:  # nothing can be wrong in a request without any value
        return ""
    except (FailureGroup, Failure) as wrong:
        return f"{operation.method.upper()} {operation.path} ({mode.value}): " + "; ".join(
            str(one) for one in getattr(wrong, "exceptions", [wrong])
        )
    return ""


def read_to_the_end(application: Any) -> Any:
    """The application for a client that does not close what it has read."""

    def reading(environ: Any, start: Any) -> list[bytes]:
        answer = application(environ, start)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return reading


@pytest.mark.parametrize("home", ["sqlite", "postgresql"], indirect=True)
def test_the_api_keeps_to_its_description(everything: tuple[Any, str]) -> None:
    from django.core.handlers.wsgi import WSGIHandler

    from duecare.web.api.endpoints import document

    world, key = everything
    described = copy.deepcopy(document())
    del (
        described["security"],
        described["components"]["securitySchemes"],
    )  # the key is always sent; who may do what is tested elsewhere
    schema = schemathesis.openapi.from_dict(described)
    schema.app = read_to_the_end(WSGIHandler())
    chance, best = random.Random(SEED), dict[str, int]()

    def send(case: Any, is_real: bool, checks: list[Any]) -> None:
        ids = world.ids.get("line" if "line" in (case.path_parameters or {}) else kind_of(case.path), {})
        if is_real and ids and case.path_parameters and negative_data_rejection not in checks:
            case.path_parameters = {name: ids[chance.choice(["north", "south"])] for name in case.path_parameters}
        answer = case.call(headers={"Authorization": f"Bearer {key}"}, base_url="http://localhost")
        name = f"{case.method} {case.path}"
        best[name] = min(best.get(name, 999), answer.status_code)
        case.validate_response(answer, checks=checks)

    operations = [found.ok() for found in schema.get_all_operations()]
    began, wrong = time.process_time(), []
    for mode in EXAMPLES:
        refuses = [negative_data_rejection] if mode is GenerationMode.NEGATIVE else []
        wrong += [drive(operation, mode, partial(send, checks=CHECKS + refuses)) for operation in operations]

    assert "\n\n".join(text for text in wrong if text) == ""
    assert len(best) == len(operations)
    print(sorted(name for name, status in best.items() if status > 299))
    assert time.process_time() - began < SECONDS
