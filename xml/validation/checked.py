"""What checking one piece gives back: columns of plain values, so that it crosses quickly to another process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.findings import Finding, Place
from domain.performance import Totals
from domain.vocabulary import Severity
from validation.crossing import EmployeesOfParts
from validation.document import Employee, Employment, Part
from validation.extent import NOTHING, Extent
from validation.frame import Piece
from validation.part_columns import PartColumns
from validation.reading.part_content import PackedEmployee, PackedLine, Terms
from validation.reading.trees import PartHead


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """One part of the file; *employees* are none when it breaks the schema, and then it has no rows.

    *promotor_ordinal* counts the promotors of the file from 1; *path* is the XPath of the part. *blocking* and
    *warnings* are exact. *is_kept_out*: it must not be loaded. *lines_before*: to be added to the text lines that its
    employees know.
    """

    number: int
    promotor_ordinal: int
    path: str
    place: Place
    head: PartHead
    totals: Totals
    employees: tuple[PackedEmployee, ...] | None
    blocking: int
    warnings: int
    is_kept_out: bool
    lines_before: int = 0

    def part_without_lines(self) -> Part:
        """The part as the register rules look at it: they ask who is employed how, never what he did."""
        head = self.head
        return Part(
            number=self.number,
            promotor=head.promotor,
            reference=head.reference,
            delivery_status=head.delivery_status,
            replaces=head.replaces,
            convention=head.convention,
            programme=head.programme,
            month=head.month,
            employees=tuple(
                Employee(
                    insz,
                    terms[0],
                    tuple(Employment(*own[1:], lines=()) for own in (terms, *(other[0] for other in others))),
                )
                for insz, terms, _, _, others in self.employees or ()
            ),
        )

    def employments(self) -> Iterator[tuple[str, Terms, tuple[PackedLine, ...], int]]:
        """Each employment in the order of the file: the INSZ, the terms, the lines and the text line before them."""
        before = self.lines_before
        for insz, terms, lines, line_before, others in self.employees or ():
            yield insz, terms, lines, line_before + before
            for further_terms, further_lines, further_line_before in others:
                yield insz, further_terms, further_lines, further_line_before + before


@dataclass(frozen=True, slots=True)
class CheckedParts:
    """Those of one piece, in the order of the file; a `CheckedPart` is made of each when it is its turn."""

    columns: PartColumns = field(default_factory=PartColumns)
    employees: EmployeesOfParts = field(default_factory=EmployeesOfParts)
    lines_before: int = 0

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[CheckedPart]:
        for (numbers, head), employees in zip(self.columns, self.employees.unpacked(), strict=True):
            yield CheckedPart(
                number=numbers.number,
                promotor_ordinal=numbers.promotor_ordinal,
                path=numbers.path,
                place=numbers.place,
                head=head,
                totals=numbers.totals,
                employees=employees,
                blocking=numbers.blocking,
                warnings=numbers.warnings,
                is_kept_out=bool(numbers.is_kept_out),
                lines_before=self.lines_before,
            )

    def behind(self, before: Extent) -> "CheckedParts":
        """The same parts in a piece that has *before* before it."""
        return CheckedParts(self.columns.behind(before), self.employees, before.lines)


@dataclass(frozen=True, slots=True)
class RangeResult:
    """What was found in one piece.

    *is_misplanned*: the piece is not what searching bytes had made of it; nothing else of the result holds, and the
    rest of the file must be planned again (`validation.cutting.planning.plan_again`). *findings* are in the order of
    the file, at most the cap for each code; *counts* are exact. *broken_promotors* are the ordinals (from 1 in the
    file) of promotors that break the schema themselves: none of their parts may be loaded, in whatever piece they
    stand. *unreadable_parts* counts the parts whose content is not known, *slices_missed* the slices that the fast path
    left to the parser. *extent* is that of the piece when it is not exact.

    Of a piece that is not exact all numbers count from its own begin, until `validation.numbering` has been there; then
    *extent* is that of the file up to the end of the piece.
    """

    piece: Piece
    is_misplanned: bool = False
    extent: Extent = NOTHING
    parts: CheckedParts = field(default_factory=CheckedParts)
    findings: tuple[Finding, ...] = ()
    counts: Mapping[tuple[str, Severity], int] = field(default_factory=dict[tuple[str, Severity], int])
    broken_promotors: frozenset[int] = frozenset()
    unreadable_parts: int = 0
    slices_missed: int = 0
    schema_seconds: float = 0.0
    rules_seconds: float = 0.0
