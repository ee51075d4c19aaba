"""The validator beside `xmllint --noout --stream --schema` and other validators: same schema, same files, same rounds.

What is compared is checking with rules and rows, without a database. Each figure is a ratio to xmllint on the very file
in the very round, the median of the rounds; above 1 is faster than xmllint. See README.md for how to read it.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from contestants import SCHEMA
from instances import ROOT, scratch_folder
from lxml import etree
from measuring import Cost, cost_of, machine, megabytes, ratio, table
from spellings import SPELLINGS, write_spelled

from domain.demo_world import ALFA
from domain.months import Month
from validation.making.generate import write_collective_file
from validation.making.people import varied_person
from validation.making.spoiling import write_spoilt

_MONTH = Month(2026, 10)
_IN_TIME = date(2026, 11, 5)
_LATE = date(2026, 11, 20)
"""After the target day each part gets a warning, and its place is looked up."""
_HERE = Path(__file__).parent
_PEERS = ROOT / "var/benchmarks"
_WARM_BYTES = 4_000_000
"""Goes first where a process is warm: enough pieces for two."""
_SMALL_BYTES = 100_000
_SMALL_TIMES = 30
_XMLSCHEMA_BYTES = 1_000_000
_LARGEST_MEGABYTES = 250
"""Larger files are refused before they are read (F-007)."""
_LARGER_MEGABYTES = 500
"""With that limit lifted: how memory grows."""
_TWO = "Mandaat, 2 warm processes"
_INVALID_TO_XMLLINT = 3
_WRONG = 4
"""Not 1, with which a program ends that broke."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A file that is checked; *rows* counts its performance lines, none where what can be read is no fixed number."""

    name: str
    path: Path
    is_right: bool = True
    rows: int | None = None

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row must reach: ratios at least, memory and seconds below."""

    cpu: float | None = None
    wall: float | None = None
    rss_megabytes: float | None = None
    wall_milliseconds: float | None = None


@dataclass(slots=True)
class Row:
    """One way to check one subject; *missing* says how to get what is not on this machine."""

    name: str
    subject: Subject
    run: Callable[[], Cost]
    goal: Goal = field(default_factory=Goal)
    missing: str = ""
    costs: list[Cost] = field(default_factory=list[Cost])


def measure(*, megabytes_wanted: int, rounds: int, is_large: bool) -> None:
    """Print the tables for files of that many millions of bytes."""
    print(f"\n## The validator, {megabytes_wanted} MB\n\n{machine()}\n{_versions()}\n")
    with scratch_folder() as folder:
        subjects = _subjects(folder, megabytes_wanted * 1_000_000)
        small = _generated(folder, "small", _SMALL_BYTES)
        warm = _generated(folder, "warm", _WARM_BYTES)
        tenth = _generated(folder, "1 MB", _XMLSCHEMA_BYTES)
        groups = [
            _on_the_valid_file(subjects["valid"], warm, _compiled_xerces(folder)),
            _on_other_files(subjects, warm),
            _on_a_small_file(small),
            _in_pure_python(tenth),
        ]
        for rows in groups:
            _run(rows, rounds)
            _print(rows)
        if is_large:
            for size in (_LARGEST_MEGABYTES, _LARGER_MEGABYTES):
                rows = _on_large_files(folder, size, warm)
                _run(rows, 1)
                _print(rows)


def _subjects(folder: Path, size_bytes: int) -> dict[str, Subject]:
    valid = _generated(folder, "valid", size_bytes)
    found = {"valid": valid}
    path = folder / "varied.xml"
    described = write_collective_file(
        path, size_bytes=size_bytes, month=_MONTH, sender=str(ALFA), environment="P", person=varied_person
    )
    found["varied"] = Subject("hardly two people alike", path, rows=described.lines)
    path = folder / "errors.xml"
    planted = sum(1 for _ in write_spoilt(valid.path, path))
    print(f"Planted {planted:,} errors, one on every tenth performance line.\n")
    found["errors"] = Subject("error on every tenth line", path, is_right=False)
    for number, spelling in enumerate(SPELLINGS):
        path = folder / f"spelled-{number}.xml"
        write_spelled(valid.path, path, spelling)
        found[spelling] = Subject(spelling, path, rows=valid.rows)
    return found


def _generated(folder: Path, name: str, size_bytes: int) -> Subject:
    path = folder / f"{name}.xml"
    described = write_collective_file(path, size_bytes=size_bytes, month=_MONTH, sender=str(ALFA), environment="P")
    return Subject(name, path, rows=described.lines)


def _on_large_files(folder: Path, size_megabytes: int, warm: Subject) -> list[Row]:
    """A right one and a wrong one, in one process and in two."""
    valid = replace(_generated(folder, "large", size_megabytes * 1_000_000), name="valid")
    path = folder / "large-errors.xml"
    for _ in write_spoilt(valid.path, path):
        pass
    wrong = Subject("error on every tenth line", path, is_right=False)
    is_lifted = size_megabytes > _LARGEST_MEGABYTES
    goal = Goal(rss_megabytes=80)
    rows: list[Row] = []
    for subject in (valid, wrong):
        rows += [
            _anchor(subject),
            _ours(subject, warm, goal=goal, is_lifted=is_lifted),
            _ours(subject, warm, way="ours-2", name=_TWO, goal=goal, is_lifted=is_lifted),
        ]
    return rows


def _on_the_valid_file(valid: Subject, warm: Subject, xerces: Path | None) -> list[Row]:
    return [
        _anchor(valid),
        _ours(valid, warm, goal=Goal(cpu=2.0, rss_megabytes=80)),
        _ours(valid, warm, way="ours-flat", name="the same, a tuple for each row"),
        _ours(valid, warm, today=_LATE, name="the same, a warning on each part (late)"),
        _ours(valid, warm, way="ours-2", name=_TWO, goal=Goal(wall=3.5, rss_megabytes=80)),
        _ours(valid, warm, way="ours-2-unpacked", name="the same, rows unpacked"),
        _ours(valid, warm, way="ours-2-rows-stay", name="the same, rows stay there", goal=Goal(wall=3.5)),
        _fresh("ours", valid, name="Mandaat, 1 process, from its start"),
        _fresh("ours-2", valid, name="Mandaat, 2 processes, from their start"),
        _anchor(valid, is_streaming=False),
        _fresh("lxml-iterparse", valid, name="lxml iterparse(schema), rows"),
        _fresh("lxml-tree", valid, name="lxml parse, XMLSchema.validate"),
        _fresh("lxml-chunks", valid, name="lxml in chunks of promotors, rows"),
        _xerces(xerces, valid, name="Xerces-J, SAX"),
        _xerces(xerces, valid, "rows", name="Xerces-J, SAX, rows"),
        _fresh("expat", valid, name="expat, no schema (floor)"),
    ]


def _on_other_files(subjects: Mapping[str, Subject], warm: Subject) -> list[Row]:
    goals = {"errors": Goal(cpu=0.8), "varied": Goal(cpu=2.0)} | dict.fromkeys(SPELLINGS, Goal(cpu=0.5))
    rows: list[Row] = []
    for name, subject in subjects.items():
        if name != "valid":
            rows += [_anchor(subject), _ours(subject, warm, goal=goals[name])]
    return rows


def _on_a_small_file(small: Subject) -> list[Row]:
    def warm(way: str) -> Callable[[], Cost]:
        return partial(_contestant, way, small, warm=small, times=_SMALL_TIMES)

    return [
        _anchor(small),
        Row("Mandaat, 1 warm process", small, warm("ours"), Goal(wall_milliseconds=15)),
        Row("lxml parse, XMLSchema.validate, warm", small, warm("lxml-tree")),
    ]


def _in_pure_python(subject: Subject) -> list[Row]:
    row = _fresh("xmlschema", subject, name="xmlschema (pure Python), lazy")
    if not (_PEERS / "xmlschema").is_dir():
        row.missing = "pip install --target var/benchmarks --requirement benchmarks/requirements.txt"
    return [_anchor(subject), row]


def _anchor(subject: Subject, *, is_streaming: bool = True) -> Row:
    name = "xmllint --stream --schema" if is_streaming else "xmllint --schema (whole tree)"
    missing = "sudo apt install libxml2-utils" if shutil.which("xmllint") is None else ""
    return Row(name, subject, partial(_xmllint, subject, is_streaming=is_streaming), missing=missing)


def _ours(
    subject: Subject,
    warm: Subject,
    *,
    way: str = "ours",
    name: str = "Mandaat, 1 warm process",
    goal: Goal | None = None,
    today: date = _IN_TIME,
    is_lifted: bool = False,
) -> Row:
    run = partial(_contestant, way, subject, warm=warm, today=today, is_lifted=is_lifted)
    return Row(name, subject, run, goal or Goal())


def _fresh(way: str, subject: Subject, *, name: str) -> Row:
    return Row(name, subject, partial(_contestant, way, subject))


def _xmllint(subject: Subject, *, is_streaming: bool = True) -> Cost:
    streaming = ["--stream"] if is_streaming else []
    cost = cost_of(["xmllint", "--noout", *streaming, "--schema", str(SCHEMA), str(subject.path)])
    return _expecting(cost, 0 if subject.is_right else _INVALID_TO_XMLLINT, "xmllint", subject)


def _contestant(
    way: str,
    subject: Subject,
    *,
    warm: Subject | None = None,
    today: date = _IN_TIME,
    times: int = 1,
    is_lifted: bool = False,
) -> Cost:
    command = [sys.executable, str(_HERE / "contestants.py"), way, str(subject.path), "--today", str(today)]
    if is_lifted:
        command.append("--limits-lifted")
    if subject.rows is not None:
        command += ["--rows", str(subject.rows)]
    if warm is not None:
        command += ["--warm", str(warm.path), "--times", str(times)]
    with tempfile.TemporaryFile() as output:
        cost = cost_of(command, environment=_environment(), output=output)
        _expecting(cost, 0 if subject.is_right else _WRONG, way, subject)
        output.seek(0)
        return cost if warm is None else Cost(**json.load(output), exit_code=cost.exit_code)


def _compiled_xerces(folder: Path) -> Path | None:
    """Where the classes are; none when there is no Java to compile them."""
    if shutil.which("javac") is None:
        return None
    subprocess.run(["javac", "-d", str(folder / "java"), str(_HERE / "XercesCheck.java")], check=True)
    return folder / "java"


def _xerces(classes: Path | None, subject: Subject, *arguments: str, name: str) -> Row:
    command = ["java", "-XX:+UseSerialGC", "-Xmx512m", "-cp", str(classes), "XercesCheck", str(SCHEMA)]

    def run() -> Cost:
        cost = cost_of([*command, str(subject.path), *arguments])
        return _expecting(cost, 0 if subject.is_right else _WRONG, name, subject)

    return Row(name, subject, run, missing="sudo apt install openjdk-17-jdk-headless" if classes is None else "")


def _expecting(cost: Cost, exit_code: int, name: str, subject: Subject) -> Cost:
    if cost.exit_code != exit_code:
        raise SystemExit(f"{name} ended with {cost.exit_code} instead of {exit_code} on: {subject.name}")
    return cost


def _run(rows: Sequence[Row], rounds: int) -> None:
    """In turn, so that a change of the machine's load meets all alike."""
    for _ in range(rounds):
        for row in rows:
            if not row.missing:
                row.costs.append(row.run())


def _print(rows: Sequence[Row]) -> None:
    head = ("file", "way", "wall s", "CPU s", "MB/s of CPU", "wall ratio", "CPU ratio", "peak RSS", "goal")
    print(table(head, [_cells(row, _anchor_of(row, rows)) for row in rows]), end="\n\n")


def _anchor_of(row: Row, rows: Sequence[Row]) -> Row:
    return next(one for one in rows if one.subject is row.subject)


def _cells(row: Row, anchor: Row) -> Sequence[object]:
    name = f"{row.subject.name}, {row.subject.size_bytes / 1_000_000:.1f} MB"
    if row.missing:
        return (name, row.name, "not here", f"`{row.missing}`", "", "", "", "", "")
    wall = statistics.median(one.wall_seconds for one in row.costs)
    cpu = statistics.median(one.cpu_seconds for one in row.costs)
    peak = max(one.peak_rss_bytes for one in row.costs)
    wall_ratio = cpu_ratio = None
    if anchor.costs:
        wall_ratio = ratio([one.wall_seconds for one in anchor.costs], [one.wall_seconds for one in row.costs])
        cpu_ratio = ratio([one.cpu_seconds for one in anchor.costs], [one.cpu_seconds for one in row.costs])
    goals = [
        _against("CPU ≥", row.goal.cpu, cpu_ratio, is_least=True),
        _against("wall ≥", row.goal.wall, wall_ratio, is_least=True),
        _against("RSS < MB", row.goal.rss_megabytes, peak / 1_000_000),
        _against("wall < ms", row.goal.wall_milliseconds, wall * 1_000),
    ]
    return (
        name,
        row.name,
        f"{wall:.3f}" if wall < 1 else f"{wall:.2f}",
        f"{cpu:.3f}" if cpu < 1 else f"{cpu:.2f}",
        f"{row.subject.size_bytes / 1_000_000 / cpu:.0f}",
        "" if wall_ratio is None else f"{wall_ratio:.2f}",
        "" if cpu_ratio is None else f"{cpu_ratio:.2f}",
        megabytes(peak),
        "; ".join(filter(None, goals)),
    )


def _against(what: str, limit: float | None, value: float | None, *, is_least: bool = False) -> str:
    if limit is None or value is None:
        return ""
    return f"{what} {limit:g}: {'met' if (value >= limit if is_least else value < limit) else '**missed**'}"


def _versions() -> str:
    """Of the peers, in one sentence."""
    lxml, libxml = (".".join(map(str, version)) for version in (etree.LXML_VERSION[:3], etree.LIBXML_VERSION))
    java = "no Java" if shutil.which("java") is None else _output_of("java", "-version")
    xmllint = "no xmllint" if shutil.which("xmllint") is None else _output_of("xmllint", "--version")
    return f"{xmllint}; {java}; lxml {lxml} with libxml2 {libxml}."


def _output_of(*command: str) -> str:
    """The first line that it says about itself."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()[0]


def _environment() -> dict[str, str]:
    """Peers that the project does not need stand in a folder of their own."""
    path = filter(None, (os.environ.get("PYTHONPATH"), str(_PEERS)))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
