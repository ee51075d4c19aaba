"""The employees of parts on their way between two processes: packed by the one, unpacked when the other asks for them.

They are nearly all of what crosses. Most of who receives results only counts them, passes them on or waits for more;
unpacking them there at once would hold up the next pieces, and what waits is far smaller packed.
"""

import pickle
from collections.abc import Sequence

from validation.reading.part_content import PackedEmployee

Employees = tuple[PackedEmployee, ...] | None
"""Of one part; none when it cannot be read."""


class EmployeesOfParts:
    """Those of each part of a piece, in its order; equal to others as the same list would be."""

    __slots__ = ("_packed", "_ready")

    def __init__(self, employees: Sequence[Employees] = ()) -> None:
        self._ready = employees
        self._packed: bytes | None = None

    def unpacked(self) -> Sequence[Employees]:
        if self._packed is not None:
            self._ready = pickle.loads(self._packed)  # noqa: S301 -- what a process of ours has put in `__getstate__`
            self._packed = None
        return self._ready

    def pack(self) -> bytes:
        """Do it now, before more objects are made."""
        if self._packed is None:
            self._packed, self._ready = pickle.dumps(self._ready, pickle.HIGHEST_PROTOCOL), ()
        return self._packed

    def __getstate__(self) -> bytes:
        return self.pack()

    def __setstate__(self, state: bytes) -> None:
        self._packed, self._ready = state, ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmployeesOfParts) and self.unpacked() == other.unpacked()

    __hash__ = None  # pyright: ignore[reportAssignmentType] -- as of a list
