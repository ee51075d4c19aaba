"""Writing a collective file from parts, in the spelling that the documentation shows: two spaces a level, no prefix."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from domain.findings import Header
from validation.amounts import days_text, hours_text
from validation.configuration import RuleSettings
from validation.document import ControlTotals, Employee, Employment, Envelope, Line, Part
from validation.totals import FileTally, totals_of
from validation.vocabulary import NAMESPACE


def control_totals_of(parts: Iterable[Part], settings: RuleSettings) -> ControlTotals:
    """The control totals that a file with *parts* has to declare."""
    tally = FileTally()
    for part in parts:
        tally.add(promotor=part.promotor, convention=part.convention, totals=totals_of(part, settings))
    return tally.control_totals()


def collective_file_text(envelope: Envelope, parts: Iterable[Part]) -> str:
    """The whole file; parts of one promotor that follow each other stand under one Promotor."""
    return "\n".join(_file(envelope, parts)) + "\n"


def _file(envelope: Envelope, parts: Iterable[Part]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    version = quoteattr(envelope.header.schema_version)
    yield f"<CollectiefPrestatiebestand xmlns={quoteattr(NAMESPACE)} schemaVersie={version}>"
    yield from _head(envelope.header, envelope.control_totals)
    for promotor, own in groupby(parts, key=lambda part: part.promotor):
        yield "  <Promotor>"
        yield f"    <Ondernemingsnummer>{escape(promotor)}</Ondernemingsnummer>"
        for part in own:
            yield from _part(part)
        yield "  </Promotor>"
    yield "</CollectiefPrestatiebestand>"


def _head(header: Header, totals: ControlTotals) -> Iterator[str]:
    yield "  <Hoofding>"
    yield f"    <Bestandsreferentie>{escape(header.reference)}</Bestandsreferentie>"
    yield f"    <Omgeving>{escape(header.environment)}</Omgeving>"
    yield f"    <Aanmaaktijdstip>{escape(header.created_at)}</Aanmaaktijdstip>"
    yield "    <Verzender>"
    yield f"      <Ondernemingsnummer>{escape(header.sender)}</Ondernemingsnummer>"
    if header.software is not None:
        yield f"      <Software naam={quoteattr(header.software)}/>"
    yield "    </Verzender>"
    counts = f'promotoren="{totals.promotors}" conventies="{totals.conventions}" werknemers="{totals.employees}"'
    amounts = f'lijnen="{totals.lines}" uren="{totals.hours:.2f}" dagen="{totals.days:.1f}"'
    yield f"    <Controletotalen {counts} {amounts}/>"
    yield "  </Hoofding>"


def _part(part: Part) -> Iterator[str]:
    reference = "" if part.reference is None else f"ref={quoteattr(part.reference)} "
    replaces = "" if part.replaces is None else f" vervangt={quoteattr(part.replaces)}"
    yield f'    <Prestatiestaat {reference}statusAanlevering="{part.delivery_status}"{replaces}>'
    yield f"      <Conventienummer>{escape(part.convention)}</Conventienummer>"
    yield f"      <Programma>{escape(part.programme)}</Programma>"
    yield f"      <Prestatiemaand>{part.month}</Prestatiemaand>"
    for employee in part.employees:
        yield from _employee(employee)
    yield "    </Prestatiestaat>"


def _employee(employee: Employee) -> Iterator[str]:
    yield "      <Werknemer>"
    yield f"        <INSZ>{escape(employee.insz)}</INSZ>"
    if employee.employer is not None:
        yield f"        <Werkgever>{escape(employee.employer)}</Werkgever>"
    for employment in employee.employments:
        yield from _employment(employment)
    yield "      </Werknemer>"


def _employment(employment: Employment) -> Iterator[str]:
    end = "" if employment.end is None else f' einde="{employment.end}"'
    yield f'        <Tewerkstelling volgnr="{employment.number}" begin="{employment.begin}"{end}>'
    weekly, full_time = employment.weekly_hours_hundredths, employment.full_time_hours_hundredths
    yield f'          <Arbeidsregime Q="{hours_text(weekly)}" S="{hours_text(full_time)}"/>'
    for line in employment.lines:
        yield from _line(line)
    yield "        </Tewerkstelling>"


def _line(line: Line) -> Iterator[str]:
    yield f'          <Prestatielijn volgnr="{line.number}">'
    yield f"            <Prestatiecode>{escape(line.code)}</Prestatiecode>"
    if line.days_tenths is not None:
        yield f"            <Dagen>{days_text(line.days_tenths)}</Dagen>"
    if line.hours_hundredths is not None:
        yield f"            <Uren>{hours_text(line.hours_hundredths)}</Uren>"
    if line.from_day is not None and line.until_day is not None:
        yield f"            <Van>{line.from_day}</Van>"
        yield f"            <Tot>{line.until_day}</Tot>"
    yield "          </Prestatielijn>"
