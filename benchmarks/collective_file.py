"""A large collective file, from its first byte to its report, over real HTTP, while somebody else uses the server.

Goals: the receipt under 3 s after the last byte, the web process under 200 MB and each worker process under 150 MB, and
other people's questions answered with a p99 under 100 ms all the while. The time of checking stands beside that of
`xmllint --noout --stream --schema` on the same file in the same run.
"""

import json
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uploading
from instances import ROOT, Instance, fresh_database, load_demo_world, running_instance, scratch_folder, server_process
from loading import Filling, fill, one_value
from measuring import Cost, MemoryWatch, Spread, cost_of, cpu_seconds_of_family, machine, megabytes, table, verdict
from polling import RATE_A_SECOND, Poller
from uploading import LONGEST_CHECK_SECONDS, Upload
from uuid_utils.compat import uuid7

from domain.demo_world import ALFA, last_ended_month
from domain.months import Month, system_clock
from persistence.location import Dialect
from validation.making.generate import world

_SCHEMA = ROOT / "xml/validation/schemas/collective-1.xsd"
_ROUNDS = 3
_QUIET_SECONDS = 5.0
_WORKER, _CHILD = "worker", "child of the worker"
_AFTERWARDS = "sweep"
_PHASES = {
    "fetch": "the bytes are those that came in",
    "plan": "how the file is cut; processes start",
    "pieces": "schema and rules, elsewhere",
    "register": "beside what the department knows",
    "lines": "lines wait for the database",
    "publish": "published in one transaction",
}


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
    children_cpu_seconds: float
    server_cpu_seconds: float | None
    started: datetime
    phases: Mapping[str, tuple[float, float]]


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
            server = server_process(database_url)
            with running_instance(database_url, folder) as instance:
                checked = _checked(instance, file, server)
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


def _checked(instance: Instance, file: Path, server: int | None) -> Checked:
    uploader, onlooker = instance.token("uploader"), instance.token("promotor")
    with MemoryWatch(instance.processes, _name_of) as memory, Poller(instance.url, onlooker) as poller:
        time.sleep(_QUIET_SECONDS)
        before = memory.cpu_seconds()
        server_before = _server_cpu(server)
        upload = uploading.upload(instance.url, uploader, file)
        report = uploading.until_final(instance.url, uploader, upload.id)
        ended = time.monotonic()
        time.sleep(2 / RATE_A_SECOND)
        used = {name: seconds - before.get(name, 0.0) for name, seconds in memory.cpu_seconds().items()}
        server_used = _server_cpu(server)
    logged = _logged(instance)
    return Checked(
        # The first second is that of starting.
        idle=Spread.of(poller.between(upload.begun - _QUIET_SECONDS + 1, upload.begun)),
        uploading=Spread.of(poller.between(upload.begun, upload.receipt)),
        checking=Spread.of(poller.between(upload.receipt, ended)),
        upload=upload,
        seconds=ended - upload.receipt,
        report=report,
        memory=memory,
        worker_cpu_seconds=used.get(_WORKER, 0.0),
        children_cpu_seconds=used.get(_CHILD, 0.0),
        server_cpu_seconds=None if server_used is None or server_before is None else server_used - server_before,
        started=logged[0],
        phases=logged[1],
    )


def _name_of(command: str) -> str:
    if "-m server serve" in command:
        return "web"
    if "-m server worker" in command:
        return _WORKER
    return _CHILD if "spawn_main" in command else "other"


def _server_cpu(server: int | None) -> float | None:
    return None if server is None else cpu_seconds_of_family(server)


def _logged(instance: Instance) -> tuple[datetime, Mapping[str, tuple[float, float]]]:
    """When the worker took the file up, and what each phase took: on the clock, and in processor time of its own."""
    deadline = time.monotonic() + LONGEST_CHECK_SECONDS
    while time.monotonic() < deadline:
        events = {entry["event"]: entry for entry in _log_entries(instance.folder)}
        if "check_ended" in events:
            started = datetime.fromisoformat(events["check_started"]["timestamp"])
            return started, {name: tuple(both) for name, both in events["check_ended"]["phases"].items()}
        time.sleep(0.25)
    raise SystemExit("the worker logged no end of the check")


def _log_entries(folder: Path) -> Iterator[dict[str, Any]]:
    for log in folder.glob("*.log"):
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and line.endswith("}"):
                yield json.loads(line)


def _print(checked: Checked, offline: dict[str, list[Cost]]) -> None:
    upload, report, memory = checked.upload, checked.report["report"], checked.memory
    receipt = upload.receipt - upload.last_byte_sent
    web = max(peaks.rss for peaks in memory.peaks("web"))
    workers = {name: max((peaks.rss for peaks in memory.peaks(name)), default=0) for name in (_WORKER, _CHILD)}
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
    used = checked.worker_cpu_seconds + checked.children_cpu_seconds
    rows.append(("receipt to outcome, on the server", checked.seconds, used))
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
    print()
    _print_phases(checked)


def _print_phases(checked: Checked) -> None:
    """From the first byte to the outcome, phase after phase: on the clock they add up to the whole."""
    upload = checked.upload
    received = datetime.fromisoformat(checked.report["receivedAt"])
    waited = max(0.0, (checked.started - received).total_seconds())
    phases: list[tuple[str, float, float | None]] = [
        ("sending, and writing to the store", upload.last_byte_sent - upload.begun, None),
        ("receipt", upload.receipt - upload.last_byte_sent, None),
        ("waiting for a worker", waited, None),
        *((f"{name}: {_PHASES[name]}", *both) for name, both in checked.phases.items() if name != _AFTERWARDS),
    ]
    whole = upload.receipt - upload.begun + checked.seconds
    rest = whole - sum(wall for _, wall, _ in phases)
    if rest < 0:
        # It was seen as soon as it was committed, before the worker went on.
        name, wall, cpu = phases.pop()
        phases.append((name, wall + rest, cpu))
    phases.append(("seen by who asks four times a second", max(0.0, rest), None))
    print(
        table(
            ("phase", "wall s", "share", "CPU s of the worker itself"),
            [
                (name, f"{wall:.2f}", f"{100 * wall / whole:.0f} %", "" if cpu is None else f"{cpu:.2f}")
                for name, wall, cpu in [*phases, ("together", whole, sum(cpu or 0.0 for _, _, cpu in phases))]
            ],
        )
    )
    swept = checked.phases.get(_AFTERWARDS, (0.0, 0.0))
    print(f"\nAfterwards, looking for lines that were not published: {swept[0]:.2f} s, {swept[1]:.2f} s of CPU.")
    server = "" if checked.server_cpu_seconds is None else f", the database server {checked.server_cpu_seconds:.1f} s"
    print(
        f"Processor time: the worker {checked.worker_cpu_seconds:.1f} s,"
        f" its children {checked.children_cpu_seconds:.1f} s{server}.\n"
    )
    stages = checked.report["report"]["stages"]
    print(
        table(
            ("stage of the report", "state", "CPU s"),
            [(one["name"], one["state"], f"{one['seconds']:.2f}") for one in stages],
        )
    )
