"""The parts of one file, as its report tells of them: gathered piece by piece, and summed up when somebody asks."""

from collections.abc import Collection, Iterator, Sequence
from itertools import compress, groupby
from typing import Any, overload

from domain.findings import Finding, PartSummary
from domain.vocabulary import PartOutcome
from validation.contexts import RepeatContext
from validation.document import ControlTotals
from validation.part_columns import PartColumns
from validation.placing import Tally
from validation.rules import check_repeat
from validation.totals import FileTally


class PartsOfFile:
    """Grows by the parts of one piece after the other."""

    def __init__(self) -> None:
        self._columns = PartColumns()

    def extend(self, parts: PartColumns) -> None:
        self._columns.extend(parts)

    def add(self, number: int, tally: Tally) -> None:
        """Count what was found later about the part of that number."""
        self._columns.add(self._columns.find(number), tally)

    def control_totals(self) -> ControlTotals:
        """What the file should have declared, when all of it could be read."""
        columns, tally = self._columns, FileTally()
        are_readable = columns.column("is_readable")
        tally.add_all(
            compress(columns.promotors, are_readable), compress(columns.conventions, are_readable), columns.totals()
        )
        return tally.control_totals()

    def add_repeats(self) -> Iterator[Finding]:
        """Keep out every part whose key another part has too, and say so of each, in the order of the file."""
        columns = self._columns
        for at, other in sorted(self._repeated()):
            number, head = columns.numbers_of(at), columns.head(at)
            context = RepeatContext(number.number, columns.numbers_of(other).number, head.convention, head.month)
            for rule, fault in check_repeat(context):
                severity = fault.severity or rule.severity
                tally = Tally()
                tally.count(severity, keeps_out=rule.keeps_out)
                columns.add(at, tally)
                yield Finding(
                    code=rule.code,
                    severity=severity,
                    place=number.place,
                    part=number.number,
                    promotor=head.promotor,
                    convention=head.convention,
                    month=str(head.month),
                    value=fault.value,
                    expected=fault.expected,
                    values=dict(fault.values),
                )

    def _repeated(self) -> Iterator[tuple[int, int]]:
        """Where those parts are, each with the first other one of its key.

        By sorting, because a dictionary of the keys would take as much memory as the parts themselves.
        """
        conventions = self._columns.conventions
        if len(set(conventions)) == len(conventions):
            return
        for _, group in groupby(sorted(range(len(conventions)), key=self._key), self._key):
            first, *others = group
            if others:
                yield first, others[0]
                yield from ((at, first) for at in others)

    def _key(self, at: int) -> tuple[Any, ...]:
        head = self._columns.head(at)
        return head.promotor, head.convention, head.month

    def summaries(self, *, is_refused: bool, broken_promotors: Collection[int]) -> Sequence[PartSummary]:
        """*broken_promotors*: by ordinal. None of their parts is loaded, and of a file that is refused no part at all.

        A promotor may turn out to be broken after its first parts were read.
        """
        return _Summaries(self._columns, frozenset(broken_promotors), is_refused=is_refused)


class _Summaries(Sequence[PartSummary]):
    """Each is made when it is asked for."""

    def __init__(self, columns: PartColumns, broken_promotors: frozenset[int], *, is_refused: bool) -> None:
        self._columns = columns
        self._broken_promotors = broken_promotors
        self._is_refused = is_refused

    def __len__(self) -> int:
        return len(self._columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Summaries) and list(self) == list(other)

    __hash__ = None  # pyright: ignore[reportAssignmentType] -- as of a list

    @overload
    def __getitem__(self, index: int) -> PartSummary: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[PartSummary]: ...
    def __getitem__(self, index: int | slice) -> PartSummary | Sequence[PartSummary]:
        if isinstance(index, slice):
            return [self._summary(at) for at in range(*index.indices(len(self)))]
        return self._summary(range(len(self))[index])

    def _summary(self, at: int) -> PartSummary:
        numbers, head = self._columns.numbers_of(at), self._columns.head(at)
        outcome = PartOutcome.LOADED
        if numbers.blocking:
            outcome = PartOutcome.LOADED_WITH_BLOCKING_FINDINGS
        if self._is_refused or numbers.is_kept_out or numbers.promotor_ordinal in self._broken_promotors:
            outcome = PartOutcome.NOT_LOADED
        return PartSummary(
            number=numbers.number,
            promotor=head.promotor,
            convention=head.convention,
            month=head.month,
            programme=head.programme,
            reference=head.reference,
            delivery_status=head.delivery_status,
            replaces=head.replaces,
            place=numbers.place,
            totals=numbers.totals,
            blocking=numbers.blocking,
            warnings=numbers.warnings,
            outcome=outcome,
        )
