"""What a rule of each reach is given to look at."""

from dataclasses import dataclass
from datetime import date

from domain.decisions import Lack
from domain.findings import Header
from domain.months import Month
from domain.vocabulary import Mode
from validation.configuration import Limits, RuleSettings
from validation.document import ControlTotals, Employee, Part
from validation.register import Facts


@dataclass(frozen=True, slots=True)
class EmployeeContext:
    """One employee of a part; *employee_index* is his ordinal from 0, for the spot of a fault."""

    part: Part
    employee: Employee
    employee_index: int
    settings: RuleSettings


@dataclass(frozen=True, slots=True)
class PartContext:
    """One part alone; *today* is the day in Brussels on which it is checked."""

    part: Part
    settings: RuleSettings
    today: date


@dataclass(frozen=True, slots=True)
class RegisterContext:
    """One part beside what the department knows.

    *is_delivery*: the part comes in now, from a collective file or by hand. False when a stored revision is tested or
    submitted: then it is itself the current version, and how it follows the one before is no question any more.
    """

    part: Part
    facts: Facts
    settings: RuleSettings
    today: date
    is_delivery: bool = True


@dataclass(frozen=True, slots=True)
class EnvelopeContext:
    """The head of a file beside how it came in: known as soon as the first bytes are read.

    *mode* and *sender* (the enterprise number of the acting organisation) are none when the file is checked without a
    server: what needs them is then not checked. *is_admitted*: the sender may deliver in production today.
    """

    header: Header
    mode: Mode | None
    sender: str | None
    is_admitted: bool


@dataclass(frozen=True, slots=True)
class RepeatContext:
    """A part whose key (promotor, convention, month) another part of the same file has too.

    Called for every such part; *other_number* is the ordinal of the first other one.
    """

    number: int
    other_number: int
    convention: str
    month: Month


@dataclass(frozen=True, slots=True)
class FileContext:
    """The whole file, once every part has been read.

    *counted* is what the parts add up to (`validation.totals.FileTally`). *is_complete*: every part could be read; when
    some broke the schema, the declared totals cannot be compared.
    """

    declared: ControlTotals
    counted: ControlTotals
    is_complete: bool
    size_bytes: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class OfferContext:
    """A revision that is about to be submitted (aanbieden).

    *tested_revision*: the revision on which the newest test result is, none when never tested. *lack*: what the acting
    person lacks to submit now, read again inside the submitting transaction; none when he may.
    """

    convention: str
    month: Month
    revision: int
    tested_revision: int | None
    lack: Lack | None
