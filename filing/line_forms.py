"""The form of performance lines that a person fills in: bounds as in the schema of collective files, before any rule.

A wrong form is refused with the path of the input. What the values must mean to each other is for the rules, which
explain it better.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from domain.errors import InvalidValue
from domain.identifiers import EnterpriseNumber, mask_insz
from domain.performance import PerformanceLine
from validation.masking import shown

MOST_LINES: Final = 5_000
_INSZ: Final = re.compile(r"[0-9]{11}")
_CODE: Final = re.compile(r"[0-9]{1,3}")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2099, 12, 31)
_LARGEST_EMPLOYMENT_NUMBER: Final = 999_999

Key = TypeVar("Key")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineForm:
    """One line as it was filled in: *employee* an INSZ, *employer* an enterprise number, amounts as decimals."""

    employee: str
    employer: str | None
    employment_number: int
    begin: date
    end: date | None
    weekly_hours: Decimal
    full_time_hours: Decimal
    code: str
    days: Decimal | None
    hours: Decimal | None
    from_day: date | None
    until_day: date | None


def lines_from(forms: Sequence[LineForm]) -> tuple[PerformanceLine, ...]:
    """The lines, numbered from 1: those of one employment, and the employments of one employee, brought together.

    Otherwise in the order given. Raises `InvalidValue` with the path of the first input that has a wrong form.
    """
    if len(forms) > MOST_LINES:
        raise InvalidValue("lines", found=str(len(forms)), expected=f"at most {MOST_LINES}", path=("lines",))
    lines = [_line(form, ("lines", str(place))) for place, form in enumerate(forms)]
    together = _brought_together(lines, lambda line: (line.insz, line.employer, employment_of(line)))
    together = _brought_together(together, lambda line: (line.insz, line.employer))
    return tuple(line._replace(line_number=number) for number, line in enumerate(together, 1))


def employment_of(line: PerformanceLine) -> tuple[int, date, date | None, int, int]:
    """What tells one employment of an employee from another."""
    return (
        line.employment_number,
        line.employment_begin,
        line.employment_end,
        line.weekly_hours_hundredths,
        line.full_time_hours_hundredths,
    )


def _line(form: LineForm, path: Path) -> PerformanceLine:
    if _INSZ.fullmatch(form.employee) is None:
        raise InvalidValue(
            "employee", found=mask_insz(form.employee[:11]), expected="eleven digits", path=(*path, "employee")
        )
    if _CODE.fullmatch(form.code) is None:
        raise InvalidValue("code", found=shown(form.code), expected="one to three digits", path=(*path, "code"))
    if not 1 <= form.employment_number <= _LARGEST_EMPLOYMENT_NUMBER:
        raise InvalidValue(
            "employmentNumber",
            found=str(form.employment_number),
            expected=f"1 to {_LARGEST_EMPLOYMENT_NUMBER}",
            path=(*path, "employmentNumber"),
        )
    if (form.from_day is None) is not (form.until_day is None):
        missing = "from" if form.from_day is None else "until"
        raise InvalidValue(missing, found="–", expected="both from and until, or neither", path=(*path, missing))
    days = {"begin": form.begin, "end": form.end, "from": form.from_day, "until": form.until_day}
    for field, day in days.items():
        if day is not None and not _EARLIEST <= day <= _LATEST:
            raise InvalidValue(field, found=str(day), expected=f"{_EARLIEST} – {_LATEST}", path=(*path, field))
    return PerformanceLine(
        line_number=0,
        insz=form.employee,
        employer=_employer(form.employer, path),
        employment_number=form.employment_number,
        employment_begin=form.begin,
        employment_end=form.end,
        weekly_hours_hundredths=_amount(form.weekly_hours, 2, 99_999, (*path, "weeklyHours")),
        full_time_hours_hundredths=_amount(form.full_time_hours, 2, 99_999, (*path, "fullTimeHours")),
        code=form.code,
        days_tenths=None if form.days is None else _amount(form.days, 1, 9_999, (*path, "days")),
        hours_hundredths=None if form.hours is None else _amount(form.hours, 2, 999_999, (*path, "hours")),
        from_day=form.from_day,
        until_day=form.until_day,
        source_line=None,
    )


def _employer(number: str | None, path: Path) -> str | None:
    if number is None:
        return None
    try:
        return str(EnterpriseNumber.parse(number))
    except InvalidValue as error:
        raise InvalidValue(
            "employer", found=shown(number), expected=error.values["expected"], path=(*path, "employer")
        ) from error


def _amount(amount: Decimal, places: int, largest: int, path: Path) -> int:
    """A decimal as a whole number of its smallest unit; zero to *largest* of them."""
    step = Decimal(1).scaleb(-places)
    most = largest * step
    if amount.is_finite() and 0 <= amount <= most:
        rounded = amount.quantize(step)
        if rounded == amount:
            return int(rounded.scaleb(places))
    expected = f"0 to {most}, at most {places} decimal{'s' if places > 1 else ''}"
    raise InvalidValue(path[-1], found=shown(str(amount)), expected=expected, path=path)


def _brought_together(
    lines: Sequence[PerformanceLine], key: Callable[[PerformanceLine], Key]
) -> Sequence[PerformanceLine]:
    """Lines with the same key one after the other, where the first of them stands."""
    groups: dict[Key, list[PerformanceLine]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return [line for group in groups.values() for line in group]
