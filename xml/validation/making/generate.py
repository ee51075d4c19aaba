"""Collective files of any size, all right and always the same: for benchmarks, load tests and trying things out.

The world behind them (promotors, their conventions, the persons on them) is a function of ordinals and of the kind of
people, so that a database can be filled with exactly what a file of a given size refers to. All numbers are made up,
with right check digits; enterprise numbers begin with 05 and convention numbers with G, so that they meet no others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, islice, repeat
from pathlib import Path

from domain.months import Month
from domain.vocabulary import Programme
from validation.amounts import days_text, hours_text
from validation.making.people import GeneratedEmployee, GeneratedEmployment, GeneratedLine, MakePerson, ordinary_person
from validation.vocabulary import ACCEPTED_SCHEMA_VERSIONS, NAMESPACE

_PROGRAMMES = tuple(Programme)


@dataclass(frozen=True, slots=True)
class GeneratedConvention:
    """*full_time_equivalents_ten_thousandths*: what its employees need together, rounded up to whole ones."""

    number: str
    programme: Programme
    employees: tuple[GeneratedEmployee, ...]
    full_time_equivalents_ten_thousandths: int


@dataclass(frozen=True, slots=True)
class GeneratedPromotor:
    number: str
    conventions: tuple[GeneratedConvention, ...]


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """What a file of this world holds.

    *different_employees*: how many differ in more than the person, so that a reader that remembers what it has read
    learns nothing from the others.
    """

    size_bytes: int
    promotors: int
    conventions: int
    employees: int
    lines: int
    hours_hundredths: int
    days_tenths: int
    different_employees: int


def write_collective_file(
    path: Path, *, size_bytes: int, month: Month, sender: str, environment: str, person: MakePerson = ordinary_person
) -> GeneratedFile:
    """Write the smallest file of whole promotors with at least *size_bytes* behind its head; never all in memory.

    *environment* is `T` or `P`, *sender* an enterprise number. Overwrites *path*.
    """
    described = describe(size_bytes=size_bytes, month=month, person=person)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        head = _head(described, month=month, sender=sender, environment=environment)
        file.write(head)
        for promotor in world(size_bytes=size_bytes, month=month, person=person):
            file.write(_promotor_text(promotor, month))
        file.write("</CollectiefPrestatiebestand>\n")
    return described


def world(*, size_bytes: int, month: Month, person: MakePerson = ordinary_person) -> Iterator[GeneratedPromotor]:
    """The promotors of a file of *size_bytes*, in its order, with everything that stands under them."""
    written = 0
    for promotor in _promotors(month, person):
        if written >= size_bytes:
            return
        yield promotor
        written += len(_promotor_text(promotor, month))


def describe(*, size_bytes: int, month: Month, person: MakePerson = ordinary_person) -> GeneratedFile:
    """What the file holds, without writing it."""
    texts: set[int] = set()
    size = promotors = conventions = employees = lines = hours = days = 0
    for promotor in world(size_bytes=size_bytes, month=month, person=person):
        size += len(_promotor_text(promotor, month))
        promotors += 1
        for convention in promotor.conventions:
            conventions += 1
            for employee in convention.employees:
                employees += 1
                texts.add(hash(employee.employments))
                for line in employee.lines:
                    lines += 1
                    hours += line.hours_hundredths or 0
                    days += line.days_tenths
    return GeneratedFile(size, promotors, conventions, employees, lines, hours, days, len(texts))


def _promotors(month: Month, person: MakePerson) -> Iterator[GeneratedPromotor]:
    persons = map(person, count(), repeat(month))
    for ordinal in count():
        conventions = tuple(_convention(ordinal, place, persons) for place in range(1 + ordinal % 4))
        yield GeneratedPromotor(_enterprise_number(5_000_000 + ordinal), conventions)


def _convention(ordinal: int, place: int, persons: Iterator[GeneratedEmployee]) -> GeneratedConvention:
    employees = tuple(islice(persons, 4 + (ordinal * 7 + place * 5) % 23))
    contracted = sum(employee.full_time_equivalents_ten_thousandths for employee in employees)
    return GeneratedConvention(
        number=f"G{ordinal * 4 + place:07d}",
        programme=_PROGRAMMES[(ordinal + place) % len(_PROGRAMMES)],
        employees=employees,
        full_time_equivalents_ten_thousandths=-(-contracted // 10_000) * 10_000,
    )


def _enterprise_number(first_digits: int) -> str:
    return f"{first_digits:08d}{97 - first_digits % 97:02d}"


def _head(described: GeneratedFile, *, month: Month, sender: str, environment: str) -> str:
    reference = f"GEN-{month.year:04d}{month.number:02d}-{described.size_bytes}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<CollectiefPrestatiebestand xmlns="{NAMESPACE}" schemaVersie="{ACCEPTED_SCHEMA_VERSIONS[-1]}">
  <Hoofding>
    <Bestandsreferentie>{reference}</Bestandsreferentie>
    <Omgeving>{environment}</Omgeving>
    <Aanmaaktijdstip>{month.plus(1)}-03T08:15:00+01:00</Aanmaaktijdstip>
    <Verzender>
      <Ondernemingsnummer>{sender}</Ondernemingsnummer>
      <Software naam="Mandaat generate" versie="1"/>
    </Verzender>
    <Controletotalen promotoren="{described.promotors}" conventies="{described.conventions}" \
werknemers="{described.employees}" lijnen="{described.lines}" \
uren="{Decimal(described.hours_hundredths).scaleb(-2)}" dagen="{Decimal(described.days_tenths).scaleb(-1)}"/>
  </Hoofding>
"""


def _promotor_text(promotor: GeneratedPromotor, month: Month) -> str:
    parts = "".join(_part_text(convention, month) for convention in promotor.conventions)
    return f"""  <Promotor>
    <Ondernemingsnummer>{promotor.number}</Ondernemingsnummer>
{parts}  </Promotor>
"""


def _part_text(convention: GeneratedConvention, month: Month) -> str:
    reference = f"{convention.number}-{month.year:04d}{month.number:02d}"
    employees = "".join(_employee_text(employee) for employee in convention.employees)
    return f"""    <Prestatiestaat ref="{reference}" statusAanlevering="1">
      <Conventienummer>{convention.number}</Conventienummer>
      <Programma>{convention.programme}</Programma>
      <Prestatiemaand>{month}</Prestatiemaand>
{employees}    </Prestatiestaat>
"""


def _employee_text(employee: GeneratedEmployee) -> str:
    employments = "".join(
        _employment_text(number, employment) for number, employment in enumerate(employee.employments, 1)
    )
    return f"""      <Werknemer>
        <INSZ>{employee.insz}</INSZ>
{employments}      </Werknemer>
"""


def _employment_text(number: int, employment: GeneratedEmployment) -> str:
    end = "" if employment.end is None else f' einde="{employment.end}"'
    weekly, full_time = employment.weekly_hours_hundredths, employment.full_time_hours_hundredths
    lines = "".join(_line_text(number, line) for number, line in enumerate(employment.lines, 1))
    return f"""        <Tewerkstelling volgnr="{number}" begin="{employment.begin}"{end}>
          <Arbeidsregime Q="{hours_text(weekly)}" S="{hours_text(full_time)}"/>
{lines}        </Tewerkstelling>
"""


def _line_text(number: int, line: GeneratedLine) -> str:
    hours = "" if line.hours_hundredths is None else f"<Uren>{hours_text(line.hours_hundredths)}</Uren>"
    dates = "" if line.from_day is None else f"<Van>{line.from_day}</Van><Tot>{line.until_day}</Tot>"
    return f"""          <Prestatielijn volgnr="{number}"><Prestatiecode>{line.code}</Prestatiecode>\
<Dagen>{days_text(line.days_tenths)}</Dagen>{hours}{dates}</Prestatielijn>
"""
