"""The sentences of the rules: every code, four languages, the same placeholders."""

from string import Formatter

import pytest

from domain.catalogue import sentences
from domain.vocabulary import Language
from validation.rules import DETECTED_ELSEWHERE, RULES
from validation.schema import diagnosis

RULE_CODES = {rule.code for rule in RULES} | {rule.code for rule in DETECTED_ELSEWHERE}
CODES = RULE_CODES | {f"XSD.{kind}" for kind in diagnosis.CODES}
KINDS = ("message", "advice")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", list(Language))
def test_sentences_on_the_schema_use_what_every_diagnosis_has(language: Language) -> None:
    catalogue = sentences("validation", "messages", language)
    used = {name for code in CODES - RULE_CODES for kind in KINDS for name in placeholders(catalogue[code][kind])}

    assert used == {"field", "value", "expected"}


@pytest.mark.parametrize("language", list(Language))
def test_every_rule_speaks_every_language(language: Language) -> None:
    catalogue = sentences("validation", "messages", language)

    assert set(catalogue) == CODES
    assert all(set(catalogue[code]) == set(KINDS) for code in CODES)
    assert all(catalogue[code][kind].strip() for code in CODES for kind in KINDS)


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.NL])
def test_every_language_fills_in_the_same(language: Language) -> None:
    dutch, other = (sentences("validation", "messages", each) for each in (Language.NL, language))

    differing = [
        (code, kind)
        for code in sorted(CODES)
        for kind in KINDS
        if placeholders(dutch[code][kind]) != placeholders(other[code][kind])
    ]

    assert differing == []


@pytest.mark.parametrize("code", sorted(CODES))
def test_no_two_languages_say_the_same_words(code: str) -> None:
    messages = [sentences("validation", "messages", language)[code]["message"] for language in Language]

    assert len(set(messages)) == len(messages)
