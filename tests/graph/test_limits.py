"""What is refused for its size, before anything of it runs, with the limit and what was measured."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from importlib.resources.abc import Traversable
from typing import Any
from unittest.mock import patch

import pytest
from api import Answer, Api, Client, running
from following import following
from graphql import get_introspection_query, parse
from performance_files import a_file

from domain.months import Clock
from domain.states import PerformanceFileState
from filing.demo import load_demo_world
from graph.measuring import Measuring
from graph.nodes import opaque_id
from graph.schema import operations_folder, shared_schema
from persistence.database import rows
from server.app import create_app
from server.settings import Settings

SCHEMA = shared_schema()._schema  # pyright: ignore[reportPrivateUsage] - no other way in
LIMITS = """{ limits { documentBytes tokens depth aliases directives fragments rootFields mutations submissions digits
  cost trustedDocumentsOnly pointsOfCaller pointsOfOrganisation pageItems defaultPageItems operationSeconds
  requestBytes uploadBytes resumableUploads resumableUploadHours performanceLines } }"""
GRANT = """mandateGrant(input: {conventionNumber: "104234", secretariat: "0999000327", level: UPLOAD,
  firstMonth: "2026-11"}) { __typename }"""


@asynccontextmanager
async def started(settings: Settings, clock: Clock, **changes: Any) -> AsyncGenerator[Api]:
    """The application with other settings."""
    chosen = settings.model_copy(update=changes)
    async with running(create_app(chosen, clock=clock), chosen, clock) as api:
        await load_demo_world(clock)
        yield api


def told(answer: Answer) -> Mapping[str, Any]:
    """What the one error says, for programs."""
    (error,) = answer.body["errors"]
    assert answer.body.get("data") is None
    return {name: error["extensions"][name] for name in ("code", "limit", "found")}


async def kept() -> list[dict[str, Any]]:
    return await rows("SELECT * FROM mandate ORDER BY id")


async def test_limits_are_told_as_they_are_set(settings: Settings, clock: Clock) -> None:
    async with started(settings, clock, graphql_depth_limit=7, operation_timeout_seconds=2.5) as api:
        answer = await api.as_("nobody").execute(LIMITS)

    assert answer.data["limits"] == {
        "documentBytes": 16_384,
        "tokens": 2000,
        "depth": 7,
        "aliases": 15,
        "directives": 50,
        "fragments": 50,
        "rootFields": 50,
        "mutations": 5,
        "submissions": 1,
        "digits": 100,
        "cost": 10_000,
        "trustedDocumentsOnly": False,
        "pointsOfCaller": 120_000,
        "pointsOfOrganisation": 600_000,
        "pageItems": 200,
        "defaultPageItems": 50,
        "operationSeconds": 2.5,
        "requestBytes": 1_048_576,
        "uploadBytes": 262_144_000,
        "resumableUploads": 20,
        "resumableUploadHours": 24,
        "performanceLines": 5000,
    }


async def test_limits_are_for_known_callers(api: Api) -> None:
    answer = await api.anonymous.execute(LIMITS)

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])


async def test_a_10_five_hundred_aliases_are_refused(api: Api) -> None:
    document = "{" + " ".join(f"a{n}: viewer {{ roles }}" for n in range(300)) + "}"

    answer = await api.as_("promotor").execute(document)

    assert told(answer) == {"code": "TOO_MANY_ALIASES", "limit": 15, "found": 300}


async def test_a_10_aliases_hidden_in_fragments_count_wherever_these_are_spread(api: Api) -> None:
    document = "{ ...A ...A } fragment A on Query {" + " ".join(f"a{n}: viewer {{ roles }}" for n in range(8)) + "}"

    answer = await api.as_("promotor").execute(document)

    assert told(answer) == {"code": "TOO_MANY_ALIASES", "limit": 15, "found": 16}


async def test_a_10_the_same_field_hundreds_of_times_is_refused(api: Api) -> None:
    answer = await api.as_("promotor").execute("{" + "viewer { roles } " * 400 + "}")

    assert told(answer) == {"code": "TOO_MANY_ALIASES", "limit": 15, "found": 399}


async def test_a_10_directives_by_the_dozen_are_refused(api: Api) -> None:
    directives = "@include(if: true) " * 51

    answer = await api.as_("promotor").execute(f"{{ viewer {directives} {{ roles }} }}")

    assert told(answer) == {"code": "TOO_MANY_DIRECTIVES", "limit": 50, "found": 51}


async def test_a_10_more_fields_at_the_top_than_the_limit_are_refused(settings: Settings, clock: Clock) -> None:
    async with started(settings, clock, graphql_root_field_limit=2) as api:
        answer = await api.as_("promotor").execute("{ viewer { roles } limits { depth } __typename }")

    assert told(answer) == {"code": "TOO_MANY_ROOT_FIELDS", "limit": 2, "found": 3}


async def test_a_10_no_operation_submits_two_files_and_neither_is_submitted(api: Api) -> None:
    ids = [await a_file(number, state=PerformanceFileState.TESTED) for number in ("104233", "104234")]
    fields = [
        f'performanceFileSubmit(input: {{id: "{opaque_id("PerformanceFile", one)}", revision: 1, idempotencyKey: "k"}})'
        " { __typename }"
        for one in ids
    ]

    answer = await api.as_("promotor").execute(
        f"mutation {{ one: {fields[0]} ...More }} fragment More on Mutation {{ two: {fields[1]} }}"
    )

    assert told(answer) == {"code": "TOO_MANY_SUBMISSIONS", "limit": 1, "found": 2}
    assert {row["state"] for row in await rows("SELECT state FROM performance_file")} == {"TESTED"}


async def test_a_10_more_mutations_than_the_limit_are_refused_and_none_is_done(api: Api) -> None:
    before = await kept()
    document = "mutation {" + " ".join(f"m{n}: {GRANT}" for n in range(6)) + "}"

    answer = await api.as_("promotor").execute(document)

    assert told(answer) == {"code": "TOO_MANY_MUTATIONS", "limit": 5, "found": 6}
    assert await kept() == before


async def test_a_10_pages_within_pages_are_refused_for_what_they_can_give(api: Api) -> None:
    document = "{ conventions(first: 200) { edges { node { mandates(first: 200) { edges { cursor } } } } } }"

    answer = await api.as_("promotor").execute(document)

    assert told(answer) == {"code": "TOO_COSTLY", "limit": 10_000, "found": 200 * 201}


async def test_a_10_page_sizes_in_variables_count_too(api: Api) -> None:
    document = """query ($n: Int) {
      conventions(first: $n) { edges { node { mandates(first: $n) { edges { cursor } } } } } }"""
    client = api.as_("promotor")

    small, large = await client.execute(document, {"n": 10}), await client.execute(document, {"n": 150})

    assert "errors" not in small.body
    assert told(large) == {"code": "TOO_COSTLY", "limit": 10_000, "found": 150 * 151}


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ("{ viewer " + "{ user " * 12 + "{ id }" + " }" * 13, 14),
        ("{ viewer { ...__schema } } fragment __schema on Viewer " + "{ user " * 12 + "{ id }" + " }" * 12, 14),
    ],
)
async def test_a_11_what_is_too_deep_is_refused_whatever_its_fragments_are_called(
    api: Api, document: str, found: int
) -> None:
    answer = await api.as_("promotor").execute(document)

    assert told(answer) == {"code": "TOO_DEEP", "limit": 12, "found": found}


async def test_a_11_a_fragment_bomb_is_refused_at_once(api: Api) -> None:
    levels = 22
    spreads = "".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    document = f"{{...F0}}{spreads}fragment F{levels} on Query{{__typename}}"

    async with asyncio.timeout(30):
        answer = await api.as_("promotor").execute(document)

    assert told(answer)["code"] == "TOO_MANY_FIELDS"


async def test_a_11_a_circle_of_fragments_is_refused_by_validation(api: Api) -> None:
    answer = await api.as_("promotor").execute(
        "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }"
    )

    assert answer.error_codes == ["BAD_REQUEST"]


async def test_a_12_a_long_document_is_refused_before_it_is_parsed(api: Api) -> None:
    answer = await api.as_("promotor").execute("{" + "é" * 9000)

    assert told(answer) == {"code": "DOCUMENT_TOO_LARGE", "limit": 16_384, "found": 18_001}


async def test_a_12_a_document_of_too_many_tokens_is_refused(api: Api) -> None:
    answer = await api.as_("promotor").execute("{ viewer { roles " + "@a" * 2000 + " } }")

    assert told(answer) == {"code": "TOO_MANY_TOKENS", "limit": 2000, "found": 2001}


async def test_a_12_comments_count_as_tokens(api: Api) -> None:
    answer = await api.as_("promotor").execute("#\n" * 2001 + "{ viewer { roles } }")

    assert told(answer)["code"] == "TOO_MANY_TOKENS"


async def test_a_12_a_body_over_the_limit_is_refused_unread(api: Api) -> None:
    answer = await api.as_("promotor").execute("{ viewer { roles } }", {"x": "x" * 1_100_000})

    assert answer.status == 413
    assert answer.error_codes == ["TOO_LARGE"]


async def test_a_13_a_list_of_operations_is_refused(api: Api) -> None:
    before = await kept()
    client: Client = api.as_("promotor")

    response = await client.http.post(
        "/graphql", json=[{"query": f"mutation {{ {GRANT} }}"}] * 2, headers=dict(client.headers)
    )

    assert response.status_code == 400
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["BATCH_REFUSED"]
    assert await kept() == before


async def test_a_15_anonymous_callers_introspect_only_where_that_is_on(settings: Settings, clock: Clock) -> None:
    async with started(settings, clock, anonymous_introspection=False) as api:
        refused = await api.anonymous.execute(get_introspection_query())
        known = await api.as_("nobody").execute(get_introspection_query())
    async with started(settings, clock, anonymous_introspection=True) as api:
        anonymous = await api.anonymous.execute(get_introspection_query())

    assert (refused.status, refused.error_codes) == (401, ["UNAUTHENTICATED"])
    assert known.data["__schema"]["queryType"]["name"] == "Query"
    assert anonymous.data == known.data


@pytest.mark.parametrize(
    "document",
    [
        "{ viewr { roles } }",
        '{ convention(nummber: "1") { number } }',
        "query ($filter: ConventionFiltr) { conventions(filter: $filter) { totalCount } }",
        "{ conventions(filter: {programme: GESC}) { totalCount } }",
        "{ conventions(filter: {numers: []}) { totalCount } }",
        "{ viewer @skp(if: true) { roles } }",
        "{ ...F } fragment F on Qury { viewer { roles } }",
    ],
)
async def test_a_15_a_misspelt_name_is_not_completed(api: Api, document: str) -> None:
    answer = await api.as_("promotor").execute(document)

    assert "did you mean" not in str(answer.body).lower()
    assert set(answer.error_codes) == {"BAD_REQUEST"}


async def test_a_syntax_error_is_told_with_a_code(api: Api) -> None:
    answer = await api.as_("promotor").execute("{ viewer {")

    assert answer.error_codes == ["BAD_REQUEST"]


async def test_a_refusal_speaks_the_language_of_the_request(api: Api) -> None:
    answer = await api.as_("promotor").speaking("de").execute("{" + "x" * 20_000)

    message = answer.body["errors"][0]["message"]
    assert message == "Der GraphQL-Text hat 20001 Bytes; höchstens 16384 sind erlaubt."


async def test_an_operation_that_takes_too_long_is_broken_off(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with started(settings, clock, operation_timeout_seconds=0.05) as api:
        monkeypatch.setattr("graph.conventions.convention_by_number", never)
        answer = await api.as_("promotor").execute('{ convention(number: "104233") { number } }')

    assert told(answer) == {"code": "TIMED_OUT", "limit": 0.05, "found": 0.05}
    assert ended.is_set()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("subscription { performanceFileChanged(", "BAD_REQUEST"),
        ("{ viewer " + "{ user " * 12 + "{ id }" + " }" * 13, "TOO_DEEP"),
        ("{" + "é" * 9000, "DOCUMENT_TOO_LARGE"),
    ],
)
async def test_over_a_web_socket_the_same_is_refused_and_said(api: Api, document: str, code: str) -> None:
    async with following(api, "promotor", document, {}) as stream:
        answer = await stream.hear()

    assert answer["type"] == "error"
    assert [error["extensions"]["code"] for error in answer["payload"]] == [code]


@pytest.mark.parametrize(
    "operation", [file for file in operations_folder().iterdir() if file.name.endswith(".graphql")], ids=str
)
def test_the_prepared_operations_keep_to_the_limits(operation: Traversable, settings: Settings) -> None:
    text = operation.read_text(encoding="utf-8")

    measures = Measuring(SCHEMA, parse(text)).measures()

    assert len(text.encode()) <= settings.graphql_document_limit_bytes
    assert measures.fields <= settings.graphql_token_limit
    assert measures.depth <= settings.graphql_depth_limit
    assert measures.aliases <= settings.graphql_alias_limit
    assert measures.cost <= settings.graphql_cost_limit


async def test_a_document_is_parsed_validated_and_measured_once(api: Api) -> None:
    client = api.as_("promotor")
    text = "{ viewer { roles user { name } } }"

    first = await client.execute(text)
    with (
        patch("graph.documents.parse", side_effect=AssertionError),
        patch("graph.documents.validate", side_effect=AssertionError),
        patch("graph.documents.Measuring", side_effect=AssertionError),
    ):
        second = await client.execute(text)

    assert first.data["viewer"]["roles"]
    assert first.data == second.data


async def test_a_refused_document_is_refused_again(api: Api) -> None:
    client = api.as_("promotor")

    answers = [await client.execute("{ viewer { roles ") for _ in range(2)]

    assert [answer.error_codes for answer in answers] == [["BAD_REQUEST"]] * 2
