"""One way to check one file, as a program of its own: `python contestants.py WAY FILE`; see `validator.py`.

Ends with 0 when the file is found right, 4 when it is found wrong, 3 when a way that makes rows made another number of
them than `--rows` says. With `--warm` another file goes first, and what the second took is written as JSON.
"""

import argparse
import importlib
import json
import os
import re
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any
from xml.parsers import expat

from lxml import etree
from measuring import cpu_seconds_of, peak_rss_of

SCHEMA = Path(__file__).parents[1] / "xml/validation/schemas/collective-1.xsd"
_NAMESPACE = "{urn:x-mandaat:collective:1}"
_CHUNK_BYTES = 512 * 1024
_PROMOTOR_END = re.compile(rb"</(?:[^\s/>:]+:)?Promotor\s*>")
_SAFE: dict[str, Any] = {"resolve_entities": "internal", "no_network": True, "huge_tree": False}
_RIGHT, _OTHER_ROWS, _WRONG = 0, 3, 4


@dataclass(frozen=True, slots=True)
class Found:
    """Whether the file is right, and how many rows were made; none when the way makes none."""

    is_right: bool
    rows: int | None = None


def lxml_tree(path: Path) -> Found:
    """The whole document, then the schema over it."""
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    with path.open("rb") as file:
        document = etree.parse(file, etree.XMLParser(**_SAFE))
    return Found(schema.validate(document))


def lxml_iterparse(path: Path) -> Found:
    """The schema while it streams, rows promotor by promotor; an invalid file shows only at the end."""
    rows = 0
    with path.open("rb") as file:
        events = etree.iterparse(
            file,
            schema=etree.XMLSchema(etree.parse(SCHEMA)),
            tag=f"{_NAMESPACE}Promotor",
            remove_comments=True,
            remove_pis=True,
            **_SAFE,
        )
        try:
            for _, promotor in events:
                rows += _rows_under(promotor)
                promotor.clear()
                while promotor.getprevious() is not None:
                    del promotor.getparent()[0]
        except etree.XMLSyntaxError:
            return Found(is_right=False, rows=rows)
    return Found(is_right=True, rows=rows)


def lxml_chunks(path: Path) -> Found:
    """Stretches of whole promotors, each a small document that is parsed, validated and read."""
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, **_SAFE)
    rows, is_right = 0, True
    for document in _stretches(path):
        tree = etree.fromstring(document, parser)
        is_right = schema.validate(tree) and is_right
        rows += _rows_under(tree)
    return Found(is_right, rows)


def _stretches(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        data = file.read(_CHUNK_BYTES)
        begin = data.index(b"<Promotor")
        head, data, closing = data[:begin], data[begin:], b"</CollectiefPrestatiebestand>"
        while more := file.read(_CHUNK_BYTES):
            data += more
            end = deque(_PROMOTOR_END.finditer(data), maxlen=1)
            if end:
                yield head + data[: end[0].end()] + closing
                data = data[end[0].end() :]
        if b"<Promotor" in data:
            yield head + data


def _rows_under(element: Any) -> int:
    """Makes a tuple of texts for each performance line below *element*; answers how many."""
    return deque(enumerate(_texts_of_lines(element), 1), maxlen=1).pop()[0]


def _texts_of_lines(element: Any) -> Iterator[tuple[str | None, ...]]:
    for employee in element.iter(f"{_NAMESPACE}Werknemer"):
        insz = employee[0].text
        for employment in employee.iterchildren(f"{_NAMESPACE}Tewerkstelling"):
            regime = employment[0]
            terms = (insz, *employment.attrib.values(), regime.get("Q"), regime.get("S"))
            for line in employment.iterchildren(f"{_NAMESPACE}Prestatielijn"):
                yield (*terms, line.get("volgnr"), *(value.text for value in line))


def expat_alone(path: Path) -> Found:
    """Well-formedness and nothing else: the floor of the standard library."""
    with path.open("rb") as file:
        expat.ParserCreate().ParseFile(file)
    return Found(is_right=True)


def xmlschema_lazy(path: Path) -> Found:
    """The package xmlschema, pure Python, in the way that keeps the least in memory."""
    xmlschema = importlib.import_module("xmlschema")
    schema = xmlschema.XMLSchema(str(SCHEMA))
    return Found(schema.is_valid(xmlschema.XMLResource(str(path), lazy=True)))


def _ours(path: Path, **options: Any) -> Found:
    """Imported only here, so that others do not pay for it."""
    return Found(*importlib.import_module("our_check").check(path, **options))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way")
    parser.add_argument("file", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())  # noqa: DTZ011 - the bench gives one
    parser.add_argument("--rows", type=int, help="how many performance lines there are")
    parser.add_argument("--warm", type=Path, help="a file that goes first")
    parser.add_argument("--times", type=int, default=1, help="with --warm: the median of so many times")
    parser.add_argument("--limits-lifted", action="store_true", help="of ours: the file may be of any size")
    chosen = parser.parse_args()
    ours = partial(_ours, today=chosen.today, are_limits_lifted=chosen.limits_lifted)
    settle = importlib.import_module("validation.settling").settle
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=settle) as processes:
        ways: dict[str, Callable[[Path], Found]] = {
            "ours": ours,
            "ours-flat": partial(ours, are_flat=True),
            "ours-2": partial(ours, processes=processes),
            "ours-2-unpacked": partial(ours, processes=processes, are_unpacked=True),
            "ours-2-rows-stay": partial(ours, processes=processes, keeps_rows=False),
            "lxml-tree": lxml_tree,
            "lxml-iterparse": lxml_iterparse,
            "lxml-chunks": lxml_chunks,
            "expat": expat_alone,
            "xmlschema": xmlschema_lazy,
        }
        check = ways[chosen.way]
        if chosen.warm is None:
            found = check(chosen.file)
        else:
            check(chosen.warm)
            settle()
            found, took = _timed(check, chosen.file, chosen.times)
            print(json.dumps(took))
    if found.rows is not None and chosen.rows is not None and found.rows != chosen.rows:
        print(f"{found.rows} rows instead of {chosen.rows}", file=sys.stderr)
        sys.exit(_OTHER_ROWS)
    sys.exit(_RIGHT if found.is_right else _WRONG)


def _timed(check: Callable[[Path], Found], file: Path, times: int) -> tuple[Found, dict[str, float]]:
    """The median on the clock and in processor time of this process and its children; the peak of the largest one."""
    walls: list[float] = []
    cpus: list[float] = []
    found = Found(is_right=False)
    for _ in range(times):
        family = [os.getpid(), *(child.pid for child in active_children() if child.pid is not None)]
        begun, used = time.perf_counter(), sum(map(cpu_seconds_of, family))
        found = check(file)
        walls.append(time.perf_counter() - begun)
        cpus.append(sum(map(cpu_seconds_of, family)) - used)
    family = [os.getpid(), *(child.pid for child in active_children() if child.pid is not None)]
    return found, {
        "wall_seconds": statistics.median(walls),
        "cpu_seconds": statistics.fmean(cpus),
        "peak_rss_bytes": max(map(peak_rss_of, family)),
    }


if __name__ == "__main__":
    main()
