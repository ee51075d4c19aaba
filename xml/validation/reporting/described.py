"""One finding in full, as every form of a report gives it: what the machine needs and what the reader needs, once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.catalogue import sentence, sentences
from domain.findings import Finding
from domain.vocabulary import Language
from validation.reporting.hints import probably_meant
from validation.reporting.layers import SCHEMA_CODES, layer_of, spec_key_of
from validation.reporting.sentences import said_of
from validation.stages import Stage

_LINE = "/Prestatielijn["
_ORDINAL = re.compile(r"\[[0-9]+\]$")
_NOWHERE: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class DescribedFinding:
    """*finding* with what follows from it.

    *spec_key* is the key of the XML Schema specification, none for a rule of ours. *field* is the element, or the
    attribute with an `@`. *expected* is in words. *hint* proposes a value. *first_path* is where something that may
    stand once stood first, or where the period is that is in the way of this one.
    """

    finding: Finding
    layer: Stage
    spec_key: str | None
    field: str | None
    message: str
    advice: str
    expected: str | None
    hint: str | None
    first_path: str | None


def described(finding: Finding, language: Language, parts_at: Mapping[int, str] = _NOWHERE) -> DescribedFinding:
    """*parts_at*: by number of a part, its path, as far as that is known."""
    said = said_of(finding, language)
    return DescribedFinding(
        finding=finding,
        layer=layer_of(finding.code),
        spec_key=spec_key_of(finding.code),
        field=field_of(finding),
        message=said.message,
        advice=said.advice,
        expected=said.expected,
        hint=_hint(finding, language),
        first_path=_first_path(finding, parts_at),
    )


def field_of(finding: Finding) -> str | None:
    """The name of the element or attribute that is wrong; for a rule the end of its path."""
    if finding.code.startswith(SCHEMA_CODES) and "field" in finding.values:
        return finding.values["field"]
    if finding.place is None:
        return None
    return _ORDINAL.sub("", finding.place.path.rpartition("/")[2]) or None


def _hint(finding: Finding, language: Language) -> str | None:
    meant = probably_meant(finding)
    if meant is None:
        return None
    return sentence(sentences("validation", "report_words", language), "hint", "meant", {"meant": meant})


def _first_path(finding: Finding, parts_at: Mapping[int, str]) -> str | None:
    """Rules say the number of the first one in `values`; its path differs from this one in that number alone."""
    place, values = finding.place, finding.values
    if place is None:
        return None
    match finding.code:
        case "N-405":
            path = re.sub(r"/Werknemer\[[0-9]+\]", f"/Werknemer[{values['first']}]", place.path)
        case "N-408" if "other" in values:
            path = f"{_ORDINAL.sub('', place.path)}[{values['other']}]"
        case "P-304":
            path = parts_at.get(int(values["other"]))
        case "L-504" if _LINE in place.path:
            path = f'{place.path.rpartition(_LINE)[0]}{_LINE}@volgnr="{values["other"]}"]'
        case "L-511":
            element = place.path.rpartition("/")[0]
            path = f'{_ORDINAL.sub("", element)}[@volgnr="{finding.value}"][1]'
        case _:
            path = None
    return path
