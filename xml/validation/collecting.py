"""Findings with a cap on details and exact counts: a file with an error on every line fills no memory."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from domain.findings import Finding, FindingCount
from domain.vocabulary import Severity

DETAILS_PER_CODE = 1_000

_HEAVIEST_FIRST = {severity: order for order, severity in enumerate(Severity)}


class Collector:
    """Keeps the first findings of each code and counts all of them."""

    def __init__(self, cap: int = DETAILS_PER_CODE, *, full: Collection[str] = ()) -> None:
        """*full* are codes of which others keep enough."""
        self.counts: Counter[tuple[str, Severity]] = Counter()
        self.findings: list[Finding] = []
        self._cap = cap
        self._kept: Counter[str] = Counter(dict.fromkeys(full, cap))

    def room(self, code: str) -> int:
        """Of how many more findings of *code* the details are to be kept."""
        return max(0, self._cap - self._kept[code])

    def full(self) -> frozenset[str]:
        """The codes of which enough details are kept."""
        return frozenset(code for code, kept in self._kept.items() if kept >= self._cap)

    def has_enough(self, codes: Iterable[str]) -> bool:
        """Whether no more details of any of *codes* are to be kept."""
        return all(self._kept[code] >= self._cap for code in codes)

    def wants(self, code: str, severity: Severity) -> bool:
        """Count one finding; answers whether its details are to be kept."""
        self.counts[code, severity] += 1
        self._kept[code] += 1
        return self._kept[code] <= self._cap

    def count(self, code: str, severity: Severity) -> None:
        """Count a finding whose details nobody has."""
        self.counts[code, severity] += 1

    def count_all(self, counts: Mapping[tuple[str, Severity], int]) -> None:
        """Count findings whose details nobody wants."""
        for key, count in counts.items():
            self.counts[key] += count

    def add(self, finding: Finding) -> None:
        if self.wants(finding.code, finding.severity):
            self.findings.append(finding)

    def merge(self, findings: Iterable[Finding], counts: Iterable[tuple[tuple[str, Severity], int]]) -> None:
        """Take over what another collector counted, and as many of its details as there is room for."""
        self.counts.update(dict(counts))
        for finding in findings:
            self._kept[finding.code] += 1
            if self._kept[finding.code] <= self._cap:
                self.findings.append(finding)

    def in_file_order(self) -> tuple[Finding, ...]:
        """By place in the file, findings about no place last, equal places by code."""
        return tuple(sorted(self.findings, key=_order))

    def finding_counts(self) -> tuple[FindingCount, ...]:
        """Heaviest first, then by code."""
        ordered = sorted(self.counts.items(), key=lambda item: (_HEAVIEST_FIRST[item[0][1]], item[0][0]))
        return tuple(FindingCount(code, severity, count) for (code, severity), count in ordered)

    @property
    def is_capped(self) -> bool:
        return sum(self.counts.values()) > len(self.findings)


def _order(finding: Finding) -> tuple[bool, int, int, str]:
    place = finding.place
    return (place is None, place.byte_offset if place else 0, finding.part or 0, finding.code)
