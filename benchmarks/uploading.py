"""Sending a collective file over real HTTP and waiting for its outcome, as payroll software would."""

import http.client
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from uuid_utils.compat import uuid7

LONGEST_CHECK_SECONDS = 900.0
_CHUNK = 1024 * 1024
_UPLOAD = """
mutation ($file: Upload!, $key: String!) {
  collectiveFileUpload(input: {file: $file, mode: PRODUCTION, idempotencyKey: $key}) {
    __typename
    ... on CollectiveFileUploaded { collectiveFile { id state } }
    ... on Problem { code message }
  }
}
"""
_STATE = "query ($id: ID!) { node(id: $id) { ... on CollectiveFile { state progress } } }"
_REPORT = """
query ($id: ID!) { node(id: $id) { ... on CollectiveFile { state receivedAt finishedAt unfinishedReason report {
  verdict stages { name state seconds } counts { code severity count }
} } } }
"""


@dataclass(frozen=True, slots=True)
class Upload:
    """Moments of one upload by `time.monotonic`, and what it was given as id."""

    id: str
    begun: float
    last_byte_sent: float
    receipt: float


def upload(url: str, token: str, file: Path) -> Upload:
    """By the GraphQL multipart request specification, read and sent a piece at a time."""
    boundary = "mandaat-benchmark"
    fields = {
        "operations": json.dumps({"query": _UPLOAD, "variables": {"file": None, "key": str(uuid7())}}),
        "map": json.dumps({"0": ["variables.file"]}),
    }
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="0"; filename="{file.name}"\r\n'
    head += "Content-Type: application/xml\r\n\r\n"
    tail = f"\r\n--{boundary}--\r\n"
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=LONGEST_CHECK_SECONDS)
    begun = time.monotonic()
    connection.putrequest("POST", "/graphql")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(head) + file.stat().st_size + len(tail)))
    connection.endheaders(head.encode())
    with file.open("rb") as content:
        while piece := content.read(_CHUNK):
            connection.send(piece)
    connection.send(tail.encode())
    sent = time.monotonic()
    answer = json.loads(connection.getresponse().read())
    receipt = time.monotonic()
    uploaded = (answer.get("data") or {}).get("collectiveFileUpload") or {}
    if uploaded.get("__typename") != "CollectiveFileUploaded":
        raise SystemExit(f"the file was not taken in: {answer}")
    return Upload(uploaded["collectiveFile"]["id"], begun, sent, receipt)


def until_final(url: str, token: str, file_id: str) -> dict[str, Any]:
    """Ask four times a second until the outcome is published; answers the report."""
    deadline = time.monotonic() + LONGEST_CHECK_SECONDS
    while time.monotonic() < deadline:
        if _ask(url, token, _STATE, file_id)["state"] not in {"RECEIVED", "CHECKING"}:
            return _ask(url, token, _REPORT, file_id)
        time.sleep(0.25)
    raise SystemExit(f"not checked in {LONGEST_CHECK_SECONDS:.0f} s")


def _ask(url: str, token: str, query: str, file_id: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    body = json.dumps({"query": query, "variables": {"id": file_id}})
    connection.request(
        "POST", "/graphql", body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    )
    answer = json.loads(connection.getresponse().read())
    connection.close()
    found: dict[str, Any] = answer["data"]["node"]
    return found
