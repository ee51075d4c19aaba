"""Send a collective file, wait until it is checked, and print what is wrong with it.

    python example.py https://mandaat.example/graphql FILE

The token comes in the variable MANDAAT_TOKEN. The file goes by its own name as the idempotency key: whoever starts this
again after a broken connection sends nothing twice.
"""

import asyncio
import os
import sys
from pathlib import Path

import httpx
from mandaat_client import (
    CollectiveFileUploadInput,
    MandaatClient,
    Mode,
    ReportOnACollectiveFileNodeCollectiveFile,
    Upload,
    UploadACollectiveFileCollectiveFileUploadCollectiveFileUploaded,
)


async def main(url: str, path: Path) -> int:
    """Ends with 0 when nothing is wrong, with 1 when something is."""
    authorization = {"Authorization": f"Bearer {os.environ['MANDAAT_TOKEN']}"}
    client = MandaatClient(
        url,
        http_client=httpx.AsyncClient(headers=authorization, timeout=300),
        ws_url=url.replace("http", "ws", 1),
        ws_connection_init_payload=authorization,
    )
    async with client:
        with path.open("rb") as file:
            upload = Upload(filename=path.name, content=file, content_type="application/xml")
            asked = CollectiveFileUploadInput(mode=Mode.PRODUCTION, idempotencyKey=path.name, file=upload)
            answer = (await client.upload_a_collective_file(asked)).collective_file_upload
        if not isinstance(answer, UploadACollectiveFileCollectiveFileUploadCollectiveFileUploaded):
            print(f"{answer.typename__}: {answer.message}")
            return 1
        sent = answer.collective_file
        print(f"{sent.reference} was taken in: SHA-256 {sent.sha_256}")
        async for event in client.follow_a_file(sent.id):
            print(f"{event.collective_file_progress.state.value} {event.collective_file_progress.progress} %")
        return await tell(client, sent.id)


async def tell(client: MandaatClient, file_id: str) -> int:
    """Print the report, page by page."""
    after: str | None = None
    while True:
        node = (await client.report_on_a_collective_file(file_id, after)).node
        if not isinstance(node, ReportOnACollectiveFileNodeCollectiveFile) or node.report is None:
            print("there is no report")
            return 1
        for edge in node.report.findings.edges:
            place = edge.node.place
            where = f"line {place.line}" if place else "the whole file"
            print(f"{where}: {edge.node.code} {edge.node.severity.value}: {edge.node.message} {edge.node.advice}")
        if not node.report.findings.page_info.has_next_page:
            print(node.report.verdict.value)
            return 0 if node.report.verdict.value == "VALID" else 1
        after = node.report.findings.page_info.end_cursor


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], Path(sys.argv[2]))))
