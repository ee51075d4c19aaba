"""Equal findings together: the same code, about the same field, with the same expectation.

A package that spells one value wrongly does it on every line; its user needs to read that once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from domain.findings import Finding
from domain.vocabulary import Severity
from validation.reporting.described import field_of

_NAMED = 3
"""How many different values a group names."""

_HEAVIEST_FIRST = {severity: order for order, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Group:
    """*findings*, at least one, in the order of the file."""

    code: str
    severity: Severity
    field: str | None
    expected: str | None
    findings: tuple[Finding, ...]

    @property
    def spoken(self) -> Finding:
        """One finding that speaks for all: where they differ, it names the first few values."""
        first = self.findings[0]
        values = {
            name: _named(finding.values.get(name) for finding in self.findings) or value
            for name, value in first.values.items()
        }
        return replace(first, value=_named(finding.value for finding in self.findings), values=values)


def grouped(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """*findings* are in the order of the file; groups come heaviest first, then by the place of their first one."""
    members: dict[tuple[str, Severity, str | None, str | None], list[Finding]] = {}
    for finding in findings:
        key = (finding.code, finding.severity, field_of(finding), finding.expected)
        members.setdefault(key, []).append(finding)
    groups = [Group(*key, tuple(found)) for key, found in members.items()]
    # Sorting is stable, so groups of one severity stay in the order of their first finding.
    return tuple(sorted(groups, key=lambda group: _HEAVIEST_FIRST[group.severity]))


def _named(values: Iterable[str | None]) -> str | None:
    """The first few different ones, and a sign that there are more."""
    named = list(_first_different(values))
    if len(named) > _NAMED:
        return ", ".join((*named[:_NAMED], "…"))
    return ", ".join(named) if named else None


def _first_different(values: Iterable[str | None]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value is not None and value not in seen:
            seen.add(value)
            yield value
            if len(seen) > _NAMED:
                return
