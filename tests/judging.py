"""What must hold of every file, whatever is in it: all ways of reading it agree, and the report is of bounded size."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from collective_files import TODAY
from lxml import etree
from two_readings import parser_alone, read_twice

from domain.findings import Finding, Report, StageState
from domain.vocabulary import Language
from validation.collecting import DETAILS_PER_CODE
from validation.cutting import planning, scanning, splitting
from validation.masking import SHOWN_CHARACTERS
from validation.reporting.sentences import said_of
from validation.runner import check_file
from validation.schema.compiled import errors_of, parse

LONGEST_EXPECTATION = 400
LONGEST_PATH = 2_000
LONGEST_TEXT = 2 * SHOWN_CHARACTERS + 10
"""Of an element of a foreign namespace, name and namespace are shown."""
SAID_AT_MOST = 20
SMALL_PIECE_BYTES = 700


class Misjudged(Exception):
    """Something that must hold of every file does not hold of this one."""


def judge(path: Path) -> None:
    """Raises `Misjudged`, or whatever checking raises by mistake."""
    report = check_file(path, today=TODAY)
    _require_bounded(report)
    _require_what_the_schema_says(path, report)
    _require_one_reading(path)
    with _cut_by_parser():
        _require_equal("cutting by bytes and by a parser", told(report), told(check_file(path, today=TODAY)))
    with _cut_small():
        _require_one_reading(path)
        small = check_file(path, today=TODAY)
    _require_alike(report, small)


def told(report: Report) -> object:
    """What a report says, without how it was read and how long that took, and without its order at equal places.

    Of a file that is not well-formed or beyond measure, only that: what came before it depends on how it was cut. Of
    one whose promotors or whose root break the schema themselves, only where first: how far the schema looked behind
    that depends on it too.
    """
    ends = [finding for finding in report.findings if finding.code in ("F-001", "F-002", "F-007")]
    if ends:
        return report.verdict, ends
    above = [finding for finding in report.findings if finding.code.startswith("XSD.") and finding.part is None]
    if above:
        return report.verdict, above[0]
    stages = [(stage.name, stage.state) for stage in report.stages]
    return replace(report, stages=(), findings=(), slices=None), stages, Counter(map(repr, report.findings))


def _require_one_reading(path: Path) -> None:
    readings = read_twice(path)
    if readings.fast == readings.exact:
        return
    if not readings.is_planned_again:
        raise Misjudged(f"the fast path and the parser disagree:\n{readings.fast}\n{readings.exact}")
    fast = told(check_file(path, today=TODAY))
    with parser_alone():
        _require_equal("the fast path and the parser, planned again", fast, told(check_file(path, today=TODAY)))


def _require_what_the_schema_says(path: Path, report: Report) -> None:
    """Of the whole file in one tree: whether anything in it breaks the schema.

    Behind a head that breaks it nothing is read, well-formed or not.
    """
    codes = {count.code for count in report.counts}
    if codes & {"F-001", "F-002", "F-007"}:
        return
    try:
        is_broken = bool(errors_of(parse(path.read_bytes())))
    except etree.XMLSyntaxError:
        is_broken = True
    if is_broken != any(code.startswith("XSD.") for code in codes):
        raise Misjudged(f"the schema says {'wrong' if is_broken else 'right'}, the report {sorted(codes)}")


def _require_bounded(report: Report) -> None:
    if any(stage.state is StageState.FAILED for stage in report.stages):
        raise Misjudged(f"a stage failed: {report.stages}")
    details = Counter(finding.code for finding in report.findings)
    exact = Counter[str]()
    for count in report.counts:
        exact[count.code] += count.count
    for code, kept in details.items():
        if kept > min(DETAILS_PER_CODE, exact[code]):
            raise Misjudged(f"{kept} details of {code}, {exact[code]} counted")
    for finding in report.findings:
        _require_short(finding)
    for finding in report.findings[:SAID_AT_MOST]:
        for language in Language:
            said_of(finding, language)


def _require_short(finding: Finding) -> None:
    texts = (finding.value, finding.convention, finding.employee, *finding.values.values())
    if any(len(text) > LONGEST_TEXT for text in texts if text is not None):
        raise Misjudged(f"a finding shows more than {LONGEST_TEXT} characters: {finding}")
    if finding.place is not None and len(finding.place.path) > LONGEST_PATH:
        raise Misjudged(f"a path is long: {finding}")
    if len(finding.expected or "") > LONGEST_EXPECTATION:
        raise Misjudged(f"an expectation is long: {finding}")
    if not (finding.value or "").isprintable():
        raise Misjudged(f"a value steers a terminal: {finding!r}")


def _require_equal(what: str, one: object, other: object) -> None:
    if one != other:
        raise Misjudged(f"{what} disagree:\n{one}\n{other}")


def _require_alike(large: Report, small: Report) -> None:
    """Of large pieces and of small ones.

    Behind an element that stands where it may not, the schema looks no further under its parent in that slice: smaller
    slices find more. Of a start tag that is repeated around a slice, the length is limited, and of no other.
    """
    if any(count.code == "F-007" for count in small.counts):
        return
    if any(count.code.startswith("XSD.") for count in large.counts):
        missing = _of_schema(large) - _of_schema(small)
        if missing and not any(count.code == "F-001" for count in small.counts):
            raise Misjudged(f"small pieces miss {missing}")
    else:
        _require_equal("large and small pieces", told(large), told(small))


def _of_schema(report: Report) -> Counter[object]:
    """Without the business path: of a promotor that is broken itself, later pieces do not know the number."""
    return Counter(
        (finding.code, finding.place, finding.value) for finding in report.findings if finding.code.startswith("XSD.")
    )


@contextmanager
def _cut_by_parser() -> Generator[None]:
    with patch.object(planning, "split_by_bytes", lambda *_: None):
        yield


@contextmanager
def _cut_small() -> Generator[None]:
    with (
        patch.object(splitting, "PIECE_BYTES", SMALL_PIECE_BYTES),
        patch.object(scanning, "PIECE_BYTES", SMALL_PIECE_BYTES),
    ):
        yield
