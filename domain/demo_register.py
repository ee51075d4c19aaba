"""What the department of the demo world knows beside its conventions: fiches, related employers, replaced numbers.

Fictional people with right check digits. The sample files rely on it: with this register `valid.xml` has no fault, and
each file that is named after a rule breaks that rule alone. Months are relative to M, as in `domain.demo_world`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.demo_world import DE_BRUG
from domain.identifiers import EnterpriseNumber, Insz
from domain.months import Month

# On 104233, De Brug.
AN = Insz("71041201478")
BERT = Insz("83092312719")
CARLA = Insz("78010523893")
DIRK = Insz("90061734510")
ELS = Insz("01020300467")  # born in 2001
GERT = Insz("87073003370")  # new in M
# On 205001, Havenwerk.
HILDE = Insz("69081145640")
INGE = Insz("94120211243")
JAN = Insz("03051422168")  # born in 2003
KOEN = Insz("80010100897")  # remainder 0, check digits 97

GERT_BEFORE = Insz("87473001577")
"""The bis number that Gert had before he got his national number."""
ODD_DATE = Insz("88130512317")
"""A number with right check digits and a thirteenth month; its fiche on 104233 begins in M."""
STRANGER = Insz("76022987163")
"""Someone without any fiche."""

BUURTWERK = EnterpriseNumber("0999000624")
"""A school kitchen of De Brug with an enterprise number of its own."""


@dataclass(frozen=True, slots=True)
class DemoFiche:
    """An approved fiche; without a last day it is open."""

    convention: str
    insz: Insz
    from_day: date
    until_day: date | None = None


@dataclass(frozen=True, slots=True)
class DemoRegister:
    """*related_employers* by promotor; *replaced_numbers* from the old INSZ to the new one.

    *previous_month_employees*: who stands, by convention, in an accepted performance file for M−1. For other months
    before M the samples count on there being none.
    """

    fiches: tuple[DemoFiche, ...]
    related_employers: Mapping[EnterpriseNumber, frozenset[EnterpriseNumber]]
    replaced_numbers: Mapping[Insz, Insz]
    previous_month_employees: Mapping[str, tuple[Insz, ...]]


def demo_register(month: Month) -> DemoRegister:
    """The register for M = *month*."""
    began, now = month.plus(-24).first_day, month.first_day
    return DemoRegister(
        fiches=(
            *(DemoFiche("104233", insz, began) for insz in (AN, BERT, CARLA, DIRK, ELS)),
            DemoFiche("104233", GERT, now),
            DemoFiche("104233", ODD_DATE, now),
            *(DemoFiche("205001", insz, began) for insz in (HILDE, INGE, JAN, KOEN)),
        ),
        related_employers={DE_BRUG: frozenset({BUURTWERK})},
        replaced_numbers={GERT_BEFORE: GERT},
        previous_month_employees={"104233": (AN, BERT, CARLA, DIRK, ELS)},
    )
