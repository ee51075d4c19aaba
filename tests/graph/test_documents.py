"""A document is worked out once for everybody; only what its variables say of sizes is looked at again."""

import threading
from typing import Any

import pytest
from api import Api
from graphql import parse
from strawberry.types.graphql import OperationType

import graph.documents
from graph.documents import Document, Documents
from graph.measuring import Measuring
from graph.schema import shared_schema

SCHEMA = shared_schema()._schema  # pyright: ignore[reportPrivateUsage] - no other way in
PAGE = "query ($n: Int = 7, $ids: [ID!]!) { conventions(first: $n) { edges { cursor } } nodes(ids: $ids) { id } }"


def read(text: str) -> Document:
    return Document(SCHEMA, parse(text))


async def test_a_document_that_was_kept_is_known_by_its_text() -> None:
    documents = Documents(SCHEMA)
    document = await documents.read("{ limits { depth } }", 2000)

    assert await documents.read("{ limits { depth } }", 2000) is not document
    documents.keep("{ limits { depth } }", 2000, document)

    assert await documents.read("{ limits { depth } }", 2000) is document
    assert await documents.read("{ limits { depth } } ", 2000) is not document


async def test_long_documents_do_not_pile_up() -> None:
    documents = Documents(SCHEMA)
    texts = [f"{{ limits {{ depth }} }} #{number} {'x' * 10_000}" for number in range(100)]
    for text in texts:
        documents.keep(text, 2000, await documents.read(text, 2000))

    assert sum(len(text) for text, _ in documents._kept) <= 200_000
    assert (texts[-1], 2000) in documents._kept


async def test_what_is_refused_takes_nobodys_place(api: Api) -> None:
    kept = shared_schema().documents._kept
    before = set(kept)

    for text in ("{ limits { depthh } }", "{" + "limits { depth } " * 100 + "}", "mutation { nothing }", "{ limits"):
        assert (await api.as_("promotor").execute(text)).error_codes

    assert set(kept) == before


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"n": None},
        {"n": 3, "ids": []},
        {"n": 3, "ids": ["a", "b"]},
        {"n": 200, "ids": ["a"]},
        {"n": "not given", "ids": "a"},
        {"n": True, "ids": {"a": 1}},
        {"n": 2.5},
        {"other": 9},
    ],
)
def test_measures_that_are_kept_are_those_of_the_variables(variables: dict[str, Any]) -> None:
    document = read(PAGE)
    for size in (0, 50, 200):
        document.measures(None, {"n": size, "ids": ["x"] * size})

    kept = document.measures(None, variables)

    assert kept == tuple(Measuring(SCHEMA, document.syntax, variables=variables).of_every_operation())
    assert document.measures(None, dict(variables)) is kept


def test_variables_that_size_nothing_do_not_matter() -> None:
    document = read("query ($number: String!) { convention(number: $number) { number } a: limits { depth } }")

    assert document.measures(None, {"number": "1"}) is document.measures(None, {"number": "2"})


def test_measures_of_many_sizes_do_not_pile_up() -> None:
    document = read(PAGE)

    for size in range(1000):
        document.measures(None, {"n": size})

    assert len(document._measures) <= 64


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("{ limits { depth } }", None, OperationType.QUERY),
        ("query A { limits { depth } }", "A", OperationType.QUERY),
        ("query A { limits { depth } }", "B", None),
        ("query A { limits { depth } } mutation B { x }", "B", OperationType.MUTATION),
        ("query A { limits { depth } } mutation B { x }", None, None),
        ("fragment F on Query { limits { depth } }", None, None),
    ],
)
def test_the_operation_that_runs_has_to_be_named_among_several(
    text: str, name: str | None, kind: OperationType | None
) -> None:
    assert read(text).kind_of(name) is kind


def test_a_number_is_measured_wherever_it_stands() -> None:
    assert read("{ a(b: [1, {c: -123456}]) d(e: 1.5) }").longest_number == len("-123456")
    assert read('{ a(b: "12345678901234567890") }').longest_number == 0


async def test_a_long_document_that_nobody_sent_before_is_worked_out_in_another_thread(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, set[int]] = {"parse": set(), "validate": set()}

    def noting(name: str, work: Any) -> Any:
        def note(*arguments: Any, **named: Any) -> Any:
            threads[name].add(threading.get_ident())
            return work(*arguments, **named)

        return note

    for name in threads:
        monkeypatch.setattr(f"graph.documents.{name}", noting(name, getattr(graph.documents, name)))

    await api.as_("promotor").execute("{ limits { depth } } #" + "x" * 2000)
    assert all(threading.get_ident() not in found and len(found) == 1 for found in threads.values())

    await api.as_("promotor").execute("{ limits { depth tokens } }")
    assert all(threading.get_ident() in found for found in threads.values())
