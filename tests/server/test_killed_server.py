"""A server that is killed: what it acknowledged is kept and finished once, what it did not is not there at all."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
from started_server import StartedServer, started_server

from domain.demo_world import last_ended_month
from domain.months import system_clock
from validation.making.samples import samples

UPLOAD = """mutation ($input: CollectiveFileUploadInput!) { collectiveFileUpload(input: $input) {
  __typename ... on CollectiveFileUploaded { collectiveFile { id sha256 } } } }"""
FILES = "{ collectiveFiles { edges { node { id state sha256 report { verdict } } } } performanceFiles { totalCount } }"
BOUNDARY = "killed"


def _valid_file() -> bytes:
    return samples(last_ended_month(system_clock()))[0].text.encode()


def _body(content: bytes) -> bytes:
    """An upload by the multipart request specification."""
    variables = {"input": {"file": None, "mode": "PRODUCTION", "idempotencyKey": "kill-1"}}
    fields = {"operations": {"query": UPLOAD, "variables": variables}, "map": {"0": ["variables.input.file"]}}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{json.dumps(value)}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="0"; filename="a.xml"\r\n'
        "Content-Type: application/xml\r\n\r\n"
    )
    return "".join(parts).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def _headers(server: StartedServer) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {server.token('uploader')}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }


async def _files(server: StartedServer) -> Any:
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.post(
            f"{server.url}/graphql",
            json={"query": FILES},
            headers={"Authorization": f"Bearer {server.token('uploader')}"},
        )
    return answer.json()["data"]


async def _processed(server: StartedServer) -> Any:
    """The files when the only one is processed; fails the test when it takes too long."""
    for _ in range(300):
        found = await _files(server)
        if [edge["node"]["state"] for edge in found["collectiveFiles"]["edges"]] == ["PROCESSED"]:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError("still not processed")


async def test_an_acknowledged_upload_survives_a_killed_server_and_has_one_outcome(
    database_url: str, tmp_path: Path
) -> None:
    async with started_server(database_url, tmp_path) as server:
        before = (await _files(server))["performanceFiles"]["totalCount"]
        async with httpx2.AsyncClient(timeout=60) as http:
            answer = await http.post(f"{server.url}/graphql", content=_body(_valid_file()), headers=_headers(server))
        acknowledged = answer.json()["data"]["collectiveFileUpload"]["collectiveFile"]
        server.kill()

    async with started_server(database_url, tmp_path) as server:
        found = await _processed(server)

    assert [(edge["node"]["id"], edge["node"]["sha256"]) for edge in found["collectiveFiles"]["edges"]] == [
        (acknowledged["id"], acknowledged["sha256"])
    ]
    assert found["collectiveFiles"]["edges"][0]["node"]["report"]["verdict"] == "VALID"
    assert found["performanceFiles"]["totalCount"] == before + 2


async def test_an_upload_that_is_cut_off_by_a_killed_server_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    body = _body(_valid_file() * 400)
    async with started_server(database_url, tmp_path) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = "".join(f"{name}: {value}\r\n" for name, value in _headers(server).items())
        writer.write(f"POST /graphql HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body[: len(body) // 2])
        await writer.drain()
        server.kill()
        writer.close()

    async with started_server(database_url, tmp_path) as server:
        found = await _files(server)
        kept = [path for path in (tmp_path / "var/files").rglob("*") if path.is_file()]

    assert found["collectiveFiles"]["edges"] == []
    assert kept == []
