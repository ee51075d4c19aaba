"""What the fast path remembers of the files that it read: enough to be quick, and never more than its bounds."""

from pathlib import Path

import pytest
from collective_files import DATED, checked, collective_file, employee, part, promotor, written
from two_readings import read_twice

from validation.cutting import splitting
from validation.making.generate import write_collective_file
from validation.making.people import varied_person
from validation.making.samples import FIXED_MONTH
from validation.reading import employees, layouts, values
from validation.reading.recognising import known_texts
from validation.reading.values import known_values


def test_what_is_remembered_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(employees, "MOST_CHARACTERS", 300_000)
    monkeypatch.setattr(layouts, "MOST_SHAPES", 10)
    monkeypatch.setattr(values, "MOST_VALUES", 100)
    known = known_texts("")
    many = "".join(
        part(str(number), employee(lines=DATED.replace("2.0", f"{number % 999}.{number % 10}")), programme="LDE")
        for number in range(1, 300)
    )
    for repeat in range(10):
        changed = many.replace("2024-03-01", f"20{repeat:02d}-03-01").replace("50<", f"{repeat}<")
        readings = read_twice(written(tmp_path, collective_file(promotor(changed))))
        assert readings.fast == readings.exact
        assert readings.missed == 0

    texts = (text for month in known._alike.values() for text in month.by_text)
    assert sum(map(len, texts)) <= known.remembered <= 300_000
    assert len(known.layouts) <= 10
    assert len(known_values().days) <= 100
    assert len(known_values().head) <= 100


def test_texts_with_more_space_than_anybody_writes_are_read_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employees, "MOST_CHARACTERS", 20_000)
    known_texts.cache_clear()
    wide = "".join(
        part(str(number), employee(lines=DATED.replace("<Dagen>", f"{' ' * (3_000 + number)}<Dagen>")))
        for number in range(20)
    )

    readings = read_twice(written(tmp_path, collective_file(promotor(wide))))

    assert readings.fast == readings.exact
    assert readings.missed == 0
    known = known_texts("")
    assert max(map(len, known.layouts)) < 3_000
    assert known.remembered <= 20_000


def test_a_file_with_an_error_in_every_part_teaches_what_is_right_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employees, "MOST_READ_ALONE", 3)
    known_texts.cache_clear()
    wrong = employee(lines=DATED.replace("2.0", "2,0"))
    right = "".join(employee(lines=DATED.replace("2.0", f"{number}.0")) for number in range(1, 6))
    path = written(tmp_path, collective_file(promotor(part("1", right + wrong))))

    readings = read_twice(path)

    assert readings.fast == readings.exact
    assert readings.missed == 1
    [month] = known_texts("")._alike.values()
    assert (len(month.by_text), month.read_alone) == (3, 3)


def test_shapes_are_few_where_no_two_people_are_alike(tmp_path: Path) -> None:
    known_texts.cache_clear()
    path = tmp_path / "varied.xml"
    write_collective_file(
        path, size_bytes=600_000, month=FIXED_MONTH, sender="0999000327", environment="T", person=varied_person
    )

    readings = read_twice(path)

    assert readings.fast == readings.exact
    assert readings.missed == 0
    assert len(known_texts("").layouts) < 100


def test_where_no_two_people_are_alike_few_are_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(employees, "ENOUGH_CHARACTERS", 0)
    monkeypatch.setattr(splitting, "PIECE_BYTES", 20_000)
    known_texts.cache_clear()
    path = tmp_path / "varied.xml"
    described = write_collective_file(
        path, size_bytes=600_000, month=FIXED_MONTH, sender="0999000327", environment="T", person=varied_person
    )

    report = checked(path)

    assert report.findings == ()
    assert report.slices is not None
    assert report.slices.missed == 0
    remembered = sum(len(month.by_text) for month in known_texts("")._alike.values())
    assert 0 < remembered < described.employees // employees.PAUSE * 2
