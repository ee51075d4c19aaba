"""Who stands earlier in the same file, kept small: what goes in comes out, for other conventions only."""

from array import array
from datetime import date

from domain.months import Month
from domain.vocabulary import DeliveryStatus, Programme
from filing.earlier_in_file import EarlierInFile
from validation.document import Employee, Employment, Part
from validation.register import OtherShare

OCTOBER = Month(2026, 10)
AN = "71041201478"


def part(convention: str, *employments: Employment, month: Month = OCTOBER, number: int = 1, insz: str = AN) -> Part:
    return Part(
        number=number,
        promotor="0999000129",
        reference=None,
        delivery_status=DeliveryStatus.NEW,
        replaces=None,
        convention=convention,
        programme=Programme.GESCO,
        month=month,
        employees=(Employee(insz, None, employments),),
    )


def employment(weekly: int, *, end: date | None = None) -> Employment:
    return Employment(1, date(2025, 2, 1), end, weekly, 3800, ())


def test_employments_on_other_conventions_come_back_as_they_were() -> None:
    earlier = EarlierInFile()
    earlier.add(part("104233", employment(1900, end=date(2026, 10, 15)), employment(3800)))

    assert earlier.asking(OCTOBER, "205001")(AN) == (
        OtherShare(date(2025, 2, 1), date(2026, 10, 15), 1900, 3800),
        OtherShare(date(2025, 2, 1), None, 3800, 3800),
    )


def test_the_own_convention_another_month_and_another_person_have_none() -> None:
    earlier = EarlierInFile()
    earlier.add(part("104233", employment(1900)))

    assert earlier.asking(OCTOBER, "104233")(AN) == ()
    assert earlier.asking(OCTOBER.plus(-1), "205001")(AN) == ()
    assert earlier.asking(OCTOBER, "205001")("83092312719") == ()


def test_people_of_a_part_that_is_kept_out_are_not_there() -> None:
    earlier = EarlierInFile(kept_out={2})
    earlier.add(part("104233", employment(1900), number=1))
    earlier.add(part("104234", employment(3800), number=2))

    assert [share.weekly_hours_hundredths for share in earlier.asking(OCTOBER, "205001")(AN)] == [1900]


def test_it_knows_which_parts_it_told_of() -> None:
    earlier = EarlierInFile()
    earlier.add(part("104233", employment(1900), number=1))
    earlier.add(part("104234", employment(1900), number=2))
    earlier.add(part("205001", employment(1900), number=3, insz="83092312719"))

    earlier.asking(OCTOBER, "104234")(AN)

    assert earlier.told == {1}


def test_thousands_of_people_are_found_again_in_some_forty_bytes_each() -> None:
    earlier = EarlierInFile()
    people = [f"{number:011}" for number in range(60_000_000_000, 60_000_020_000)]
    for number, insz in enumerate(people, 1):
        earlier.add(part("104233", employment(number), number=number, insz=insz))

    assert len(earlier) == len(people)
    for number, insz in enumerate(people, 1):
        (share,) = earlier.asking(OCTOBER, "205001")(insz)
        assert share.weekly_hours_hundredths == number
    held = [getattr(earlier, name) for name in vars(earlier)]
    arrays = [one for one in held if isinstance(one, array)]
    assert sum(one.itemsize * len(one) for one in arrays) <= 44 * len(people)
    # Nothing else grows with the people.
    earlier.told.clear()
    assert all(len(one) <= 1 for one in held if isinstance(one, (dict, list, set, frozenset)))
