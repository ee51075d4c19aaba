"""Every field says what right it needs, or why it needs none; a schema with a gap is not served."""

from pathlib import Path

import pytest
import strawberry

from domain.vocabulary import Action
from graph.guard import ForCaller, Scoped, UndeclaredRight, declared_rights
from graph.rights import public_type, reached_by
from graph.schema import shared_schema

RIGHTS = Path(__file__).with_name("rights.txt")
RENEW = "mandaat schema rights > tests/graph/rights.txt"


@strawberry.type
class Forgotten:
    number: str
    secret: str = strawberry.field(default="", extensions=[Scoped(Action.CONSULT)])


@reached_by(Action.READ_CONVENTION)
@strawberry.type
class Declared:
    number: str


@strawberry.type
class Inheriting(Declared):
    title: str


@public_type("tells nothing")
@strawberry.type
class Public:
    number: str


@strawberry.type
class Gaps:
    @strawberry.field(extensions=[ForCaller("for this test")])
    def forgotten(self) -> Forgotten | None:
        return None

    @strawberry.field(extensions=[ForCaller("for this test")])
    def inheriting(self) -> Inheriting | None:
        return None

    @strawberry.field
    def root_without_right(self) -> Declared | None:
        return None


@strawberry.type
class Whole:
    @strawberry.field(extensions=[Scoped(Action.READ_CONVENTION)])
    def declared(self) -> Declared | None:
        return None

    @strawberry.field(extensions=[ForCaller("for this test")])
    def public(self) -> Public | None:
        return None


def test_a_schema_with_gaps_is_refused_and_each_gap_named() -> None:
    with pytest.raises(UndeclaredRight) as refused:
        declared_rights(strawberry.Schema(Gaps))

    gaps = str(refused.value).removeprefix("no right is declared on ").split(", ")
    # A type does not inherit the right of another, and its own right does not help the root field that leads to it.
    assert gaps == ["Forgotten.number", "Gaps.rootWithoutRight", "Inheriting.number", "Inheriting.title"]


def test_a_mutation_without_a_right_is_a_gap() -> None:
    with pytest.raises(UndeclaredRight, match=r"Gaps\.rootWithoutRight"):
        declared_rights(strawberry.Schema(Whole, mutation=Gaps))


def test_a_whole_schema_tells_the_right_of_every_field() -> None:
    assert declared_rights(strawberry.Schema(Whole)) == {
        "Declared.number": "read_convention",
        "Public.number": "public: tells nothing",
        "Whole.declared": "read_convention",
        "Whole.public": "public: for this test",
    }


def test_the_rights_of_the_served_schema_are_those_that_were_reviewed() -> None:
    served = [f"{field}: {right}" for field, right in declared_rights(shared_schema()).items()]

    assert RIGHTS.read_text(encoding="utf-8").splitlines() == served, f"review the difference, then: {RENEW}"
