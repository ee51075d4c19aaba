"""Every root field, asked by nobody: without a token it is refused, without a role it gives nothing and does nothing.

A field that has no row in `ROOT_FIELDS` fails the first test: a new one cannot be forgotten. The other personas are for
the tests of each subject.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from api import Answer, Api, Client
from graphql import GraphQLObjectType

from graph.nodes import opaque_id
from graph.schema import shared_schema
from persistence.database import rows

EMPTY: dict[str, Any] = {"totalCount": 0, "edges": []}
PAGE = "{ totalCount edges { cursor } }"
PROBLEM = "{ __typename }"


@dataclass(frozen=True)
class Asked:
    """A minimal document for one root field, and what a known person without any role gets for it.

    What stands between `<` and `>` in *variables* is filled in with the id of a row of the demo world. *gets* is the
    type of the problem for a mutation.
    """

    document: str
    gets: Any
    variables: dict[str, Any]
    is_upload: bool = False


def a_query(field: str, gets: Any, **variables: Any) -> Asked:
    return Asked(f"{{ {field} }}", gets, variables)


def a_mutation(name: str, gets: str, *, is_upload: bool = False, **values: Any) -> Asked:
    input_type = f"{name[0].upper()}{name[1:]}Input!"
    document = f"mutation ($input: {input_type}) {{ {name}(input: $input) {PROBLEM} }}"
    return Asked(document, gets, {"input": values}, is_upload)


FILE = opaque_id("PerformanceFile", "0199f000-0000-7000-8000-000000000000")
COLLECTIVE = opaque_id("CollectiveFile", "0199f000-0000-7000-8000-000000000000")

ROOT_FIELDS: dict[str, Asked] = {
    "Query.viewer": a_query("viewer { roles possibleActions }", {"roles": [], "possibleActions": []}),
    "Query.limits": a_query("limits { mutations }", {"mutations": 5}),
    "Query.node": Asked("query ($id: ID!) { node(id: $id) { id } }", None, {"id": "<Convention>"}),
    "Query.nodes": Asked("query ($id: ID!) { nodes(ids: [$id]) { id } }", [None], {"id": "<Mandate>"}),
    "Query.convention": a_query('convention(number: "104233") { number }', None),
    "Query.conventions": a_query(f"conventions {PAGE}", EMPTY),
    "Query.mandates": a_query(f"mandates {PAGE}", EMPTY),
    "Query.roleGrants": a_query(f"roleGrants {PAGE}", EMPTY),
    "Query.admissions": a_query(f"admissions {PAGE}", EMPTY),
    "Query.collectiveFiles": a_query(f"collectiveFiles {PAGE}", EMPTY),
    "Query.performanceFiles": a_query(f"performanceFiles {PAGE}", EMPTY),
    "Query.explain": a_query('explain(action: SUBMIT, conventionNumber: "104233") { allowed }', {"allowed": False}),
    "Query.whoCan": a_query('whoCan(action: SUBMIT, conventionNumber: "104233") { __typename }', []),
    "Query.accessReview": a_query("accessReview { __typename }", None),
    "Query.policy": a_query("policy { text }", None),
    "Query.auditLog": a_query(f"auditLog {PAGE}", EMPTY),
    "Mutation.roleGrant": a_mutation(
        "roleGrant", "GrantNotAllowed", userId="<User>", organisation="0999000129", role="PROMOTOR"
    ),
    "Mutation.roleRevoke": a_mutation("roleRevoke", "NotFound", roleGrantId="<RoleGrant>"),
    "Mutation.mandateGrant": a_mutation(
        "mandateGrant",
        "NotFound",
        conventionNumber="104234",
        secretariat="0999000327",
        level="UPLOAD",
        firstMonth="2026-11",
    ),
    "Mutation.mandateRevoke": a_mutation("mandateRevoke", "NotFound", mandateId="<Mandate>"),
    "Mutation.admissionGrant": a_mutation(
        "admissionGrant", "NotAllowed", organisation="0999000426", admittedFrom="2026-11-05", evidence="drie tests"
    ),
    "Mutation.admissionSuspend": a_mutation("admissionSuspend", "NotAllowed", admissionId="<Admission>", reason="x"),
    "Mutation.collectiveFileTest": a_mutation("collectiveFileTest", "NotAllowed", is_upload=True, file=None),
    "Mutation.collectiveFileUpload": a_mutation(
        "collectiveFileUpload", "NotAllowed", is_upload=True, file=None, mode="PRODUCTION", idempotencyKey="k"
    ),
    "Mutation.performanceFileFillIn": a_mutation(
        "performanceFileFillIn", "NotFound", conventionNumber="104233", month="2026-10", lines=[]
    ),
    "Mutation.performanceFileModify": a_mutation("performanceFileModify", "NotFound", id=FILE, revision=1, lines=[]),
    "Mutation.performanceFileTest": a_mutation("performanceFileTest", "NotFound", id=FILE, revision=1),
    "Mutation.performanceFileSubmit": a_mutation(
        "performanceFileSubmit", "NotFound", id=FILE, revision=1, idempotencyKey="k"
    ),
    "Mutation.performanceFileWithdraw": a_mutation("performanceFileWithdraw", "NotFound", id=FILE, revision=1),
    "Mutation.performanceFileDecide": a_mutation(
        "performanceFileDecide", "NotFound", id=FILE, revision=1, judgement="ACCEPT"
    ),
    "Mutation.policyCheck": a_mutation("policyCheck", "NotFound", policy=""),
    "Mutation.policyActivate": a_mutation("policyActivate", "NotFound", policy="", reason="x", expectedVersion="x"),
    "Mutation.policyApprove": a_mutation("policyApprove", "NotFound", proposalId="x", reason="x"),
    "Mutation.policyRollback": a_mutation("policyRollback", "NotFound", sequence=1, reason="x"),
    "Subscription.collectiveFileProgress": Asked(
        "subscription ($id: ID!) { collectiveFileProgress(id: $id) { id } }", None, {"id": COLLECTIVE}
    ),
    "Subscription.performanceFileChanged": Asked(
        'subscription { performanceFileChanged(conventionNumber: "104233") { id } }', None, {}
    ),
}
ANSWERED = [name for name in ROOT_FIELDS if not name.startswith("Subscription.")]
FOLLOWED = [name for name in ROOT_FIELDS if name.startswith("Subscription.")]
TABLES = {"Convention": "convention", "Mandate": "mandate", "RoleGrant": "role_grant", "Admission": "admission"}


def served() -> list[str]:
    """`Type.field` for every root field of the schema."""
    schema = shared_schema()._schema  # pyright: ignore[reportPrivateUsage] - no other way in
    roots: list[GraphQLObjectType | None] = [schema.query_type, schema.mutation_type, schema.subscription_type]
    return sorted(f"{root.name}.{field}" for root in roots if root is not None for field in root.fields)


async def filled_in(api: Api, values: dict[str, Any]) -> dict[str, Any]:
    """*values* with the ids of rows that are there, so that a refusal is not for want of a thing."""
    filled = dict(values)
    for name, value in values.items():
        if isinstance(value, dict):
            filled[name] = await filled_in(api, dict[str, Any](value))  # pyright: ignore[reportUnknownArgumentType] - JSON
        elif value == "<User>":
            answer = await api.as_("nobody").execute("{ viewer { user { id } } }")
            filled[name] = answer.data["viewer"]["user"]["id"]
        elif isinstance(value, str) and value.startswith("<"):
            kind = value.strip("<>")
            found = await rows(f"SELECT id FROM {TABLES[kind]} ORDER BY id LIMIT 1")
            filled[name] = opaque_id(kind, found[0]["id"])
    return filled


async def ask(client: Client, asked: Asked, variables: dict[str, Any]) -> Answer:
    if asked.is_upload:
        return await client.upload(asked.document, variables, path="variables.input.file", content=b"<x/>")
    return await client.execute(asked.document, variables)


async def everything_kept() -> dict[str, list[dict[str, Any]]]:
    """Every row that an intention can write; the audit trail apart, which tells of refusals."""
    tables = ("convention", "mandate", "role_grant", "admission", "collective_file", "performance_file")
    kept = {table: await rows(f"SELECT * FROM {table} ORDER BY id") for table in tables}
    return kept | {"policy_version": await rows("SELECT * FROM policy_version ORDER BY sequence")}


def test_every_root_field_has_a_row_here() -> None:
    assert sorted(ROOT_FIELDS) == served()


@pytest.mark.parametrize("name", ANSWERED)
async def test_without_a_token_it_is_refused(api: Api, name: str) -> None:
    asked = ROOT_FIELDS[name]
    variables, before = await filled_in(api, asked.variables), await everything_kept()

    answer = await ask(api.anonymous, asked, variables)

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])
    assert answer.body.get("data") in (None, {name.partition(".")[2]: None})
    assert await everything_kept() == before


@pytest.mark.parametrize("name", ANSWERED)
async def test_without_a_role_it_gives_and_does_nothing(api: Api, name: str) -> None:
    asked = ROOT_FIELDS[name]
    variables, before = await filled_in(api, asked.variables), await everything_kept()

    answer = await ask(api.as_("nobody"), asked, variables)

    found = answer.data[name.partition(".")[2]]
    assert (found["__typename"] if name.startswith("Mutation.") else found) == asked.gets
    assert await everything_kept() == before


@pytest.mark.parametrize("persona", ["anonymous", "nobody"])
@pytest.mark.parametrize("name", FOLLOWED)
async def test_nobody_follows_anything(api: Api, name: str, persona: str) -> None:
    asked = ROOT_FIELDS[name]
    client = api.anonymous if persona == "anonymous" else api.as_(persona)

    response = await client.http.post(
        "/graphql",
        json={"query": asked.document, "variables": asked.variables},
        headers={**client.headers, "Accept": "text/event-stream"},
    )

    code = "UNAUTHENTICATED" if persona == "anonymous" else "NOT_FOUND"
    assert code in response.text
    assert '"id"' not in response.text
