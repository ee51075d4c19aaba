"""The words around the findings, on a page and on a terminal, in one of four languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.catalogue import sentence, sentences
from domain.findings import Finding
from domain.vocabulary import Language, PartOutcome
from validation.reporting.document import PartTold

_THOUSANDS = {Language.NL: ".", Language.FR: "\u202f", Language.DE: ".", Language.EN: ","}


@dataclass(frozen=True, slots=True)
class Words:
    language: Language

    def __call__(self, kind: str, name: str, **values: object) -> str:
        """Word *name* of table *kind* of the catalogue, filled with *values*; numbers as the language writes them."""
        shown = {key: self.number(value) if isinstance(value, int) else str(value) for key, value in values.items()}
        return sentence(sentences("validation", "report_words", self.language), kind, name, shown)

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", _THOUSANDS[self.language])

    def counted(self, name: str, count: int) -> str:
        """`1 employee`, `2 employees`."""
        return self("counted_one" if count == 1 else "counted", name, count=count)

    def about(self, finding: Finding) -> str:
        """The business path of *finding*, from promotor to line, as far as it goes; nothing for the file itself."""
        steps = (
            finding.promotor and self("page", "promotor", number=finding.promotor),
            finding.convention and self("page", "convention", number=finding.convention),
            finding.month,
            finding.employee and self("page", "employee", number=finding.employee),
            finding.line_number and self("page", "performance_line", number=str(finding.line_number)),
        )
        return " · ".join(step for step in steps if step)

    def place(self, finding: Finding) -> str:
        """Numbers as an editor takes them."""
        if finding.place is None:
            return self("page", "no_place")
        return self("page", "place", line=str(finding.place.line), column=str(finding.place.column))

    def holds(self, parts: Sequence[PartTold]) -> str:
        """How much a file holds, as far as it could be read; nothing when no part was found."""
        if not parts:
            return ""
        told = [self.counted("parts", len(parts))]
        if kept_out := sum(part.outcome == PartOutcome.NOT_LOADED for part in parts):
            told.append(self.counted("not_loaded", kept_out))
        if all(part.is_read for part in parts):
            told.append(self.counted("employees", sum(part.employees for part in parts)))
            told.append(self.counted("lines", sum(part.lines for part in parts)))
        return " · ".join(told)
