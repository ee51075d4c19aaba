"""Equal findings are told once, heaviest first, each with its places in the order of the file."""

from domain.findings import Finding, Place
from domain.vocabulary import Severity
from validation.reporting.grouping import grouped


def found(line: int, **changes: object) -> Finding:
    facts = {"severity": Severity.BLOCKING, "value": "x", "expected": "1 digit", "values": {"field": "Uren"}, **changes}
    return Finding("XSD.pattern", place=Place(line, 1, line, "/F/Uren"), **facts)  # pyright: ignore[reportArgumentType]


def lines(findings: tuple[Finding, ...]) -> list[int]:
    return [finding.place.line for finding in findings if finding.place is not None]


def test_the_same_code_field_and_expectation_make_one_group_whatever_the_value() -> None:
    groups = grouped([found(1, value="a"), found(2, value="b"), found(3, values={"field": "Dagen"}), found(4)])

    assert [(group.field, lines(group.findings)) for group in groups] == [("Uren", [1, 2, 4]), ("Dagen", [3])]


def test_another_expectation_makes_another_group() -> None:
    assert len(grouped([found(1), found(2, expected="2 digits")])) == 2


def test_the_heaviest_group_comes_first_and_equals_by_their_place() -> None:
    groups = grouped(
        [found(1, severity=Severity.INFO), found(2, expected="b"), found(3, severity=Severity.FILE), found(4)]
    )

    assert [lines(group.findings) for group in groups] == [[3], [2], [4], [1]]


def test_a_group_names_the_first_few_different_values() -> None:
    [two] = grouped([found(1, value="a"), found(2, value="b"), found(3, value="a")])
    [many] = grouped([found(line, value=str(line), values={"field": "Uren", "n": str(line)}) for line in range(1, 9)])

    assert two.spoken.value == "a, b"
    assert many.spoken.value == "1, 2, 3, …"
    assert many.spoken.values == {"field": "Uren", "n": "1, 2, 3, …"}
