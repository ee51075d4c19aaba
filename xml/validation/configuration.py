"""What the rules read from `configuration.toml`: dated codes, days and bounds that the department may change.

Read once a process, when first asked for. Answers that a rule needs for each employee are worked out once for each
month and programme.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, cast

from domain.months import Month

Table = Mapping[str, Any]
EVERY_PROGRAMME = "*"


@dataclass(frozen=True, slots=True)
class Subsidy:
    """For which programmes, and between which days (both included, none is open), a code counts for the premium."""

    programmes: frozenset[str]
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class PerformanceCode:
    """One performance code (prestatiecode); *programmes* none means that every programme may use it."""

    code: str
    name: str
    is_work: bool
    valid_from: date | None
    valid_until: date | None
    programmes: frozenset[str] | None
    subsidies: tuple[Subsidy, ...]


@dataclass(frozen=True, slots=True)
class FilingMonths:
    """When a month can be filed; the file of settings explains the three numbers."""

    target_day: int
    late_months: int
    closing_month: int

    def target(self, month: Month) -> date:
        """The last day on which a delivery for *month* is in time."""
        return month.plus(1).first_day.replace(day=self.target_day)

    def last_day_for_new(self, month: Month) -> date:
        return month.plus(self.late_months).last_day

    def last_day_for_correction(self, month: Month) -> date:
        return Month(month.year + 1, self.closing_month).last_day


@dataclass(frozen=True, slots=True)
class Regime:
    """Bounds of a working week: S in hundredths of an hour, and on how many days from Monday days can be counted."""

    full_time_minimum_hundredths: int
    full_time_maximum_hundredths: int
    full_time_days_a_week: int
    part_time_days_a_week: int


@dataclass(frozen=True, slots=True)
class HourBounds:
    """Tolerances on hours, in whole percents, and the longest and shortest working week, in days."""

    tolerance_percent: int
    longest_week_days: int
    shortest_week_days: int
    ratio_tolerance_percent: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one collective file may hold at most."""

    size_bytes: int
    promotors: int
    conventions: int
    employees: int
    lines: int

    @property
    def parts(self) -> int:
        """Few conventions have two: of a month that is corrected and of the last one."""
        return 2 * self.conventions


@dataclass(frozen=True, slots=True, eq=False)
class RuleSettings:
    """All of it; two are equal only when they are the same object, so that answers can be remembered by it."""

    rule_set: str
    filing_months: FilingMonths
    filing_months_by_programme: Mapping[str, FilingMonths]
    ending_soon_days: int
    regime: Regime
    hours: HourBounds
    limits: Limits
    codes: tuple[PerformanceCode, ...]

    def filing_months_of(self, programme: str) -> FilingMonths:
        return self.filing_months_by_programme.get(programme, self.filing_months)


@cache
def rule_settings() -> RuleSettings:
    """The settings that come with the package."""
    return parse_settings(files("validation").joinpath("configuration.toml").read_text(encoding="utf-8"))


def parse_settings(text: str) -> RuleSettings:
    """Read settings; raises `KeyError`, `TypeError` or `tomllib.TOMLDecodeError` when they are not as foreseen."""
    table: Table = tomllib.loads(text)
    months = {key: value for key, value in table["months"].items() if key != "programmes"}
    by_programme = cast("Mapping[str, Table]", table["months"]["programmes"])
    return RuleSettings(
        rule_set=table["rule_set"],
        filing_months=FilingMonths(**months),
        filing_months_by_programme={name: FilingMonths(**{**months, **own}) for name, own in by_programme.items()},
        ending_soon_days=table["mandates"]["ending_soon_days"],
        regime=Regime(**table["regime"]),
        hours=HourBounds(**table["hours"]),
        limits=Limits(**table["limits"]),
        codes=tuple(_code(entry) for entry in table["codes"]),
    )


@cache
def codes_valid_in(settings: RuleSettings, month: Month) -> frozenset[str]:
    """The codes that exist in *month*, whatever the programme."""
    return frozenset(code.code for code in settings.codes if _holds(code.valid_from, code.valid_until, month))


@cache
def codes_allowed_in(settings: RuleSettings, month: Month, programme: str) -> frozenset[str]:
    """The codes that *programme* may use in *month*."""
    valid = codes_valid_in(settings, month)
    return frozenset(
        code.code
        for code in settings.codes
        if code.code in valid and (code.programmes is None or programme in code.programmes)
    )


@cache
def codes_subsidised_in(settings: RuleSettings, month: Month, programme: str) -> frozenset[str]:
    """The codes whose hours count for the premium of *programme* in *month*."""
    return frozenset(
        code.code
        for code in settings.codes
        if any(
            not subsidy.programmes.isdisjoint((programme, EVERY_PROGRAMME))
            and _holds(subsidy.valid_from, subsidy.valid_until, month)
            for subsidy in code.subsidies
        )
    )


def _holds(valid_from: date | None, valid_until: date | None, month: Month) -> bool:
    """Dates count by the first day of the month: a code changes between months, never inside one."""
    day = month.first_day
    return (valid_from is None or valid_from <= day) and (valid_until is None or day <= valid_until)


def _code(entry: Table) -> PerformanceCode:
    programmes = cast("list[str] | None", entry.get("programmes"))
    subsidies = cast("list[Table]", entry["subsidised"])
    return PerformanceCode(
        code=entry["code"],
        name=entry["name"],
        is_work=entry["kind"] == "WORK",
        valid_from=entry.get("valid_from"),
        valid_until=entry.get("valid_until"),
        programmes=None if programmes is None else frozenset(programmes),
        subsidies=tuple(
            Subsidy(frozenset(subsidy["programmes"]), subsidy.get("from"), subsidy.get("until"))
            for subsidy in subsidies
        ),
    )
