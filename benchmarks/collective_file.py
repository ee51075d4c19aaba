"""A large collective file, from its first byte to its report, over real HTTP, while somebody else uses the server.

Goals: the receipt under 3 s after the last byte, the web process under 200 MB and each worker process under 150 MB, and
other people's questions answered with a p99 under 100 ms all the while. The time of checking stands beside that of
`xmllint --noout --stream --schema` on the same file in the same run.
"""

import http.client
import json
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from instances import ROOT, Instance, fresh_database, load_demo_world, running_instance, scratch_folder
from loading import Filling, fill, one_value
from measuring import Cost, MemoryWatch, Spread, cost_of, machine, megabytes, table, verdict
from polling import RATE_A_SECOND, Poller
from uuid_utils.compat import uuid7

from domain.demo_world import ALFA, last_ended_month
from domain.months import Month, system_clock
from persistence.location import Dialect
from validation.making.generate import world

_SCHEMA = ROOT / "xml/validation/schemas/collective-1.xsd"
_ROUNDS = 3
_QUIET_SECONDS = 5.0
_LONGEST_CHECK_SECONDS = 900.0
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


@dataclass(frozen=True, slots=True)
class Checked:
    """One file through one instance."""

    idle: Spread
    uploading: Spread
    checking: Spread
    upload: Upload
    seconds: float
    report: dict[str, Any]
    memory: MemoryWatch
    worker_cpu_seconds: float


def measure(dialect: Dialect, *, megabytes_wanted: int, server_url: str | None) -> None:
    """Print the figures of one file of that many millions of bytes on one engine."""
    size_bytes = megabytes_wanted * 1_000_000
    month = last_ended_month(system_clock())
    with scratch_folder() as folder:
        print(f"\n## A collective file of {megabytes_wanted} MB on {dialect}\n\n{machine()}\n")
        file = folder / "large.xml"
        command = [sys.executable, "-m", "server", "generate", "--megabytes", str(megabytes_wanted)]
        generated = cost_of([*command, "--output", str(file), "--month", str(month)], cwd=folder)
        if generated.exit_code != 0:
            raise SystemExit(f"mandaat generate ended with {generated.exit_code}")
        print(f"Generated {file.stat().st_size:,} bytes in {generated.wall_seconds:.1f} s.")
        offline = _offline(file, folder)
        with fresh_database(dialect, folder, server_url) as database_url:
            load_demo_world(database_url, folder)
            seconds = fill(database_url, _world(database_url, size_bytes=size_bytes, month=month))
            print(f"Loaded what it refers to in {seconds:.1f} s.\n")
            with running_instance(database_url, folder) as instance:
                checked = _checked(instance, file)
        _print(checked, offline)


def _world(database_url: str, *, size_bytes: int, month: Month) -> Iterator[Filling]:
    """Promotors, conventions, mandates of the sender and fiches, as the generated file refers to them."""
    sender = one_value(database_url, f"SELECT id FROM organisation WHERE enterprise_number = '{ALFA}'")
    granter = one_value(database_url, "SELECT id FROM app_user WHERE subject = 'demo-promotor'")
    now = system_clock()
    organisations: list[tuple[str, str, str, str]] = []
    conventions: list[tuple[str, str, str, str, str, int]] = []
    fiches: list[tuple[str, str, str, Any]] = []
    for promotor in world(size_bytes=size_bytes, month=month):
        promotor_id = str(uuid7())
        organisations.append((promotor_id, promotor.number, f"Promotor {promotor.number}", "PROMOTOR"))
        for one in promotor.conventions:
            convention_id = str(uuid7())
            equivalents = one.full_time_equivalents_ten_thousandths // 100
            conventions.append((convention_id, one.number, one.programme, promotor_id, "2010-01", equivalents))
            fiches += [(str(uuid7()), convention_id, person.insz, person.begin) for person in one.employees]
    yield Filling("organisation", ("id", "enterprise_number", "name", "kind"), organisations)
    columns = ("id", "number", "programme", "promotor_id", "valid_from_month")
    yield Filling("convention", (*columns, "approved_full_time_equivalents_hundredths"), conventions)
    yield Filling(
        "mandate",
        ("id", "convention_id", "secretariat_id", "level", "first_month", "granted_by", "granted_at"),
        [(str(uuid7()), one[0], sender, "UPLOAD", "2010-01", granter, now) for one in conventions],
    )
    yield Filling("fiche", ("id", "convention_id", "insz", "valid_from"), fiches)


def _offline(file: Path, folder: Path) -> dict[str, list[Cost]]:
    """The same file by xmllint and by `mandaat check`, in turn."""
    commands = {"mandaat check": [sys.executable, "-m", "server", "check", str(file), "--format", "json"]}
    if shutil.which("xmllint") is None:
        print("xmllint is missing; get it with: sudo apt install libxml2-utils")
    else:
        commands["xmllint"] = ["xmllint", "--noout", "--stream", "--schema", str(_SCHEMA), str(file)]
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(_ROUNDS):
        for name, command in commands.items():
            cost = cost_of(command, cwd=folder)
            if cost.exit_code != 0:
                raise SystemExit(f"{name} ended with {cost.exit_code}")
            costs[name].append(cost)
    return costs


def _checked(instance: Instance, file: Path) -> Checked:
    uploader, onlooker = instance.token("uploader"), instance.token("promotor")
    with MemoryWatch(instance.processes, _name_of) as memory, Poller(instance.url, onlooker) as poller:
        time.sleep(_QUIET_SECONDS)
        before = _worker_cpu(memory)
        upload = _upload(instance.url, uploader, file)
        report = _until_final(instance.url, uploader, upload.id)
        ended = time.monotonic()
        time.sleep(2 / RATE_A_SECOND)
    return Checked(
        # The first second is that of starting.
        idle=Spread.of(poller.between(upload.begun - _QUIET_SECONDS + 1, upload.begun)),
        uploading=Spread.of(poller.between(upload.begun, upload.receipt)),
        checking=Spread.of(poller.between(upload.receipt, ended)),
        upload=upload,
        seconds=ended - upload.receipt,
        report=report,
        memory=memory,
        worker_cpu_seconds=_worker_cpu(memory) - before,
    )


def _name_of(command: str) -> str:
    if "-m server serve" in command:
        return "web"
    if "-m server worker" in command:
        return "worker"
    return "child of the worker" if "spawn_main" in command else "other"


def _worker_cpu(memory: MemoryWatch) -> float:
    return sum(seconds for name, seconds in memory.cpu_seconds().items() if name != "web")


def _upload(url: str, token: str, file: Path) -> Upload:
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
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_LONGEST_CHECK_SECONDS)
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


def _until_final(url: str, token: str, file_id: str) -> dict[str, Any]:
    """Ask four times a second until the outcome is published; answers the report."""
    deadline = time.monotonic() + _LONGEST_CHECK_SECONDS
    while time.monotonic() < deadline:
        if _ask(url, token, _STATE, file_id)["state"] not in {"RECEIVED", "CHECKING"}:
            return _ask(url, token, _REPORT, file_id)
        time.sleep(0.25)
    raise SystemExit(f"not checked in {_LONGEST_CHECK_SECONDS:.0f} s")


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


def _print(checked: Checked, offline: dict[str, list[Cost]]) -> None:
    upload, report, memory = checked.upload, checked.report["report"], checked.memory
    receipt = upload.receipt - upload.last_byte_sent
    web = max(peaks.rss for peaks in memory.peaks("web"))
    workers = {
        name: max((peaks.rss for peaks in memory.peaks(name)), default=0) for name in ("worker", "child of the worker")
    }
    p99 = Spread.of([checked.checking.p99, checked.uploading.p99]).highest
    print(
        table(
            ("goal", "limit", "measured", ""),
            [
                ("receipt after the last byte", "3 s", f"{receipt:.2f} s", verdict(receipt, 3)),
                ("peak of the web process (RSS)", "200 MB", megabytes(web), verdict(web, 200e6)),
                *(
                    (f"peak of a {name} (RSS)", "150 MB", megabytes(peak), verdict(peak, 150e6))
                    for name, peak in workers.items()
                ),
                ("others' questions, p99", "100 ms", f"{p99:.0f} ms", verdict(p99, 100)),
            ],
        )
    )
    print(f"\nState {checked.report['state']}, verdict {report['verdict']}.")
    counts = ", ".join(f"{one['severity']} {one['code']}: {one['count']}" for one in report["counts"])
    print(f"Findings: {counts or 'none'}.\n")
    spreads = {"quiet": checked.idle, "while uploading": checked.uploading, "while checking": checked.checking}
    print(
        table(
            (f"viewer, {RATE_A_SECOND} a second", "requests", "p50 ms", "p95 ms", "p99 ms", "highest ms"),
            [
                (name, one.count, *(f"{value:.1f}" for value in (one.p50, one.p95, one.p99, one.highest)))
                for name, one in spreads.items()
            ],
        )
    )
    print()
    print(
        table(
            ("process", "peak RSS", "peak PSS", "peak USS", "CPU s"),
            [
                (name, *(megabytes(size) for size in (one.rss, one.pss, one.uss)), f"{one.cpu_seconds:.1f}")
                for name, one in sorted(memory.processes.values(), key=lambda each: each[0], reverse=True)
            ],
        )
    )
    together = ", ".join(f"{name} {megabytes(pss)}" for name, pss in sorted(memory.together.items()))
    print(f"\nTogether at one moment (PSS): {together}.\n")
    _print_times(checked, offline)


def _print_times(checked: Checked, offline: dict[str, list[Cost]]) -> None:
    upload = checked.upload
    rows: list[tuple[str, float, float]] = [
        (
            name,
            statistics.median(one.wall_seconds for one in costs),
            statistics.median(one.cpu_seconds for one in costs),
        )
        for name, costs in offline.items()
    ]
    rows.append(("receipt to outcome, on the server", checked.seconds, checked.worker_cpu_seconds))
    anchor = next((row for row in rows if row[0] == "xmllint"), None)
    print(f"Sent in {upload.last_byte_sent - upload.begun:.1f} s.\n")
    print(
        table(
            ("checking", "wall s", "CPU s", "wall / xmllint", "CPU / xmllint"),
            [
                (
                    name,
                    f"{wall:.1f}",
                    f"{cpu:.1f}",
                    f"{wall / anchor[1]:.1f}" if anchor else "",
                    f"{cpu / anchor[2]:.1f}" if anchor else "",
                )
                for name, wall, cpu in rows
            ],
        )
    )
    stages = checked.report["report"]["stages"]
    total = sum(one["seconds"] for one in stages) or 1.0
    print()
    print(
        table(
            ("stage", "state", "s as reported", "share"),
            [
                (one["name"], one["state"], f"{one['seconds']:.1f}", f"{100 * one['seconds'] / total:.0f} %")
                for one in stages
            ],
        )
    )
