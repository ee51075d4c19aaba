"""How much one caller, and one organisation, may ask in a minute: points, as many as objects that operations can give.

The generic cell rate algorithm: for each of them one number is kept, the moment at which all that was asked will have
been paid for, a minute's points at most ahead of now. So there are no windows at whose edges twice as much goes, and
asking costs the same however much was asked before. Each server process counts for itself.
"""

import math
import time
from collections.abc import Callable
from typing import Final

from domain.caller import Caller
from graph.errors import LimitExceeded

REQUEST_POINTS: Final = 10
"""What a request costs before any object, so that many small ones are no way around."""
_MINUTE: Final = 60.0
_RESERVE: Final = 0.25
"""How much more may be asked by who submits: on the day of a deadline nobody is kept from it by what else was asked."""
_MOST_KEPT: Final = 10_000


class RateLimited(LimitExceeded):
    """More was asked in a minute than is allowed; *retry_after_seconds* from now there is room for it."""

    code = "RATE_LIMITED"

    def __init__(self, *, found: float, limit: float, retry_after_seconds: int) -> None:
        super().__init__(found=found, limit=limit)
        self.values = {**self.values, "seconds": str(retry_after_seconds)}
        self.measured = {**self.measured, "retryAfterSeconds": retry_after_seconds}


class Allowances:
    """Points that were asked lately, by caller and by organisation."""

    def __init__(self, *, of_caller: int, of_organisation: int, clock: Callable[[], float] = time.monotonic) -> None:
        """*of_caller* and *of_organisation*: points a minute; *clock* in seconds, never back."""
        self._of_caller = of_caller
        self._of_organisation = of_organisation
        self._clock = clock
        self._paid_at: dict[str, float] = {}

    def charge(self, caller: Caller | None, objects: int, *, is_submission: bool = False) -> None:
        """Count a request for so many objects; raises `RateLimited`, and then nothing is counted.

        Requests without a token are counted together.
        """
        now = self._clock()
        points = REQUEST_POINTS + objects
        room = _MINUTE * (1 + _RESERVE) if is_submission else _MINUTE
        if caller is None:
            self._paid_at[""] = self._with("", points, self._of_caller, now, room)
        else:
            person, organisation = f"{caller.user_id} {caller.organisation_id}", caller.organisation_id
            of_person = self._with(person, points, self._of_caller, now, room)
            self._paid_at[organisation] = self._with(organisation, points, self._of_organisation, now, room)
            self._paid_at[person] = of_person
        if len(self._paid_at) > _MOST_KEPT:
            self._paid_at = {key: moment for key, moment in self._paid_at.items() if moment > now}

    def _with(self, key: str, points: int, limit: int, now: float, room: float) -> float:
        paid_at = max(now, self._paid_at.get(key, now)) + points * _MINUTE / limit
        ahead = paid_at - now
        if ahead > room:
            found = round(ahead * limit / _MINUTE)
            raise RateLimited(found=found, limit=limit, retry_after_seconds=math.ceil(ahead - room))
        return paid_at
