"""The main job, whole, as partners do it: a started server, real HTTP, and a client that is not ours (`gql`)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
from gql import Client, FileVar, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport
from started_server import StartedServer, started_server

from domain.demo_world import last_ended_month
from domain.months import Month, system_clock
from filing.receipts import Receipt, verify_receipt
from validation.making.samples import samples

PROBLEM = "... on Problem { code message path }"
UPLOAD = f"""mutation ($input: CollectiveFileUploadInput!) {{ collectiveFileUpload(input: $input) {{
  __typename
  ... on CollectiveFileUploaded {{ collectiveFile {{ id state reference receipt {{ content signature }} }} }}
  ... on NotAllowed {{ missing {{ lack ask message }} }}
  {PROBLEM}
}} }}"""
TEST = f"""mutation ($input: CollectiveFileTestInput!) {{ collectiveFileTest(input: $input) {{
  __typename
  ... on CollectiveFileTested {{ collectiveFile {{ id state checksOnly }} }}
  {PROBLEM}
}} }}"""
PROGRESS = """subscription ($id: ID!) { collectiveFileProgress(id: $id) { state progress } }"""
REPORT = """query ($id: ID!) { node(id: $id) { ... on CollectiveFile {
  state
  report { verdict isCapped stages { name state } counts { code severity count }
    findings { edges { node { code severity conventionNumber place { line column path } message advice } } } }
  parts { edges { node { number conventionNumber month outcome performanceFile { id state revision } } } }
} } }"""
FILE = """query ($id: ID!) { node(id: $id) { ... on PerformanceFile {
  id state month version revision convention { number } viewerActions
  lines(first: 200) { edges { node {
    employee employer employmentNumber begin end weeklyHours fullTimeHours code days hours from until
  } } }
} } }"""
MODIFY = f"""mutation ($input: PerformanceFileModifyInput!) {{ performanceFileModify(input: $input) {{
  __typename ... on PerformanceFileModified {{ performanceFile {{ state revision }} }} {PROBLEM} }} }}"""
PUT_TO_TEST = f"""mutation ($input: PerformanceFileTestInput!) {{ performanceFileTest(input: $input) {{
  __typename ... on PerformanceFileTested {{ performanceFile {{ state revision findings(first: 50) {{
    edges {{ node {{ code severity }} }} }} }} }} {PROBLEM} }} }}"""
SUBMIT = f"""mutation ($input: PerformanceFileSubmitInput!) {{ performanceFileSubmit(input: $input) {{
  __typename ... on PerformanceFileSubmitted {{ performanceFile {{ state }} }}
  ... on NotAllowed {{ missing {{ lack ask message }} }} {PROBLEM} }} }}"""
DECIDE = f"""mutation ($input: PerformanceFileDecideInput!) {{ performanceFileDecide(input: $input) {{
  __typename ... on PerformanceFileDecided {{ performanceFile {{ state }} }} {PROBLEM} }} }}"""
GRANT_ROLE = f"""mutation ($input: RoleGrantInput!) {{ roleGrant(input: $input) {{
  __typename ... on RoleGranted {{ roleGrant {{ role }} }} {PROBLEM} }} }}"""
GRANT_MANDATE = f"""mutation ($input: MandateGrantInput!) {{ mandateGrant(input: $input) {{
  __typename ... on MandateGranted {{ mandate {{ level firstMonth lastMonth }} }} {PROBLEM} }} }}"""
REPORTS = """query ($number: String!) { convention(number: $number) { number financialReports {
  month version hours fullTimeEquivalents premium { euros version } balance { euros }
} } }"""
WHO = "{ viewer { user { id name } roles } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename } }"


class Partner:
    """One persona with the third-party client, over HTTP and over WebSocket."""

    def __init__(self, server: StartedServer, persona: str) -> None:
        authorization = {"Authorization": f"Bearer {server.token(persona)}"}
        self._http = Client(
            transport=AIOHTTPTransport(f"{server.url}/graphql", headers=authorization), execute_timeout=60
        )
        socket_url = f"{server.url.replace('http', 'ws')}/graphql"
        self._socket = Client(
            transport=WebsocketsTransport(
                socket_url, init_payload=authorization, subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
            )
        )

    async def ask(self, document: str, variables: dict[str, Any] | None = None) -> Any:
        """The one root field of the answer."""
        request = gql(document)
        request.variable_values = variables or {}
        async with self._http as session:
            (answer,) = (await session.execute(request)).values()
        return answer

    async def do(self, document: str, **values: Any) -> Any:
        return await self.ask(document, {"input": values})

    async def send(self, document: str, path: Path, **values: Any) -> Any:
        request = gql(document)
        request.variable_values = {"input": {**values, "file": FileVar(str(path), content_type="application/xml")}}
        async with self._http as session:
            (answer,) = (await session.execute(request, upload_files=True)).values()
        return answer

    async def follow(self, file_id: str) -> list[dict[str, Any]]:
        """Every event of a file's progress, to its last."""
        request = gql(PROGRESS)
        request.variable_values = {"id": file_id}
        async with self._socket as session:
            return [event["collectiveFileProgress"] async for event in session.subscribe(request)]


async def test_the_main_job_from_the_two_mandates_to_a_decided_file(database_url: str, tmp_path: Path) -> None:
    async with started_server(database_url, tmp_path) as server:
        month = last_ended_month(system_clock())
        await _roles_and_mandates(server, month)
        file_id = await _tested_and_uploaded(server, tmp_path)
        performance_file = await _report_is_read(server, file_id)
        await _checked_and_submitted(server, performance_file)
        await _decided_and_paid(server, performance_file, month)


async def _roles_and_mandates(server: StartedServer, month: Month) -> None:
    """A local administrator makes himself promotor and gives the first mandate; the helpdesk gives the second."""
    administrator, helpdesk = Partner(server, "lokale-beheerder"), Partner(server, "helpdesk")
    him = await administrator.ask(WHO)
    assert him["roles"] == ["LOCAL_ADMINISTRATOR"]
    mandate = {
        "conventionNumber": "104234",
        "secretariat": "0999000426",
        "level": "UPLOAD",
        "firstMonth": str(month),
    }
    too_early = await administrator.do(GRANT_MANDATE, **mandate)
    assert too_early["__typename"] == "NotFound"

    granted = await administrator.do(
        GRANT_ROLE, userId=him["user"]["id"], organisation="0999000129", role="PROMOTOR", validFrom=str(month.first_day)
    )
    assert granted == {"__typename": "RoleGranted", "roleGrant": {"role": "PROMOTOR"}}
    assert (await administrator.ask(WHO))["roles"] == ["LOCAL_ADMINISTRATOR", "PROMOTOR"]
    given = await administrator.do(GRANT_MANDATE, **mandate)
    assert given["mandate"] == {"level": "UPLOAD", "firstMonth": str(month), "lastMonth": None}

    submitter = await Partner(server, "submitter").ask(WHO)
    second = {"userId": submitter["user"]["id"], "organisation": "0999000327", "role": "UPLOADER"}
    by_promotor = await Partner(server, "promotor").do(GRANT_ROLE, **second, validFrom=str(month.first_day))
    assert by_promotor["__typename"] == "GrantNotAllowed"
    by_helpdesk = await helpdesk.do(GRANT_ROLE, **second, validFrom=str(month.first_day))
    assert by_helpdesk["__typename"] == "RoleGranted"


async def _tested_and_uploaded(server: StartedServer, folder: Path) -> str:
    """The uploader tests the file, uploads it once however often he sends it, and follows it to its end."""
    uploader, beta = Partner(server, "uploader"), Partner(server, "uploader-beta")
    path = folder / "var/samples/part-without-mandate.xml"
    tested = await uploader.send(TEST, path)
    assert tested["__typename"] == "CollectiveFileTested"
    await uploader.follow(tested["collectiveFile"]["id"])
    nothing_yet = await uploader.ask("{ performanceFiles { totalCount } }")

    foreign = folder / "beta.xml"
    foreign.write_text(path.read_text().replace("0999000327", "0999000426", 1))
    not_admitted = await beta.send(UPLOAD, foreign, mode="PRODUCTION", idempotencyKey="beta-1")
    assert not_admitted["__typename"] == "NotAllowed"
    assert [(one["lack"], one["ask"]) for one in not_admitted["missing"]] == [("ADMISSION", "HELPDESK")]

    uploaded = await uploader.send(UPLOAD, path, mode="PRODUCTION", idempotencyKey="alfa-1")
    again = await uploader.send(UPLOAD, path, mode="PRODUCTION", idempotencyKey="alfa-1")
    file = uploaded["collectiveFile"]
    assert (file["state"], again["collectiveFile"]["id"]) == ("RECEIVED", file["id"])
    await _receipt_holds(server, file["receipt"], path)
    events = await uploader.follow(file["id"])
    assert events[-1] == {"state": "PROCESSED", "progress": 100}
    assert await uploader.ask("{ performanceFiles { totalCount } }") == {"totalCount": nothing_yet["totalCount"] + 2}
    return file["id"]


async def _receipt_holds(server: StartedServer, receipt: dict[str, str], path: Path) -> None:
    """Anyone can check the receipt with the published keys alone."""
    async with httpx2.AsyncClient(timeout=60) as http:
        keys = (await http.get(f"{server.url}/.well-known/mandaat-receipt-keys.json")).json()
    held = Receipt(receipt["content"], receipt["signature"])
    assert verify_receipt(held, keys)
    assert json.loads(held.content)["bytes"] == len(await asyncio.to_thread(path.read_bytes))
    assert not verify_receipt(Receipt(held.content.replace("PRODUCTION", "TEST"), held.signature), keys)


async def _report_is_read(server: StartedServer, file_id: str) -> dict[str, Any]:
    """104234 has no mandate and stays out, with its place in the file; the other parts went on."""
    uploader = Partner(server, "uploader")
    read = await uploader.ask(REPORT, {"id": file_id})
    parts = {edge["node"]["conventionNumber"]: edge["node"] for edge in read["parts"]["edges"]}
    assert {number: part["outcome"] for number, part in parts.items()} == {
        "104233": "LOADED",
        "104234": "NOT_LOADED",
        "205001": "LOADED",
    }
    blocking = [edge["node"] for edge in read["report"]["findings"]["edges"] if edge["node"]["severity"] == "BLOCKING"]
    assert [(one["code"], one["conventionNumber"]) for one in blocking] == [("C-201", "104234")]
    assert blocking[0]["place"]["path"].startswith("/CollectiefPrestatiebestand/Promotor[1]/Prestatiestaat[2]")
    assert all(one["advice"] for one in blocking)
    assert read["report"]["verdict"] == "INVALID"
    assert await Partner(server, "promotor-haven").ask(NODE, {"id": file_id}) is None
    return parts["104233"]["performanceFile"]


async def _checked_and_submitted(server: StartedServer, performance_file: dict[str, Any]) -> None:
    """The promotor consults, corrects, tests and submits.

    The uploader cannot submit, and another promotor sees nothing.
    """
    promotor, uploader = Partner(server, "promotor"), Partner(server, "uploader")
    file_id = performance_file["id"]
    read = await promotor.ask(FILE, {"id": file_id})
    assert (read["state"], read["revision"], read["convention"]) == ("DRAFT", 1, {"number": "104233"})
    assert "SUBMIT" not in (await uploader.ask(FILE, {"id": file_id}))["viewerActions"]
    assert await Partner(server, "promotor-haven").ask(FILE, {"id": file_id}) is None

    untested = await promotor.do(SUBMIT, id=file_id, revision=1, idempotencyKey="s-0")
    assert untested["__typename"] == "SubmissionBlocked"
    lines = [edge["node"] for edge in read["lines"]["edges"]]
    fewer = [{**lines[0], "days": "17.0"}, *lines[1:]]
    changed = await promotor.do(MODIFY, id=file_id, revision=1, lines=fewer)
    assert changed["performanceFile"] == {"state": "DRAFT", "revision": 2}
    stale = await promotor.do(PUT_TO_TEST, id=file_id, revision=1)
    assert stale["__typename"] == "StaleRevision"
    tested = await promotor.do(PUT_TO_TEST, id=file_id, revision=2)
    assert (tested["performanceFile"]["state"], tested["performanceFile"]["revision"]) == ("TESTED", 2)

    refused = await uploader.do(SUBMIT, id=file_id, revision=2, idempotencyKey="u-1")
    assert refused["__typename"] == "NotAllowed"
    assert (await promotor.ask(FILE, {"id": file_id}))["state"] == "TESTED"
    submitted = await asyncio.gather(
        *(Partner(server, "promotor").do(SUBMIT, id=file_id, revision=2, idempotencyKey="s-1") for _ in range(3))
    )
    assert [one["performanceFile"] for one in submitted] == [{"state": "SUBMITTED"}] * 3


async def _decided_and_paid(server: StartedServer, performance_file: dict[str, Any], month: Month) -> None:
    """The case handler accepts; the promotor reads what the month is worth, the uploader never does."""
    case_handler, promotor = Partner(server, "case-handler"), Partner(server, "promotor")
    by_helpdesk = await Partner(server, "helpdesk").do(
        DECIDE, id=performance_file["id"], revision=2, judgement="ACCEPT"
    )
    assert by_helpdesk["__typename"] == "NotFound"
    decided = await case_handler.do(DECIDE, id=performance_file["id"], revision=2, judgement="ACCEPT")
    assert decided["performanceFile"] == {"state": "ACCEPTED"}

    reports = (await promotor.ask(REPORTS, {"number": "104233"}))["financialReports"]
    assert [(one["month"], one["version"]) for one in reports] == [(str(month), 1), (str(month.plus(-1)), 1)]
    assert float(reports[0]["premium"]["euros"]) > 0
    for persona in ("uploader", "submitter"):
        assert (await Partner(server, persona).ask(REPORTS, {"number": "104233"})) == {
            "number": "104233",
            "financialReports": None,
        }


async def test_a_month_after_the_end_of_its_mandate_is_not_loaded(database_url: str, tmp_path: Path) -> None:
    month = last_ended_month(system_clock())
    sample = next(one for one in samples(month) if one.path == "rules/M-101.xml")
    async with started_server(database_url, tmp_path) as server:
        uploader = Partner(server, "uploader")
        path = tmp_path / "var/samples" / sample.path

        uploaded = await uploader.send(UPLOAD, path, mode="PRODUCTION", idempotencyKey="late")
        await uploader.follow(uploaded["collectiveFile"]["id"])

        read = await uploader.ask(REPORT, {"id": uploaded["collectiveFile"]["id"]})
        outcomes = [(edge["node"]["conventionNumber"], edge["node"]["outcome"]) for edge in read["parts"]["edges"]]
        codes = [edge["node"]["code"] for edge in read["report"]["findings"]["edges"]]
    assert outcomes == [("104233", "LOADED"), ("205002", "NOT_LOADED")]
    assert "M-101" in codes
