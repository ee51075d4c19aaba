"""Sentences in four languages, from TOML files beside the code that uses them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

from domain.vocabulary import Language

Sentences = Mapping[str, Mapping[str, str]]
"""By code, then by kind: `message`, `advice`."""


@cache
def sentences(package: str, folder: str, language: Language) -> Sentences:
    """The catalogue *folder*/*language*.toml inside *package*; read once a process."""
    text = files(package).joinpath(folder, f"{language}.toml").read_text(encoding="utf-8")
    return cast("Sentences", tomllib.loads(text))


def sentence(catalogue: Sentences, code: str, kind: str, values: Mapping[str, str]) -> str:
    """The sentence of *code*, its placeholders filled from *values*.

    Raises `KeyError` when code, kind or a value is missing: tests hold the catalogues to the code.
    """
    return catalogue[code][kind].format_map(values)


def problem_message(code: str, values: Mapping[str, str], language: Language) -> str:
    """What to tell a client about a domain error, or about something that a right lacks."""
    return sentence(sentences("domain", "messages", language), code, "message", values)
