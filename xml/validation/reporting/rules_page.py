"""The page of the rules, `docs/rules.md`, written from the rules themselves and from what they say to people."""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from domain.catalogue import sentences
from domain.vocabulary import Language, Severity
from validation.configuration import rule_settings
from validation.rule import Reach, Rule
from validation.rules.catalogue import DETECTED_ELSEWHERE, KEEPS_OUT, RULES, TWO_SEVERITIES

GROUPS = {
    "F": "The collective file",
    "M": "Mandates",
    "C": "The convention",
    "P": "Month and delivery",
    "N": "Persons and employments",
    "L": "Performance lines",
    "A": "Submitting",
}
REACHES = {
    Reach.EMPLOYEE: "one employee",
    Reach.PART: "one part of the file",
    Reach.FILE: "the whole file",
    Reach.REGISTER: "a part beside what the department knows",
    Reach.OFFER: "a revision that is submitted",
}
INTRODUCTION = """# The rules

This page is written from the rules in `xml/validation/rules/` and from what they say; a test holds it to them.

Rules come after the schema: they look only at what has the right form.
`FILE` refuses the whole file.
`BLOCKING` keeps one part from being submitted; other parts go on.
`WARNING` and `INFO` keep nothing back.
A part (Prestatiestaat) with a blocking finding is loaded as a draft that can be corrected, \
unless the rule says that it is kept out.
When the sender has no business with a convention (C-201, C-202, M-101), nothing else from the register is said about \
the part.
Numbers of days and other bounds stand in `xml/validation/configuration.toml`; this page names the shipped ones.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of the catalogue; several functions can share it."""

    code: str
    severities: tuple[Severity, ...]
    reaches: tuple[Reach, ...]
    meanings: tuple[str, ...]
    validity: str


def rules_page() -> str:
    """The whole page, in Markdown, one sentence a line."""
    lines = [INTRODUCTION, f"Rule set: `{rule_settings().rule_set}`.", ""]
    entries = _entries()
    for letter, title in GROUPS.items():
        lines += [f"## {letter}: {title}", ""]
        for entry in entries:
            if entry.code.startswith(letter):
                lines += _section(entry)
    return "\n".join(lines).rstrip() + "\n"


def _section(entry: Entry) -> Iterator[str]:
    yield f"### {entry.code}"
    yield ""
    for meaning in entry.meanings:
        yield from _sentences(meaning)
    yield ""
    yield f"- Severity: {' or '.join(f'`{severity}`' for severity in entry.severities)}"
    if entry.code in KEEPS_OUT:
        yield "- Keeps the part out: it is not loaded"
    yield f"- Looks at: {'; '.join(REACHES[reach] for reach in entry.reaches)}"
    yield f"- Holds: {entry.validity}"
    for language in (Language.NL, Language.EN):
        said = sentences("validation", "messages", language)[entry.code]
        yield from _item(f"Message ({language})", said["message"])
        yield from _item(f"Advice ({language})", said["advice"])
    yield ""


def _entries() -> tuple[Entry, ...]:
    found: dict[str, Entry] = {
        each.code: Entry(each.code, each.severities, (each.reach,), (each.meaning,), "always")
        for each in DETECTED_ELSEWHERE
    }
    for rule in RULES:
        earlier = found.get(rule.code)
        found[rule.code] = Entry(
            rule.code,
            TWO_SEVERITIES.get(rule.code, (rule.severity,)),
            (*(earlier.reaches if earlier else ()), rule.reach),
            (*(earlier.meanings if earlier else ()), inspect.cleandoc(rule.check.__doc__ or "")),
            _validity(rule),
        )
    return tuple(found[code] for code in sorted(found))


def _validity(rule: Rule[object]) -> str:
    if rule.valid_from is None and rule.valid_until is None:
        return "always"
    begin = "" if rule.valid_from is None else f"from {rule.valid_from} "
    end = "" if rule.valid_until is None else f"until {rule.valid_until}"
    return f"{begin}{end}".rstrip()


def _item(label: str, text: str) -> Iterator[str]:
    first, *others = _sentences(_literal(text))
    yield f"- {label}: {first}"
    yield from (f"  {other}" for other in others)


def _sentences(text: str) -> Iterator[str]:
    """One sentence a line, as the sources of all pages have it."""
    words = " ".join(text.split())
    yield from words.replace(". ", ".\n").split("\n")


def _literal(text: str) -> str:
    """Braces as code, so that a reader sees which words are filled in."""
    return text.replace("{", "`{").replace("}", "}`")


if __name__ == "__main__":
    sys.stdout.write(rules_page())
