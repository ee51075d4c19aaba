"""Collective files of any size, all right and always the same: for benchmarks, load tests and trying things out.

The world behind them (promotors, their conventions, the persons on them) is a function of ordinals and nothing else, so
that a database can be filled with exactly what a file of a given size refers to. All numbers are made up, with right
check digits; enterprise numbers begin with 05 and convention numbers with G, so that they meet no others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

from domain.months import Month
from domain.vocabulary import Programme
from validation.vocabulary import ACCEPTED_SCHEMA_VERSIONS, NAMESPACE

_PROGRAMMES = tuple(Programme)
_FULL_TIME_HUNDREDTHS = 3800
_WEEKLY_HUNDREDTHS = (1900, 3800, 3040)
# Every one may stand under every programme; work comes first and takes the days that are left.
_ABSENCES = ("2", "10", "50", "21", "24")
_FIRST_BEGIN = 2015


@dataclass(frozen=True, slots=True)
class GeneratedLine:
    code: str
    days_tenths: int
    hours_hundredths: int


@dataclass(frozen=True, slots=True)
class GeneratedEmployee:
    """A person on a convention from *begin* on, which is also the first day of his fiche and of his employment."""

    insz: str
    begin: date
    weekly_hours_hundredths: int
    lines: tuple[GeneratedLine, ...]


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
    """What a file of this world holds."""

    size_bytes: int
    promotors: int
    conventions: int
    employees: int
    lines: int
    hours_hundredths: int
    days_tenths: int


def write_collective_file(path: Path, *, size_bytes: int, month: Month, sender: str, environment: str) -> GeneratedFile:
    """Write the smallest file of whole promotors with at least *size_bytes* behind its head; never all in memory.

    *environment* is `T` or `P`, *sender* an enterprise number. Overwrites *path*.
    """
    described = describe(size_bytes=size_bytes, month=month)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        head = _head(described, month=month, sender=sender, environment=environment)
        file.write(head)
        for promotor in world(size_bytes=size_bytes, month=month):
            file.write(_promotor_text(promotor, month))
        file.write("</CollectiefPrestatiebestand>\n")
    return described


def world(*, size_bytes: int, month: Month) -> Iterator[GeneratedPromotor]:
    """The promotors of a file of *size_bytes*, in its order, with everything that stands under them."""
    written = 0
    for promotor in _promotors(month):
        if written >= size_bytes:
            return
        yield promotor
        written += len(_promotor_text(promotor, month))


def describe(*, size_bytes: int, month: Month) -> GeneratedFile:
    """What the file holds, without writing it."""
    size = promotors = conventions = employees = lines = hours = days = 0
    for promotor in world(size_bytes=size_bytes, month=month):
        size += len(_promotor_text(promotor, month))
        promotors += 1
        for convention in promotor.conventions:
            conventions += 1
            for employee in convention.employees:
                employees += 1
                lines += len(employee.lines)
                hours += sum(line.hours_hundredths for line in employee.lines)
                days += sum(line.days_tenths for line in employee.lines)
    return GeneratedFile(size, promotors, conventions, employees, lines, hours, days)


def _promotors(month: Month) -> Iterator[GeneratedPromotor]:
    persons = count()
    for ordinal in count():
        conventions = tuple(_convention(ordinal, place, persons, month) for place in range(1 + ordinal % 4))
        yield GeneratedPromotor(_enterprise_number(5_000_000 + ordinal), conventions)


def _convention(ordinal: int, place: int, persons: Iterator[int], month: Month) -> GeneratedConvention:
    employees = tuple(_employee(next(persons), month) for _ in range(4 + (ordinal * 7 + place * 5) % 23))
    contracted = sum(employee.weekly_hours_hundredths for employee in employees)
    return GeneratedConvention(
        number=f"G{ordinal * 4 + place:07d}",
        programme=_PROGRAMMES[(ordinal + place) % len(_PROGRAMMES)],
        employees=employees,
        full_time_equivalents_ten_thousandths=-(-contracted // _FULL_TIME_HUNDREDTHS) * 10_000,
    )


def _employee(serial: int, month: Month) -> GeneratedEmployee:
    weekly = _WEEKLY_HUNDREDTHS[serial % len(_WEEKLY_HUNDREDTHS)]
    absences = _ABSENCES[: 1 + serial % len(_ABSENCES)]
    absence_tenths = [5 * (1 + (serial + place) % 3) for place in range(len(absences))]
    worked_tenths = 10 * month.weekdays - sum(absence_tenths)
    amounts = zip(("1", *absences), (worked_tenths, *absence_tenths), strict=True)
    return GeneratedEmployee(
        insz=_insz(serial),
        begin=date(_FIRST_BEGIN + serial % 9, 1 + serial % 12, 1),
        weekly_hours_hundredths=weekly,
        # A day is a fifth of the week; half days keep the hundredths whole.
        lines=tuple(GeneratedLine(code, days, days * weekly // 50) for code, days in amounts),
    )


def _insz(serial: int) -> str:
    """Born between 1960 and 1999; serial numbers of one day follow each other."""
    day_ordinal, number = divmod(serial, 997)
    year, day_of_year = divmod(day_ordinal, 12 * 28)
    month, day = divmod(day_of_year, 28)
    digits = f"{60 + year % 40:02d}{month + 1:02d}{day + 1:02d}{number + 1:03d}"
    return f"{digits}{97 - int(digits) % 97:02d}"


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
    lines = "".join(
        f"""          <Prestatielijn volgnr="{number}"><Prestatiecode>{line.code}</Prestatiecode>\
<Dagen>{line.days_tenths // 10}.{line.days_tenths % 10}</Dagen>\
<Uren>{line.hours_hundredths // 100}.{line.hours_hundredths % 100:02d}</Uren></Prestatielijn>
"""
        for number, line in enumerate(employee.lines, 1)
    )
    weekly = employee.weekly_hours_hundredths
    full_time = _FULL_TIME_HUNDREDTHS
    return f"""      <Werknemer>
        <INSZ>{employee.insz}</INSZ>
        <Tewerkstelling volgnr="1" begin="{employee.begin}">
          <Arbeidsregime Q="{weekly // 100}.{weekly % 100:02d}" S="{full_time // 100}.{full_time % 100:02d}"/>
{lines}        </Tewerkstelling>
      </Werknemer>
"""
