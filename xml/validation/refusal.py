"""A file that is refused as a whole while it is read: a typed error that carries the findings."""

from collections.abc import Mapping

from domain.findings import Finding, Place
from domain.vocabulary import Severity
from validation.masking import shown


class FileRefused(Exception):
    """Nothing of the file is used; *findings* say where, what was found and what was expected, in order."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(", ".join(finding.code for finding in findings))

    def __reduce__(self) -> tuple[type["FileRefused"], tuple[tuple[Finding, ...]]]:
        # The error crosses from the process that checks to the one that asked.
        return (FileRefused, (self.findings,))


def refused(
    code: str, place: Place, *, found: str, expected: str, values: Mapping[str, str] | None = None
) -> FileRefused:
    """One finding of severity FILE; *found* is cut and masked here."""
    finding = Finding(
        code=code,
        severity=Severity.FILE,
        place=place,
        value=shown(found),
        expected=expected,
        values=dict(values or {}),
    )
    return FileRefused((finding,))
