"""What a promotor reads about a part that came in a file with the parts of others: his own, and nothing of theirs."""

from datetime import UTC, datetime
from typing import Any

from api import Api
from builders import a_collective_file
from performance_files import a_file, a_line, line_input, make

from domain.demo_register import ELS
from domain.findings import Finding, Place
from domain.states import CollectiveFileState
from domain.vocabulary import Severity
from graph.nodes import opaque_id
from persistence.bulk import write_findings
from persistence.database import Connection, rows
from persistence.models import OrganisationRow, UserRow
from persistence.unit_of_work import unit_of_work

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)
FINDINGS = """query($id: ID!) { node(id: $id) { ... on PerformanceFile { source findings { totalCount edges { node {
  code conventionNumber place { line column path } } } } } } }"""


async def one_upload_of(files: dict[str, str]) -> None:
    """Make *files* (id by convention) parts of one collective file whose report has a finding on each."""

    async def upload(connection: Connection) -> None:
        client = connection.client
        sender = await OrganisationRow.get(using_db=client, enterprise_number="0999000327")
        uploader = await UserRow.get(using_db=client, subject="demo-uploader")
        state = CollectiveFileState.PROCESSED
        upload = await a_collective_file(connection, sender, uploader, state=state, finished_at=NOW)
        await rows(
            "INSERT INTO report (id, collective_file_id, verdict, stages, counts, is_capped, rule_set, made_at)"
            " VALUES (7, ?, 'INVALID', '[]', '[]', false, 'x', ?)",
            [upload.id, NOW],
            connection,
        )
        await rows("UPDATE collective_file SET report_id = 7 WHERE id = ?", [upload.id], connection)
        findings: list[Finding] = []
        for part, (number, file_id) in enumerate(files.items(), 1):
            place = Place(part * 10, 1, part * 100, f"/part[{part}]")
            values = {"month": "2026-10"}
            findings.append(
                Finding("L-501", Severity.BLOCKING, place, part, convention=number, value="99", values=values)
            )
            await rows(
                "UPDATE performance_revision SET source = 'COLLECTIVE_FILE', collective_file_id = ?, part_number = ?"
                " WHERE performance_file_id = ?",
                [upload.id, part, file_id],
                connection,
            )
        await write_findings(7, findings, within=connection)

    await unit_of_work(upload)


async def read(api: Api, persona: str, file_id: str) -> Any:
    answer = await api.as_(persona).execute(FINDINGS, {"id": opaque_id("PerformanceFile", file_id)})
    return answer.data["node"]


async def test_a_promotor_reads_the_findings_of_his_own_part(api: Api) -> None:
    files = {"104233": await a_file("104233"), "205001": await a_file("205001")}
    await one_upload_of(files)

    brug = await read(api, "promotor", files["104233"])
    haven = await read(api, "promotor-haven", files["205001"])
    foreign = await read(api, "promotor", files["205001"])

    assert brug["source"] == "COLLECTIVE_FILE"
    assert brug["findings"] == {
        "totalCount": 1,
        "edges": [
            {
                "node": {
                    "code": "L-501",
                    "conventionNumber": "104233",
                    "place": {"line": 10, "column": 1, "path": "/part[1]"},
                }
            }
        ],
    }
    assert [edge["node"]["conventionNumber"] for edge in haven["findings"]["edges"]] == ["205001"]
    assert foreign is None


async def test_a_test_of_its_own_replaces_what_the_upload_said(api: Api) -> None:
    files = {"104233": await a_file("104233"), "205001": await a_file("205001")}
    await one_upload_of(files)

    await make(api.as_("promotor"), "Test", id=opaque_id("PerformanceFile", files["104233"]), revision=1)

    tested = await read(api, "promotor", files["104233"])
    assert all(edge["node"]["place"] is None for edge in tested["findings"]["edges"])
    assert "L-501" not in [edge["node"]["code"] for edge in tested["findings"]["edges"]]
    untouched = await read(api, "promotor-haven", files["205001"])
    assert untouched["findings"]["totalCount"] == 1


async def blocking(api: Api, persona: str, file_id: str, revision: int = 1) -> list[str]:
    """The codes that block the file, once tested."""
    payload = await make(
        api.as_(persona),
        "Test",
        "... on PerformanceFileTested { performanceFile { findings { edges { node { code severity } } } } }",
        id=opaque_id("PerformanceFile", file_id),
        revision=revision,
    )
    found = [edge["node"] for edge in payload["performanceFile"]["findings"]["edges"]]
    return [finding["code"] for finding in found if finding["severity"] == "BLOCKING"]


async def test_who_was_filed_first_keeps_his_place_also_when_his_file_changes(api: Api) -> None:
    full_time = {"weekly_hours_hundredths": 3800, "hours_hundredths": 16720, "days_tenths": 220}
    first = await a_file("104233", lines=[a_line(**full_time)])
    payload = await make(
        api.as_("promotor-haven"),
        "FillIn",
        "... on PerformanceFileFilledIn { performanceFile { id } }",
        conventionNumber="205001",
        month="2026-10",
        lines=[line_input(employee=ELS)],
    )
    await make(
        api.as_("promotor"),
        "Modify",
        id=opaque_id("PerformanceFile", first),
        revision=1,
        lines=[line_input(weeklyHours="38.00", hours="167.20", days="22.0")],
    )

    later = await make(
        api.as_("promotor-haven"),
        "Test",
        "... on PerformanceFileTested { performanceFile { findings { edges { node { code } } } } }",
        id=payload["performanceFile"]["id"],
        revision=1,
    )

    assert await blocking(api, "promotor", first, 2) == []
    codes = [edge["node"]["code"] for edge in later["performanceFile"]["findings"]["edges"]]
    assert "N-407" in codes
