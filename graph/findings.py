"""Findings: what checking says, each with where it stands and how to mend it."""

from typing import Self

import strawberry

from domain.errors import InvalidValue
from domain.findings import Finding as DomainFinding
from domain.months import Month
from domain.vocabulary import Language, Severity
from filing.finding_sentences import described
from graph.rights import public_type

strawberry.enum(
    Severity,
    description="How grave a finding is: FILE refuses the whole file, BLOCKING (blokkerend) keeps one performance file"
    " from being submitted, WARNING and INFO keep nothing back.",
)


@public_type("shown only on reports and performance files that came through their own door; no INSZ in it")
@strawberry.type(description="Where a finding stands in an uploaded file.")
class Place:
    line: int = strawberry.field(description="Line of the text, from 1.")
    column: int = strawberry.field(description="Column in that line, from 1.")
    byte_offset: int = strawberry.field(description="Bytes before it in the file.")
    path: str = strawberry.field(description="XPath with the element names of the file.")


@public_type("shown only on reports and performance files that came through their own door; no INSZ in it")
@strawberry.type(description="One fault or remark (bevinding), for the person who must mend it.")
class Finding:
    code: str = strawberry.field(description="Number of the rule (`N-401`) or of the schema facet (`XSD.enumeration`).")
    spec_key: str | None = strawberry.field(
        description="Key of the XML Schema specification (`cvc-enumeration-valid`); null for a rule."
    )
    severity: Severity = strawberry.field(description="How grave it is.")
    layer: str = strawberry.field(description="The stage that finds it, by the name of a `ReportStage`.")
    message: str = strawberry.field(description="What is the matter, in the language of the request.")
    advice: str = strawberry.field(description="How to mend it, in the language of the request.")
    hint: str | None = strawberry.field(
        description="What was probably meant, in the language of the request, when that would be right."
    )
    place: Place | None = strawberry.field(description="Where in the uploaded file; null for lines filled in by hand.")
    first_path: str | None = strawberry.field(
        description="XPath of where something that may stand once stands first, or of the period in the way of this"
        " one; null when that is not known here."
    )
    part_number: int | None = strawberry.field(description="The part of the uploaded file that it is about, from 1.")
    promotor_number: str | None = strawberry.field(description="Enterprise number of the promotor, as the file says.")
    convention_number: str | None = strawberry.field(description="Number of the convention that it is about.")
    month: Month | None = strawberry.field(description="Month that it is about; null when the file has no right one.")
    employee: str | None = strawberry.field(description="INSZ of the employee that it is about, masked.")
    line_number: int | None = strawberry.field(description="Number of the performance line that it is about, from 1.")
    field: str | None = strawberry.field(
        description="Name of the element, or of the attribute with an `@`, as the schema of the file has it."
    )
    value: str | None = strawberry.field(description="What was found, cut and masked.")
    expected: str | None = strawberry.field(description="What would be right.")
    expected_in_words: str | None = strawberry.field(description="The same, in the language of the request.")

    @classmethod
    def from_finding(cls, finding: DomainFinding, language: Language) -> Self:
        said = described(finding, language)
        place = finding.place
        return cls(
            code=finding.code,
            spec_key=said.spec_key,
            severity=finding.severity,
            layer=str(said.layer),
            message=said.message,
            advice=said.advice,
            hint=said.hint,
            place=None
            if place is None
            else Place(line=place.line, column=place.column, byte_offset=place.byte_offset, path=place.path),
            first_path=said.first_path,
            part_number=finding.part,
            promotor_number=finding.promotor,
            convention_number=finding.convention,
            month=_month(finding.month),
            employee=finding.employee,
            line_number=finding.line_number,
            field=said.field,
            value=finding.value,
            expected=finding.expected,
            expected_in_words=said.expected,
        )


def _month(text: str | None) -> Month | None:
    """A finding holds the month as the file writes it, which may be none at all."""
    if text is None:
        return None
    try:
        return Month.parse(text)
    except InvalidValue:
        return None
