"""Every error that a caller can meet has its sentence in every language, with the same values in it."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import authz
import domain
import filing
import persistence
from domain.catalogue import sentences
from domain.decisions import Ask, Lack
from domain.errors import DomainError
from domain.vocabulary import Language

ROOT = Path(__file__).parents[2]


def error_codes() -> Iterator[str]:
    """The code of every domain error that any floor below the schema defines."""
    for package in (domain, authz, persistence, filing):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = list(DomainError.__subclasses__())
    while found:
        error = found.pop()
        found.extend(error.__subclasses__())
        if error.__module__.split(".")[0] in {"domain", "authz", "persistence", "filing"} and "code" in vars(error):
            yield error.code


def policy_codes() -> Iterator[str]:
    """Every code of a fault or warning about a policy file, as the code of authz writes it."""
    for file in (ROOT / "authz").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("POLICY_"):
                yield node.value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def catalogue(language: Language) -> dict[str, str]:
    return {code: kinds["message"] for code, kinds in sentences("domain", "messages", language).items()}


@pytest.mark.parametrize("language", Language)
def test_every_error_lack_and_fault_has_a_sentence(language: Language) -> None:
    needed = {
        *error_codes(),
        *policy_codes(),
        *(f"LACK_{lack}" for lack in Lack),
        *(f"ASK_{ask}" for ask in Ask),
    }

    assert sorted(needed - catalogue(language).keys()) == []


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_same_sentences_with_the_same_values(language: Language) -> None:
    dutch = {code: placeholders(text) for code, text in catalogue(Language.NL).items()}

    assert {code: placeholders(text) for code, text in catalogue(language).items()} == dutch


@pytest.mark.parametrize("language", Language)
def test_sentences_end_as_sentences(language: Language) -> None:
    """With a full stop or a question mark, or with the line of the file that they are about."""
    odd = [code for code, text in catalogue(language).items() if not text.endswith((".", "?", "{rule}", "{found}"))]

    assert odd == []
