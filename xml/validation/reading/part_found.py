"""A part as it is found, slice by slice: where it stands, what can be read of it, how often it breaks the schema."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from domain.findings import Finding, Place
from validation.document import Employee, Part
from validation.masking import shown
from validation.reading.part_content import PartContent, Unpacked
from validation.reading.trees import PartHead, read_employees
from validation.schema.diagnosis import Element


@dataclass(slots=True)
class PartFound:
    """A part of the piece. *faults* counts errors of the schema.

    *promotor* is the ordinal of its promotor, *ordinal* its own in that. *head* is none when it cannot be read.
    """

    number: int
    path: str
    promotor: int
    ordinal: int
    place: Place
    head: PartHead | None
    content: PartContent = field(default_factory=PartContent)
    faults: int = 0

    def finished(self, head: PartHead) -> Part:
        return Part(
            number=self.number,
            promotor=head.promotor,
            reference=head.reference,
            delivery_status=head.delivery_status,
            replaces=head.replaces,
            convention=head.convention,
            programme=head.programme,
            month=head.month,
            employees=Unpacked(self.content.employees),
        )

    def told(self, finding: Finding) -> Finding:
        """*finding*, which is about this part, with its business path."""
        head = self.head
        return replace(
            finding,
            part=self.number,
            promotor=head and head.promotor,
            convention=head and shown(head.convention),
            month=head and str(head.month),
        )


def read_content(
    content: PartContent, head: PartHead | None, element: Element, line_of: Callable[[Element], int]
) -> None:
    """Add the employees of a part that obeys the schema, out of its tree."""
    if head is None:
        return
    employees: list[Employee] = []
    source_lines: list[int] = []
    read_employees(element, employees, source_lines, line_of)
    content.add_all(employees, iter(source_lines), head.month, head.programme)
