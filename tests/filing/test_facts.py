"""Who stands earlier in the same file, kept small: what goes in comes out, for other conventions only."""

from datetime import date

from domain.months import Month
from domain.vocabulary import DeliveryStatus, Programme
from filing.facts import EarlierInFile
from validation.document import Employee, Employment, Part
from validation.register import OtherShare

OCTOBER = Month(2026, 10)
AN = "71041201478"


def part(convention: str, *employments: Employment, month: Month = OCTOBER) -> Part:
    return Part(
        number=1,
        promotor="0999000129",
        reference=None,
        delivery_status=DeliveryStatus.NEW,
        replaces=None,
        convention=convention,
        programme=Programme.GESCO,
        month=month,
        employees=(Employee(AN, None, employments),),
    )


def employment(weekly: int, *, end: date | None = None) -> Employment:
    return Employment(1, date(2025, 2, 1), end, weekly, 3800, ())


def test_employments_on_other_conventions_come_back_as_they_were() -> None:
    earlier = EarlierInFile()
    earlier.add(part("104233", employment(1900, end=date(2026, 10, 15)), employment(3800)))

    assert earlier.elsewhere(AN, OCTOBER, "205001") == (
        OtherShare(date(2025, 2, 1), date(2026, 10, 15), 1900, 3800),
        OtherShare(date(2025, 2, 1), None, 3800, 3800),
    )


def test_the_own_convention_another_month_and_another_person_have_none() -> None:
    earlier = EarlierInFile()
    earlier.add(part("104233", employment(1900)))

    assert earlier.elsewhere(AN, OCTOBER, "104233") == ()
    assert earlier.elsewhere(AN, OCTOBER.plus(-1), "205001") == ()
    assert earlier.elsewhere("83092312719", OCTOBER, "205001") == ()
