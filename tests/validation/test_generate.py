"""Generated files are right, always the same, and refer to a world that can be listed."""

from pathlib import Path

import pytest
from collective_files import TODAY

from domain.identifiers import EnterpriseNumber, Insz
from domain.months import Month
from domain.vocabulary import Severity
from validation.making.generate import describe, world, write_collective_file
from validation.making.people import MakePerson, ordinary_person, varied_person
from validation.runner import check_file

MONTH = Month(2026, 10)


KINDS_OF_PEOPLE = pytest.mark.parametrize("person", [ordinary_person, varied_person])


def _write(path: Path, *, month: Month = MONTH, person: MakePerson = ordinary_person) -> Path:
    write_collective_file(path, size_bytes=300_000, month=month, sender="0999000327", environment="T", person=person)
    return path


@KINDS_OF_PEOPLE
def test_a_generated_file_has_no_fault_at_all(tmp_path: Path, person: MakePerson) -> None:
    path = _write(tmp_path / "file.xml", person=person)

    report = check_file(path, today=TODAY)

    assert report.findings == ()
    assert report.header is not None
    assert (report.header.sender, report.header.environment) == ("0999000327", "T")


@KINDS_OF_PEOPLE
def test_every_month_can_be_generated(tmp_path: Path, person: MakePerson) -> None:
    """Only the day on which it is filed may be remarked upon: months that ended long ago are closed."""
    for number in range(1, 13):
        path = _write(tmp_path / f"{number}.xml", month=Month(2026, number), person=person)

        report = check_file(path, today=Month(2026, number).plus(1).first_day)

        assert [count for count in report.counts if count.severity is not Severity.INFO] == []


@KINDS_OF_PEOPLE
def test_the_same_arguments_write_the_same_bytes(tmp_path: Path, person: MakePerson) -> None:
    one, two = (_write(tmp_path / name, person=person) for name in ("one.xml", "two.xml"))

    assert one.read_bytes() == two.read_bytes()


def test_how_much_people_have_in_common_is_told() -> None:
    ordinary = describe(size_bytes=300_000, month=MONTH)
    varied = describe(size_bytes=300_000, month=MONTH, person=varied_person)

    assert (ordinary.employees, ordinary.different_employees) == (445, 180)
    assert (varied.employees, varied.different_employees) == (445, 445)


def test_the_file_is_of_the_size_that_was_asked_for(tmp_path: Path) -> None:
    assert 300_000 < _write(tmp_path / "file.xml").stat().st_size < 350_000


def test_the_world_is_what_the_file_refers_to(tmp_path: Path) -> None:
    report = check_file(_write(tmp_path / "file.xml"), today=TODAY)

    listed = [
        (promotor.number, convention.number, convention.programme, len(convention.employees))
        for promotor in world(size_bytes=300_000, month=MONTH)
        for convention in promotor.conventions
    ]

    assert listed == [(part.promotor, part.convention, part.programme, part.totals.employees) for part in report.parts]
    assert describe(size_bytes=300_000, month=MONTH).conventions == len(listed)


def test_numbers_have_right_check_digits_and_persons_stand_once() -> None:
    promotors = list(world(size_bytes=300_000, month=MONTH))
    persons = [
        employee.insz
        for promotor in promotors
        for convention in promotor.conventions
        for employee in convention.employees
    ]

    assert [EnterpriseNumber.parse(promotor.number) for promotor in promotors] == [own.number for own in promotors]
    assert [Insz.parse(insz) for insz in persons] == persons
    assert len(set(persons)) == len(persons)
