"""The sample files: one without any fault, one with a part without mandate, one for each rule that a file can break.

Each differs from `valid.xml` in one spot (beside its reference and its control totals) and breaks exactly the rule that
it is named after, when Alfa delivers it to production in the demo world in the month after M. Rules that depend on what
was filed before, on a mandate that ends or on a submission have no sample: they are built in tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from domain.demo_register import GERT_BEFORE, ODD_DATE, STRANGER
from domain.demo_world import ALFA, BETA
from domain.findings import Header
from domain.identifiers import EnterpriseNumber
from domain.months import BRUSSELS, Month
from domain.vocabulary import DeliveryStatus, Programme
from validation.configuration import rule_settings
from validation.document import Employee, Employment, Envelope, Line, Part
from validation.making.parts import first_monday_from_the_fifth, valid_parts
from validation.making.writing import collective_file_text, control_totals_of

FIXED_MONTH = Month(2026, 10)
"""M of the committed samples."""
QUARTER_PAST_EIGHT = time(8, 15)
NOBODY = EnterpriseNumber("0999000723")
"""An enterprise number that no organisation of the demo world has."""

Parts = tuple[Part, ...]
Change = Callable[[Part], Part]


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: its *path* under the folder of samples, the rule that it breaks (none: no fault at all), its content.

    *envelope* and *parts* are what a reader finds in *text*; none where the file cannot be read.
    """

    path: str
    breaks: str | None
    text: str
    envelope: Envelope | None
    parts: Parts


def samples(month: Month) -> tuple[Sample, ...]:
    """All samples for M = *month*, in the order of the rules."""
    parts = valid_parts(month)
    with_104234 = (parts[0], _part_of_104234(parts[0]), replace(parts[1], number=3))
    return (
        _sample("valid.xml", None, month, parts),
        _sample("part-without-mandate.xml", "C-201", month, with_104234),
        *_broken_texts(month, parts),
        *_broken_heads(month, parts),
        *(
            _sample(f"rules/{code}.xml", code, month, change(parts))
            for code, change in sorted(_changes(month).items(), key=lambda item: ("MCPNLA".index(item[0][0]), item[0]))
        ),
    )


def write_samples(folder: Path, month: Month) -> None:
    """Write all samples for M = *month* under *folder*, over what stands there."""
    for sample in samples(month):
        path = folder / sample.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sample.text, encoding="utf-8", newline="\n")


def _changes(month: Month) -> Mapping[str, Callable[[Parts], Parts]]:
    """By rule: the one change to the parts that breaks it. People are named by their place in `valid_parts`."""
    monday = first_monday_from_the_fifth(month)
    an, bert, dirk, els, gert, jan = 0, 1, 3, 4, 5, 2
    return {
        "M-101": _havenwerk(lambda part: replace(part, convention="205002")),
        "C-201": _havenwerk(lambda part: replace(part, convention="999999")),
        "C-202": _havenwerk(lambda part: replace(part, promotor=NOBODY)),
        "C-204": _havenwerk(lambda part: replace(part, programme=Programme.GESCO_KB474)),
        "C-205": _de_brug(_employment(els, lambda found: replace(found, weekly_hours_hundredths=3800))),
        "C-206": _de_brug(_employee(an, lambda found: replace(found, employer=BETA))),
        "P-301": _havenwerk(lambda part: replace(part, month=month.plus(1))),
        "P-302": _havenwerk(lambda part: replace(part, month=month.plus(-5))),
        "P-303": _havenwerk(lambda part: replace(part, month=month.plus(-2))),
        "P-304": lambda parts: (*parts, replace(parts[1], number=3, reference=f"{parts[1].reference}-BIS")),
        "P-305": _havenwerk(lambda part: replace(part, delivery_status=DeliveryStatus.REPLACED)),
        "N-401": _de_brug(_employee(gert, lambda found: replace(found, insz="87073003371"))),
        "N-402": _de_brug(_employee(gert, lambda found: replace(found, insz=ODD_DATE))),
        "N-403": _de_brug(_employee(gert, lambda found: replace(found, insz=GERT_BEFORE))),
        "N-404": _de_brug(_employee(gert, lambda found: replace(found, insz=STRANGER))),
        "N-405": _havenwerk(lambda part: replace(part, employees=(*part.employees, part.employees[jan]))),
        "N-406": _de_brug(lambda part: replace(part, employees=(*part.employees[:els], *part.employees[els + 1 :]))),
        "N-408": _de_brug(
            _employment(dirk, lambda found: replace(found, begin=found.begin - timedelta(days=1)), number=2)
        ),
        "L-501": _havenwerk(_line(jan, 2, lambda found: replace(found, code="99"))),
        "L-502": _havenwerk(_line(jan, 2, lambda found: replace(found, code="71"))),
        "L-503": _havenwerk(_line(jan, 2, lambda found: replace(found, hours_hundredths=None))),
        "L-504": _de_brug(_line(bert, 2, lambda found: replace(found, until_day=monday + timedelta(days=2)))),
        "L-505": _de_brug(_line(bert, 2, lambda found: replace(found, from_day=month.plus(-1).last_day))),
        "L-506": _havenwerk(_line(jan, 1, lambda found: replace(found, hours_hundredths=9000))),
        "L-507": _havenwerk(_line(0, 1, lambda found: replace(found, days_tenths=240))),
        "L-508": _de_brug(_employment(bert, lambda found: replace(found, full_time_hours_hundredths=4100))),
        "L-509": _havenwerk(_line(jan, 1, lambda found: replace(found, hours_hundredths=1500))),
        "L-510": _havenwerk(_employment(jan, lambda found: replace(found, lines=()))),
        "L-511": _havenwerk(_line(jan, 2, lambda found: replace(found, number=1))),
        "A-602": _havenwerk(lambda part: replace(part, employees=())),
    }


def _broken_texts(month: Month, parts: Parts) -> tuple[Sample, Sample]:
    """Files that the gate refuses, so that no part is read."""
    doctype = _sample("rules/F-001.xml", "F-001", month, parts).text.replace(
        "<CollectiefPrestatiebestand ", "<!DOCTYPE CollectiefPrestatiebestand>\n<CollectiefPrestatiebestand ", 1
    )
    version = _sample("rules/F-002.xml", "F-002", month, parts).text.replace('schemaVersie="1.0"', 'schemaVersie="9.0"')
    return (
        Sample("rules/F-001.xml", "F-001", doctype, None, ()),
        Sample("rules/F-002.xml", "F-002", version, None, ()),
    )


def _broken_heads(month: Month, parts: Parts) -> tuple[Sample, ...]:
    totals = _envelope("", month, parts).control_totals
    return (
        _sample("rules/F-003.xml", "F-003", month, parts, head=lambda header: replace(header, environment="T")),
        _sample("rules/F-004.xml", "F-004", month, parts, head=lambda header: replace(header, sender=BETA)),
        _sample("rules/F-006.xml", "F-006", month, parts, lines=totals.lines + 1),
    )


def _sample(
    path: str,
    breaks: str | None,
    month: Month,
    parts: Parts,
    *,
    head: Callable[[Header], Header] = lambda header: header,
    lines: int | None = None,
) -> Sample:
    envelope = _envelope(Path(path).stem.upper(), month, parts)
    totals = envelope.control_totals if lines is None else replace(envelope.control_totals, lines=lines)
    envelope = Envelope(head(envelope.header), totals)
    return Sample(path, breaks, collective_file_text(envelope, parts), envelope, parts)


def _envelope(name: str, month: Month, parts: Parts) -> Envelope:
    return Envelope(
        header=Header(
            reference=f"ALFA-{str(month).replace('-', '')}-{name}",
            environment="P",
            created_at=datetime.combine(month.plus(1).first_day, QUARTER_PAST_EIGHT, BRUSSELS).isoformat(),
            sender=ALFA,
            schema_version="1.0",
            software="Mandaat",
        ),
        control_totals=control_totals_of(parts, rule_settings()),
    )


def _part_of_104234(like: Part) -> Part:
    """A part of De Brug for a convention for which Alfa has no mandate."""
    someone = replace(like.employees[-1], insz=STRANGER)
    return replace(
        like,
        number=2,
        reference=str(like.reference).replace("104233", "104234"),
        convention="104234",
        programme=Programme.DAC,
        employees=(someone,),
    )


def _de_brug(change: Change) -> Callable[[Parts], Parts]:
    return lambda parts: (change(parts[0]), *parts[1:])


def _havenwerk(change: Change) -> Callable[[Parts], Parts]:
    return lambda parts: (parts[0], change(parts[1]), *parts[2:])


def _employee(place: int, change: Callable[[Employee], Employee]) -> Change:
    return lambda part: replace(
        part,
        employees=tuple(change(found) if index == place else found for index, found in enumerate(part.employees)),
    )


def _employment(place: int, change: Callable[[Employment], Employment], *, number: int = 1) -> Change:
    """Change the employment *number* of the employee at *place*."""
    return _employee(
        place,
        lambda employee: replace(
            employee,
            employments=tuple(change(found) if found.number == number else found for found in employee.employments),
        ),
    )


def _line(place: int, number: int, change: Callable[[Line], Line]) -> Change:
    """Change the line *number* in the first employment of the employee at *place*."""
    return _employment(
        place,
        lambda employment: replace(
            employment, lines=tuple(change(found) if found.number == number else found for found in employment.lines)
        ),
    )
