"""What a finding says to a person: message, advice and expectation in his language, worked out when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from domain.catalogue import Sentences, sentence, sentences
from domain.findings import Finding
from domain.vocabulary import Language
from validation.schema.compiled import pattern_types

_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Said:
    """*expected* is the expectation of the finding in words, none when it has none."""

    message: str
    advice: str
    expected: str | None


@cache
def finding_sentences(language: Language) -> Sentences:
    """Rules and schema together: every code that a finding can have."""
    rules = sentences("validation", "messages", language)
    schema = sentences("validation", "schema_messages", language)
    return {**rules, **{code: kinds for code, kinds in schema.items() if code != "FORM"}}


def said_of(finding: Finding, language: Language) -> Said:
    """The sentences of the finding's code, filled with its values."""
    catalogue = finding_sentences(language)
    expected = expected_in_words(finding, language)
    values = {"value": finding.value or _NOTHING, "expected": expected or _NOTHING, **finding.values}
    return Said(
        message=sentence(catalogue, finding.code, "message", values),
        advice=sentence(catalogue, finding.code, "advice", values),
        expected=expected,
    )


def expected_in_words(finding: Finding, language: Language) -> str | None:
    """A pattern or a type of the schema in words (`11 digits`); any other expectation as it is."""
    if finding.expected is None or finding.code not in ("XSD.pattern", "XSD.datatype"):
        return finding.expected
    forms: Mapping[str, str] = sentences("validation", "schema_messages", language)["FORM"]
    type_name = pattern_types().get(finding.expected, finding.expected)
    return forms.get(type_name, finding.expected)
