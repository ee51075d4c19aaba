"""What a finding says to the person who must mend it: message and advice, worked out when it is read."""

from dataclasses import dataclass

from domain.catalogue import sentence, sentences
from domain.findings import Finding
from domain.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Said:
    """What is the matter, and how to mend it."""

    message: str
    advice: str


def said_of(finding: Finding, language: Language) -> Said:
    """The sentences of the finding's code in *language*, filled with its values."""
    catalogue = sentences("validation", "messages", language)
    values = {"value": finding.value or "–", "expected": finding.expected or "–", **finding.values}
    return Said(
        message=sentence(catalogue, finding.code, "message", values),
        advice=sentence(catalogue, finding.code, "advice", values),
    )
