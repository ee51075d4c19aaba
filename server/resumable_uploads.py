"""Resumable uploads at `/uploads`, by the protocol tus 1.0: core, creation, checksum, expiration and termination.

The finished upload is named in a mutation (`collectiveFileUpload`), which takes it in; until then it is only bytes that
nobody but their sender can reach. An upload of somebody else answers 404 like one that does not exist.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.caller import Caller
from domain.decisions import NotAllowed
from domain.errors import DomainError, NotFound
from filing.identification import Identified
from filing.office import Office
from filing.peeking import CollectiveFileTooLarge
from filing.resumable_uploads import (
    Checksum,
    ChecksumMismatch,
    OffsetConflict,
    TooManyResumableUploads,
    TooManySegments,
    UploadComplete,
    abandon_upload,
    append_to_upload,
    begin_upload,
    require_open_at,
    upload_in_sight,
)
from filing.uploads_at_once import TooManyUploads
from graph.patience import Patience
from graph.uploads import resumable_upload_id, resumable_upload_key
from persistence.failures import TemporarilyUnavailable
from persistence.models import ResumableUploadRow
from server.graphql.request_bodies import Body, malformed
from server.refusals import Refusal, refusal_response

UPLOADS_PATH: Final = "/uploads"

_VERSION: Final = "1.0.0"
_ALGORITHMS: Final = ("sha256", "sha1")
_CONTENT_TYPE: Final = "application/offset+octet-stream"
_STATUS: Final[Mapping[type[DomainError], int]] = {
    NotFound: 404,
    NotAllowed: 403,
    UploadComplete: 403,
    OffsetConflict: 409,
    CollectiveFileTooLarge: 413,
    TooManySegments: 400,
    TooManyUploads: 429,
    TooManyResumableUploads: 429,
    ChecksumMismatch: 460,
    TemporarilyUnavailable: 503,
}

Identify = Callable[[Request], Awaitable[Identified]]
"""Who asks, by the token of the request; raises `Refusal` when there is none or it is not good."""


class ResumableUploads:
    """The protocol; *office* finds the services of the running application.

    *idle_seconds*: how long a body may keep us waiting for its next byte.
    """

    def __init__(self, office: Callable[[Request], Office], identified: Identify, *, idle_seconds: float) -> None:
        self._office = office
        self._identified = identified
        self._patience = Patience(idle_seconds)

    def routes(self) -> list[Route]:
        methods = ["OPTIONS", "POST", "HEAD", "PATCH", "DELETE"]
        return [
            Route(UPLOADS_PATH, self._serve, methods=methods),
            Route(f"{UPLOADS_PATH}/{{id}}", self._serve, methods=methods),
        ]

    async def _serve(self, request: Request) -> Response:
        # For clients whose network lets only GET and POST through.
        method = request.headers.get("x-http-method-override", request.method).upper()
        try:
            response = await self._answer(request, method)
        except Refusal as refusal:
            response = refusal_response(request, refusal)
        except tuple(_STATUS) as error:
            status = _STATUS[type(error)]
            headers = {"Retry-After": "60"} if status in (429, 503) else {}
            refusal = Refusal(status, error.code, error.values, headers=headers)
            response = refusal_response(request, refusal)
        response.headers["Tus-Resumable"] = _VERSION
        return response

    async def _answer(self, request: Request, method: str) -> Response:
        office = self._office(request)
        if method == "OPTIONS":
            return Response(status_code=204, headers=_abilities(office))
        if (version := request.headers.get("tus-resumable", "")) != _VERSION:
            values = {"found": version[:20], "expected": _VERSION}
            raise Refusal(412, "PROTOCOL_VERSION", values, headers={"Tus-Version": _VERSION})
        upload_id: str | None = request.path_params.get("id")
        allowed = "OPTIONS, POST" if upload_id is None else "OPTIONS, HEAD, PATCH, DELETE"
        if method not in allowed.split(", "):
            raise Refusal(
                405, "METHOD_NOT_ALLOWED", {"found": method[:20], "expected": allowed}, headers={"Allow": allowed}
            )
        caller = (await self._identified(request)).caller
        if upload_id is None:
            return await self._begin(office, caller, request)
        row = await upload_in_sight(office, caller, resumable_upload_key(upload_id))
        match method:
            case "HEAD":
                return Response(headers={**_state(row), "Cache-Control": "no-store"})
            case "PATCH":
                return await self._append(office, caller, row, request)
            case _:
                await abandon_upload(office, row)
                return Response(status_code=204)

    async def _begin(self, office: Office, caller: Caller, request: Request) -> Response:
        row = await begin_upload(
            office,
            caller,
            size_bytes=_number(request, "upload-length"),
            file_name=_file_name(request.headers.get("upload-metadata", "")),
        )
        location = f"{UPLOADS_PATH}/{resumable_upload_id(row.id)}"
        return Response(status_code=201, headers={**_state(row), "Location": location})

    async def _append(self, office: Office, caller: Caller, row: ResumableUploadRow, request: Request) -> Response:
        if (found := request.headers.get("content-type", "")) != _CONTENT_TYPE:
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", {"found": found[:200], "expected": _CONTENT_TYPE})
        offset = _number(request, "upload-offset")
        checksum = _checksum(request.headers.get("upload-checksum"))
        require_open_at(row, offset)
        body = Body(request, limit_bytes=row.size_bytes - offset, patience=self._patience)
        row.received_bytes = await append_to_upload(office, caller, row, body.chunks(), checksum=checksum)
        return Response(status_code=204, headers=_state(row))


def _abilities(office: Office) -> dict[str, str]:
    return {
        "Tus-Version": _VERSION,
        "Tus-Extension": "creation,checksum,expiration,termination",
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
        "Tus-Max-Size": str(office.upload_limit_bytes),
    }


def _state(row: ResumableUploadRow) -> dict[str, str]:
    return {
        "Upload-Length": str(row.size_bytes),
        "Upload-Offset": str(row.received_bytes),
        "Upload-Expires": format_datetime(row.expires_at.astimezone(UTC), usegmt=True),
    }


def _number(request: Request, header: str) -> int:
    """The bytes that a header counts; raises `Refusal` when it does not."""
    found = request.headers.get(header, "")
    if not (found.isascii() and found.isdigit() and len(found) < 20):
        raise malformed(f"{header.title()} is not a number of bytes: {found[:50]!r}")
    return int(found)


def _checksum(header: str | None) -> Checksum | None:
    """What the body has to come to; raises `Refusal` for one that cannot be checked."""
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise malformed(f"Upload-Checksum is not by {' or '.join(_ALGORITHMS)}: {algorithm[:50]!r}")
    return Checksum(algorithm, _decoded(encoded, "Upload-Checksum"))


def _file_name(metadata: str) -> str | None:
    """The pair `filename` of the metadata, none without one; raises `Refusal` when it is not as the protocol says."""
    for pair in metadata.split(","):
        key, _, encoded = pair.strip().partition(" ")
        if key == "filename":
            return _decoded(encoded, "Upload-Metadata").decode("utf-8", "replace")
    return None


def _decoded(encoded: str, header: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed(f"{header} is not Base64: {encoded[:50]!r}") from error
