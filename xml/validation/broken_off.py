"""What a report says of a check that broke off (F-009): no fault was found, and nothing of the file counts as valid."""

from enum import StrEnum

from domain.findings import Finding, Place
from domain.vocabulary import Severity

BROKE_OFF = "F-009"


class BrokenOff(StrEnum):
    """Why: it needed more memory or more time than a check gets, or its process died."""

    MEMORY = "MEMORY"
    TIME = "TIME"
    CRASH = "CRASH"


def finding_of(because: BrokenOff, place: Place | None) -> Finding:
    """*place* is where the stretch begins that was being checked, none when it was the file as a whole."""
    # A warning: what keeps the file back is the stage that failed.
    return Finding(code=BROKE_OFF, severity=Severity.WARNING, place=place, value=because, values={"problem": because})
