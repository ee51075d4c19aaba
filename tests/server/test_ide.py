"""The IDE for browsers: from this package alone, byte for byte what was published, under a strict policy."""

import gzip
import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from domain.demo_world import PERSONAS
from server.demo_issuer import DemoIssuer
from server.graphql.ide import (
    CONTENT_SECURITY_POLICY,
    Operation,
    graphiql_page,
    ide_routes,
    prepared_operations,
    wants_page,
)
from server.settings import DEMO_ISSUER, Settings
from server.signing_in.identity import TokenVerifier

FOLDER = Path(__file__).parents[2] / "server" / "graphiql"
NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
OPERATIONS = [Operation("query WhoAmI { viewer { id } }", None), Operation("query Of($n: Int) { x }", '{"n": 1}')]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def client(demo_issuer: DemoIssuer | None = None) -> TestClient:
    page = Route("/graphql", graphiql_page, methods=["GET"])
    return TestClient(Starlette(routes=[*ide_routes(OPERATIONS, demo_issuer), page]))


@pytest.fixture
def demo_issuer(tmp_path: Path) -> DemoIssuer:
    return DemoIssuer.open(Settings(demo_issuer_key_path=tmp_path / "demo.pem"), clock=lambda: NOW)


def published() -> list[tuple[str, str]]:
    rows = (line.split() for line in (FOLDER / "SHA256SUMS").read_text().splitlines())
    return [(digest, path.rpartition("/")[2]) for digest, _package, path in rows]


@pytest.mark.parametrize(("digest", "name"), published())
def test_each_vendored_file_is_what_its_package_published(digest: str, name: str) -> None:
    content = client().get(f"/graphql/assets/{name}").content

    assert hashlib.sha256(content).hexdigest() == digest


def test_every_vendored_file_has_a_digest_and_a_licence_stands_beside_them() -> None:
    ours = {"boot.js", "boot.css", "index.html", "SHA256SUMS"}
    vendored = {path.name.removesuffix(".gz") for path in FOLDER.iterdir() if path.is_file()} - ours

    assert vendored == {name for _, name in published()}
    assert {path.name for path in (FOLDER / "licences").iterdir()} == {
        "fira-code-OFL-1.1.txt",
        "graphiql-MIT.txt",
        "react-MIT.txt",
        "roboto-Apache-2.0.txt",
    }


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_inline_script() -> None:
    answer = client().get("/graphql", headers=BROWSER)

    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert [address for address in loaded if not address.startswith(("/graphql/assets/", "data:"))] == []
    assert re.findall(r"<script(?![^>]*src=)|<style|\son[a-z]+=|\sstyle=", answer.text) == []


def test_everything_that_the_page_loads_is_served() -> None:
    ide = client()
    loaded = re.findall(r'(?:src|href)="(/graphql/[^"]+)"', ide.get("/graphql", headers=BROWSER).text)

    assert len(loaded) == 6
    assert [ide.get(address).status_code for address in loaded] == [200] * 6


def test_the_policy_allows_no_other_origin_and_no_inline_code() -> None:
    sources = {part.strip().partition(" ")[2] for part in CONTENT_SECURITY_POLICY.split(";")}

    assert sources == {"'none'", "'self'", "'self' data:"}


def test_large_files_are_sent_compressed_to_those_who_can_read_it() -> None:
    ide = client()

    compressed = ide.get("/graphql/assets/graphiql.min.js")
    plain = ide.get("/graphql/assets/graphiql.min.js", headers={"Accept-Encoding": "identity"})

    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert compressed.content == plain.content
    assert len(gzip.compress(plain.content)) < 1_000_000


def test_a_file_that_the_browser_has_is_not_sent_again() -> None:
    ide = client()
    first = ide.get("/graphql/assets/boot.js")

    again = ide.get("/graphql/assets/boot.js", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["index.html", "../settings.py", "%2e%2e/settings.py", "SHA256SUMS", "boot.js.gz", ""])
def test_only_the_files_of_the_page_are_served(path: str) -> None:
    assert client().get(f"/graphql/assets/{path}").status_code == 404


def test_prepared_operations_are_shown_as_tabs_with_their_variables() -> None:
    assert client().get("/graphql/operations.json").json() == [
        {"query": "query WhoAmI { viewer { id } }"},
        {"query": "query Of($n: Int) { x }", "variables": '{"n": 1}'},
    ]


def test_operations_are_read_in_the_order_of_their_file_names(tmp_path: Path) -> None:
    (tmp_path / "2-grant.graphql").write_text("mutation Grant { x }")
    (tmp_path / "1-look.graphql").write_text("query Look { x }")
    (tmp_path / "2-grant.json").write_text('{"a": 1}')
    (tmp_path / "notes.md").write_text("not an operation")

    assert prepared_operations(tmp_path) == [
        Operation("query Look { x }", None),
        Operation("mutation Grant { x }", '{"a": 1}'),
    ]


async def test_in_the_demo_the_page_offers_a_good_token_for_each_persona(demo_issuer: DemoIssuer) -> None:
    answer = client(demo_issuer).get("/graphql/personas.json")
    shown = answer.json()

    verifier = TokenVerifier(
        demo_issuer, issuer=DEMO_ISSUER, audience="mandaat", algorithms=("ES256",), clock=lambda: NOW
    )
    assert answer.headers["cache-control"] == "no-store"
    assert [each["name"] for each in shown] == [persona.name for persona in PERSONAS]
    assert [(await verifier.verify(each["token"])).subject for each in shown] == [each.subject for each in PERSONAS]
    assert (shown[1]["displayName"], shown[1]["organisation"]) == ("Pieter Maes", "De Brug vzw")


def test_without_the_demo_issuer_no_token_is_offered() -> None:
    assert client().get("/graphql/personas.json").status_code == 404


@pytest.mark.parametrize(
    ("method", "accept", "is_page"),
    [
        ("GET", "text/html,*/*;q=0.8", True),
        ("HEAD", "text/html", True),
        ("GET", "application/json", False),
        ("GET", "*/*", False),
        ("GET", None, False),
        ("POST", "text/html", False),
    ],
)
def test_only_a_browser_that_looks_gets_the_page(method: str, accept: str | None, is_page: bool) -> None:
    headers = [] if accept is None else [(b"accept", accept.encode())]

    assert wants_page(Request({"type": "http", "method": method, "headers": headers})) is is_page
