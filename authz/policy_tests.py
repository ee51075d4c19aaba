"""`policy_tests.csv`: what the policy must answer, written down beside it, and asked before each acceptance.

A line is `role, relation, action, yes|no, comment`; `grant ROLE` in the place of the action asks for the giving of a
role. Relations that hold together are joined by `+`, so that a line can say what a deny on one of them does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from authz.decision_table import DecisionTable
from authz.policy_faults import PolicyFault
from authz.policy_text import CommentRow, Row, decode, rows, shown
from domain.vocabulary import Action, Relation, Role

_FIELDS = 4
_GRANT = "grant "
_EXPECTED = {"yes": True, "no": False}
_FORM = "role, relation, action or grant ROLE, yes or no, comment"


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """What must hold: whether someone with *role* in all *relations* may do *asked*, or may give it when a role."""

    line: int
    role: Role
    relations: tuple[Relation, ...]
    asked: Action | Role
    expected: bool

    def passes(self, table: DecisionTable) -> bool:
        pairs = [(self.role, relation) for relation in self.relations]
        if isinstance(self.asked, Role):
            return table.may_grant(pairs, self.asked) is self.expected
        return table.permits(pairs, self.asked) is self.expected

    @property
    def text(self) -> str:
        asked = f"{_GRANT}{self.asked}" if isinstance(self.asked, Role) else self.asked
        return f"{self.role}, {'+'.join(self.relations)}, {asked}"


def read_tests(data: bytes) -> tuple[list[PolicyTest], list[PolicyFault]]:
    """The tests of a file, and a fault for each line that is none."""
    text = decode(data)
    if isinstance(text, PolicyFault):
        return [], [text]
    tests: list[PolicyTest] = []
    faults: list[PolicyFault] = []
    for row in rows(text):
        match row:
            case CommentRow():
                pass
            case PolicyFault():
                faults.append(_unreadable(row.line or 0, row.values.get("found", row.code)))
            case Row():
                test = _test(row)
                if test is None:
                    faults.append(_unreadable(row.line, ", ".join(cell.text for cell in row.cells)))
                else:
                    tests.append(test)
    return tests, faults


def failing_tests(table: DecisionTable, data: bytes) -> list[PolicyFault]:
    """One fault for each test that does not pass, or cannot be read; *line* in the values is that of the tests."""
    tests, faults = read_tests(data)
    return [*faults, *_failing(table, tests)]


def _failing(table: DecisionTable, tests: list[PolicyTest]) -> Iterator[PolicyFault]:
    words = {True: "yes", False: "no"}
    for test in tests:
        if not test.passes(table):
            yield PolicyFault(
                "POLICY_TEST_FAILED",
                values={
                    "line": str(test.line),
                    "asked": test.text,
                    "expected": words[test.expected],
                    "found": words[not test.expected],
                },
            )


def _test(row: Row) -> PolicyTest | None:
    words = [cell.text.lower() for cell in row.cells]
    if len(words) < _FIELDS:
        return None
    role, relations, asked, expected = words[:_FIELDS]
    try:
        return PolicyTest(
            line=row.line,
            role=Role(role),
            relations=tuple(Relation(relation.strip()) for relation in relations.split("+")),
            asked=Role(asked.removeprefix(_GRANT).strip()) if asked.startswith(_GRANT) else Action(asked),
            expected=_EXPECTED[expected],
        )
    except (ValueError, KeyError):
        return None


def _unreadable(line: int, found: str) -> PolicyFault:
    return PolicyFault("POLICY_TEST_UNREADABLE", values={"line": str(line), "found": shown(found), "expected": _FORM})
