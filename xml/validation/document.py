"""A collective file once read: parts, employees, employments and lines, in the words of the field.

The reader of the XML translates the Dutch element names to these once; manual entry builds the same, so that the rules
know one form only. Values are exact: hundredths of hours, tenths of days. What the schema guarantees of an uploaded
file (digits, lengths, bounds) is guaranteed here too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.findings import Header
from domain.months import Month
from domain.vocabulary import DeliveryStatus


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What the file says that it holds (Controletotalen)."""

    promotors: int
    conventions: int
    employees: int
    lines: int
    hours: Decimal
    days: Decimal


@dataclass(frozen=True, slots=True)
class Envelope:
    """The head of a collective file (Hoofding)."""

    header: Header
    control_totals: ControlTotals


@dataclass(frozen=True, slots=True)
class Line:
    """A performance line (Prestatielijn); *number* is its `volgnr` inside the employment."""

    number: int
    code: str
    days_tenths: int | None
    hours_hundredths: int | None
    from_day: date | None
    until_day: date | None


@dataclass(frozen=True, slots=True)
class Employment:
    """One employment (Tewerkstelling); *weekly_hours* is Q, *full_time_hours* S, in hundredths of an hour a week."""

    number: int
    begin: date
    end: date | None
    weekly_hours_hundredths: int
    full_time_hours_hundredths: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """One employee (Werknemer); *employer* is the related enterprise number, none when the promotor employs him."""

    insz: str
    employer: str | None
    employments: tuple[Employment, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part (Prestatiestaat): promotor × convention × month, the unit of acceptance.

    *number* counts from 1 in the file. *employees* may be made only when they are looked at.
    """

    number: int
    promotor: str
    reference: str | None
    delivery_status: DeliveryStatus
    replaces: str | None
    convention: str
    programme: str
    month: Month
    employees: Sequence[Employee]


@dataclass(frozen=True, slots=True)
class Spot:
    """Which element of a part a fault is about, by ordinals from 0; the locator turns it into line, column and path.

    *field* is the Dutch name of the child element, or of the attribute with an `@`; empty for the element itself.
    Only as deep as the ordinals that are given: none of them means the part.
    """

    employee: int | None = None
    employment: int | None = None
    line: int | None = None
    field: str = ""
