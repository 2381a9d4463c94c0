"""The command line of a person's decisions about what was bought; a thin skin over ``duecare.cycle`` like ``duecare.cli``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from duecare.cli import Json, RegisterFolder, now, print_json, settings
from duecare.identify.reviewing import Wish
from duecare.register.reviews import Person

reviews = App(name="review", help="What was bought, decided by a person where it is unsure.")

Named = Annotated[str, Parameter(help="A line id, a contract id, or the key of a text as `review next` shows it.")]
By = Annotated[
    str, Parameter(name="--by", help="Who decides: a name or staff code, kept with the decision, in no report.")
]
Role = Annotated[str, Parameter(name="--role", help="Their function, such as procurement or focal_point.")]
Reason = Annotated[str, Parameter(name="--reason", help="Why, in a sentence.")]
OnlyLine = Annotated[
    bool, Parameter(name="--only-this-line", negative="", help="Not for all lines with the same codes and words.")
]


@reviews.command(name="next")
def review_next(
    *,
    register: RegisterFolder,
    most: Annotated[int, Parameter(name="--n", help="How many texts.")] = 10,
    json: Json = False,
) -> int:
    """Show which texts wait for a person, those first where most is at stake for people."""
    from duecare import cycle, terminal

    found = cycle.review_next(register, settings(), most)
    if json:
        print_json(found)
    else:
        terminal.show_queue(found)
    return 0


@reviews.command
def accept(
    name: Named,
    /,
    *,
    register: RegisterFolder,
    by: By,
    role: Role = "",
    reason: Reason = "",
    only_this_line: OnlyLine = False,
    json: Json = False,
) -> int:
    """Confirm the reading in use of a text."""
    return _review(
        Wish("accept", name, (Person(by, role),), reason=reason, only_line=only_this_line), register, json=json
    )


@reviews.command
def correct(
    name: Named,
    /,
    *,
    register: RegisterFolder,
    by: By,
    category: Annotated[str, Parameter(name="--category", help="A category or profile, such as CAT03.")] = "",
    cpv: Annotated[str, Parameter(name="--cpv", help="A CPV 2008 code or the beginning of one.")] = "",
    reason: Reason = "",
    role: Role = "",
    second: Annotated[str, Parameter(name="--second", help="A second person, where going below a sure reading.")] = "",
    second_role: Annotated[str, Parameter(name="--second-role", help="The second person's function.")] = "",
    only_this_line: OnlyLine = False,
    json: Json = False,
) -> int:
    """Say what was bought, where the reading in use is wrong."""
    people = (Person(by, role), *((Person(second, second_role),) if second else ()))
    return _review(Wish("correct", name, people, category, cpv, reason, only_this_line), register, json=json)


@reviews.command
def withdraw(
    name: Named,
    /,
    *,
    register: RegisterFolder,
    by: By,
    role: Role = "",
    reason: Reason = "",
    only_this_line: OnlyLine = False,
    json: Json = False,
) -> int:
    """Let a decision no longer count; it stays in the book."""
    return _review(
        Wish("withdraw", name, (Person(by, role),), reason=reason, only_line=only_this_line), register, json=json
    )


def _review(wish: Wish, register: Path, *, json: bool) -> int:
    from duecare import cycle, terminal

    done = cycle.review(register, settings(), wish, now())
    if json:
        print_json(done)
    terminal.show_decision(done)
    return 0


@reviews.command(name="list")
def review_list(*, register: RegisterFolder, json: Json = False) -> int:
    """List all decisions about what was bought, oldest first, and which of them count."""
    from duecare import cycle, terminal

    made = cycle.review_list(register)
    if json:
        print_json({"decisions": made})
    else:
        terminal.show_decisions(made)
    return 0


@reviews.command(name="export")
def review_export(
    out: Annotated[Path, Parameter(help="The CSV file to write.")],
    /,
    *,
    register: RegisterFolder,
    json: Json = False,
) -> int:
    """Write the decisions that count as labelled texts, to train the text model again with them."""
    from duecare import cycle, terminal

    count = cycle.review_export(register, out)
    if json:
        print_json({"written": str(out), "texts": count})
    terminal.say(f"{count} labelled texts are in {out}. Nobody's name is in it.")
    return 0
