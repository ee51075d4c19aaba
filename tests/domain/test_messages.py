"""Every error that a caller can meet has its sentence in every language, with the same values in it."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from textwrap import dedent

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


def errors() -> Iterator[type[DomainError]]:
    """Every domain error with a code that any floor below the schema defines."""
    for package in (domain, authz, persistence, filing):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = list(DomainError.__subclasses__())
    while found:
        error = found.pop()
        found.extend(error.__subclasses__())
        if error.__module__.split(".")[0] in {"domain", "authz", "persistence", "filing"} and "code" in vars(error):
            yield error


def policy_codes() -> Iterator[str]:
    """Every code of a fault or warning about a policy file, as the code of authz writes it."""
    for file in (ROOT / "authz").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("POLICY_"):
                yield node.value


def values_given(error: type[DomainError]) -> set[str] | None:
    """The values that an error's own constructor hands over; none when it takes them from where it is raised."""
    if "__init__" not in vars(error):
        return None
    for node in ast.walk(ast.parse(dedent(inspect.getsource(error)))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__":
            names = {keyword.arg for keyword in node.keywords}
            return None if None in names else {name for name in names if name is not None}
    return None


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def catalogue(language: Language) -> dict[str, str]:
    return {code: kinds["message"] for code, kinds in sentences("domain", "messages", language).items()}


@pytest.mark.parametrize("language", Language)
def test_every_error_lack_and_fault_has_a_sentence(language: Language) -> None:
    needed = {
        *(error.code for error in errors()),
        *policy_codes(),
        *(f"LACK_{lack}" for lack in Lack),
        *(f"ASK_{ask}" for ask in Ask),
    }

    assert sorted(needed - catalogue(language).keys()) == []


def test_every_sentence_is_filled_by_the_values_of_its_error() -> None:
    told = {code: placeholders(text) for code, text in catalogue(Language.NL).items()}

    wrong = {
        error.code: told[error.code] - given
        for error in errors()
        if (given := values_given(error)) is not None and not told[error.code] <= given
    }

    assert wrong == {}


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_same_sentences_with_the_same_values(language: Language) -> None:
    dutch = {code: placeholders(text) for code, text in catalogue(Language.NL).items()}

    assert {code: placeholders(text) for code, text in catalogue(language).items()} == dutch


@pytest.mark.parametrize("language", Language)
def test_sentences_end_as_sentences(language: Language) -> None:
    """With a full stop or a question mark, or with the line of the file that they are about."""
    odd = [code for code, text in catalogue(language).items() if not text.endswith((".", "?", "{rule}", "{found}"))]

    assert odd == []
