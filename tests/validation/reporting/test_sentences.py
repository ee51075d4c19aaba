"""Every code, every word, in four languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

from domain.catalogue import Sentences, sentences
from domain.findings import Finding
from domain.vocabulary import Language, PartOutcome, Severity, Verdict
from validation.reporting.layers import layer_of, spec_key_of
from validation.reporting.sentences import finding_sentences, said_of
from validation.reporting.words import Words
from validation.schema.diagnosis import CODES
from validation.stages import Stage

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", [f"XSD.{kind}" for kind in CODES])
def test_every_schema_error_has_its_sentences(code: str, language: Language) -> None:
    finding = Finding(code, Severity.BLOCKING, value="GEVONDEN", expected="VERWACHT", values={"field": "VELD"})

    said = said_of(finding, language)

    assert set(finding_sentences(language)[code]) == {"message", "advice"}
    assert "{" not in said.message + said.advice
    assert said.message.endswith(".")


@pytest.mark.parametrize("language", list(Language))
def test_patterns_are_said_in_words(language: Language) -> None:
    finding = Finding("XSD.pattern", Severity.BLOCKING, expected="[0-9]{11}", values={"field": "INSZ"})

    assert "[0-9]" not in said_of(finding, language).message
    assert "11" in said_of(finding, language).message


def test_every_code_has_a_layer_and_those_of_the_schema_a_key_of_the_specification() -> None:
    codes = list(finding_sentences(Language.EN))

    assert {layer_of(code) for code in codes} == set(Stage)
    assert [code for code in codes if code.startswith("XSD.") and spec_key_of(code) is None] == ["XSD.other"]
    assert [code for code in codes if not code.startswith("XSD.") and spec_key_of(code)] == []


def _shape(catalogue: Sentences) -> dict[tuple[str, str], set[str | None]]:
    return {
        (table, name): {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        for table, words in catalogue.items()
        for name, text in words.items()
    }


@pytest.mark.parametrize("language", list(Language))
def test_the_words_of_a_report_are_the_same_ones_in_every_language(language: Language) -> None:
    dutch = sentences("validation", "report_words", Language.NL)

    assert _shape(sentences("validation", "report_words", language)) == _shape(dutch)


def test_every_word_is_said_somewhere() -> None:
    folders = (ROOT / "xml" / "validation" / "reporting", ROOT / "server" / "commands")
    code = "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    words = sentences("validation", "report_words", Language.NL)

    told = [(table, word) for table in ("page", "counted", "hint") for word in words[table]]
    assert [(table, word) for table, word in told if not re.search(rf"""["']{word}["']""", code)] == []


@pytest.mark.parametrize("language", list(Language))
def test_whatever_a_report_says_has_its_word(language: Language) -> None:
    words = sentences("validation", "report_words", language)

    assert set(words["verdict"]) == set(words["meaning"]) == set(Verdict)
    assert set(words["severity"]) == set(Severity)
    assert set(words["stage"]) == set(Stage)
    assert set(words["outcome"]) == set(words["outcome_offline"]) == set(PartOutcome)


@pytest.mark.parametrize(
    ("language", "written"),
    [(Language.NL, "1.234.567"), (Language.FR, "1\u202f234\u202f567"), (Language.EN, "1,234,567")],
)
def test_numbers_are_written_as_the_language_does(language: Language, written: str) -> None:
    assert Words(language).number(1_234_567) == written
    assert Words(language).counted("lines", 1).startswith("1 ")
