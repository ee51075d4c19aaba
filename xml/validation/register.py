"""What the department knows that a part is checked against: one `Facts` a part, filled from the database.

The database side answers one query a kind for all parts of a range: conventions by number, rights by (convention,
month), related employers by promotor, fiches and replaced numbers by convention and by INSZ, performance files by
(convention, month). Everything that belongs to a convention and not to a month stands in `ConventionFacts`, which all
parts of that convention share. A convention that the sender may not see and one that does not exist are both none, and
then no rule says anything but C-201: an answer must not tell them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.decisions import Lack
from domain.months import Month, MonthPeriod
from domain.states import PerformanceFileState


@dataclass(frozen=True, slots=True)
class Fiche:
    """An approved individual fiche of one person on one convention; both days included, no last day is open."""

    from_day: date
    until_day: date | None


@dataclass(frozen=True, slots=True)
class ConventionFacts:
    """What is known of one convention, whatever the month.

    *promotor* and *related_employers* (organisations whose employees may stand under that promotor) are enterprise
    numbers. *fiches* is by the number that a person has now; a range may ask only for the INSZ that its parts name, for
    those that replaced them and for those of the previous month.
    """

    number: str
    promotor: str
    programme: str
    validity: MonthPeriod
    approved_full_time_equivalents_ten_thousandths: int
    related_employers: frozenset[str] = frozenset()
    fiches: Mapping[str, tuple[Fiche, ...]] = field(default_factory=dict[str, tuple[Fiche, ...]])


@dataclass(frozen=True, slots=True)
class UploadRight:
    """Whether the sender may upload under the convention for the month of the part.

    *lack* is the first thing that is missing, none when he may. *mandate_last_month* is the last month of the mandate
    that gives the right; none when it is open or when he files for his own organisation.
    """

    lack: Lack | None = None
    mandate_last_month: Month | None = None


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """The newest version of the performance file for this convention and month, with its newest revision.

    *is_edited_by_hand*: that revision was filled in or modified on screen after the last upload.
    """

    version: int
    revision: int
    state: PerformanceFileState
    is_edited_by_hand: bool

    @property
    def name(self) -> str:
        """What `vervangt` has to name to replace it."""
        return f"{self.version}.{self.revision}"


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """The newest accepted version for this convention and month: it is paid, or about to be."""

    version: int
    full_time_equivalents_ten_thousandths: int


@dataclass(frozen=True, slots=True)
class OtherShare:
    """An employment of the same person in the same month on another convention, filed before this part.

    Filed before: its performance file was loaded earlier, or stands earlier in the same collective file. Deleted,
    refused and withdrawn versions do not count. The other convention is not named: it may belong to another promotor.
    """

    begin: date
    end: date | None
    weekly_hours_hundredths: int
    full_time_hours_hundredths: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the register rules need for one part.

    *convention*: none when it does not exist or the sender may not see it.
    *upload_right*: for the sender, under that convention, in the month of the part.
    *current*, *accepted*: performance files of this convention and month; none when there is none.
    *previous_month_employees*: the INSZ in the current performance file of this convention for the month before,
    without those whose last employment there has an end; empty when that month has none.
    *replaced_numbers*: old INSZ to the number that replaced it, at least for the INSZ of the part.
    *other_shares*: by INSZ of the part; persons without any are left out.
    """

    convention: ConventionFacts | None
    upload_right: UploadRight = field(default_factory=UploadRight)
    current: CurrentVersion | None = None
    accepted: AcceptedVersion | None = None
    previous_month_employees: frozenset[str] = frozenset()
    replaced_numbers: Mapping[str, str] = field(default_factory=dict[str, str])
    other_shares: Mapping[str, tuple[OtherShare, ...]] = field(default_factory=dict[str, tuple[OtherShare, ...]])


UNKNOWN_CONVENTION = Facts(convention=None)
