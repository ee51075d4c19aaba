"""L: rules about the performance lines of one employment: which codes, which amounts, which days."""

from collections.abc import Iterator
from functools import lru_cache

from domain.vocabulary import Severity
from validation.amounts import days_text, hours_text, period_text
from validation.configuration import codes_allowed_in, codes_valid_in
from validation.contexts import EmployeeContext
from validation.document import Employment, Line, Spot
from validation.rule import Fault, Reach, rule
from validation.working_days import bounds_of, days_between, days_in_month, weekdays_in_month

HOURS_A_DAY = 24


@rule("L-501", Severity.BLOCKING, Reach.EMPLOYEE)
def code_exists_in_the_month(context: EmployeeContext) -> Iterator[Fault]:
    """The performance code is known and valid in the month of the part."""
    valid = codes_valid_in(context.settings, context.part.month)
    for place, ordinal, _, line in _lines(context):
        if line.code not in valid:
            yield Fault(
                Spot(context.employee_index, place, ordinal, "Prestatiecode"),
                value=line.code[:20],
                expected=_listed(valid),
                values={"month": str(context.part.month)},
            )


@rule("L-502", Severity.BLOCKING, Reach.EMPLOYEE)
def code_is_allowed_for_the_programme(context: EmployeeContext) -> Iterator[Fault]:
    """The programme of the part may use the performance code; an unknown code is L-501 alone."""
    part = context.part
    valid = codes_valid_in(context.settings, part.month)
    allowed = codes_allowed_in(context.settings, part.month, part.programme)
    for place, ordinal, _, line in _lines(context):
        if line.code not in allowed and line.code in valid:
            yield Fault(
                Spot(context.employee_index, place, ordinal, "Prestatiecode"),
                value=line.code,
                expected=_listed(allowed),
                values={"programme": part.programme},
            )


@rule("L-503", Severity.BLOCKING, Reach.EMPLOYEE)
def line_has_the_amounts_of_the_regime(context: EmployeeContext) -> Iterator[Fault]:
    """A line of someone in full-time has days; a line of someone in part-time has days and hours."""
    for place, ordinal, employment, line in _lines(context):
        if line.days_tenths is not None and line.hours_hundredths is not None:
            continue
        missing: list[str] = []
        if line.days_tenths is None:
            missing.append("Dagen")
        if line.hours_hundredths is None and not _is_full_time(employment):
            missing.append("Uren")
        if missing:
            spot = Spot(context.employee_index, place, ordinal)
            yield Fault(spot, expected=", ".join(missing), values={"regime": _regime_text(employment)})


@rule("L-504", Severity.BLOCKING, Reach.EMPLOYEE)
def day_stands_under_one_code(context: EmployeeContext) -> Iterator[Fault]:
    """The dated lines of an employment share no day: a day stands under one code only, on one line."""
    for place, employment in enumerate(context.employee.employments):
        dated = [
            (line.from_day, line.until_day, ordinal, line)
            for ordinal, line in enumerate(employment.lines)
            if line.from_day is not None and line.until_day is not None
        ]
        if len(dated) < 2:
            continue
        dated.sort(key=lambda item: item[:3])
        _, reached, _, earlier = dated[0]
        for first, last, ordinal, line in dated[1:]:
            if first <= reached:
                yield Fault(
                    Spot(context.employee_index, place, ordinal, "Van"),
                    value=period_text(first, last),
                    expected=f"> {reached}",
                    values={"other": str(earlier.number)},
                )
            if last > reached:
                reached, earlier = last, line


@rule("L-505", Severity.BLOCKING, Reach.EMPLOYEE)
def days_lie_in_month_and_employment(context: EmployeeContext) -> Iterator[Fault]:
    """A dated line lies in the month of the part and in its employment, and does not end before it begins.

    Lines without dates count for the month, so an employment with lines has at least one day in the month.
    """
    month = context.part.month
    for place, employment in enumerate(context.employee.employments):
        days = days_in_month(employment, month)
        if days is None:
            if employment.lines:
                yield Fault(
                    Spot(context.employee_index, place),
                    value=period_text(employment.begin, employment.end),
                    expected=period_text(*bounds_of(month)),
                )
            continue
        for ordinal, line in enumerate(employment.lines):
            if line.from_day is None or line.until_day is None:
                continue
            if not days[0] <= line.from_day <= line.until_day <= days[1]:
                is_begin = not days[0] <= line.from_day <= days[1]
                yield Fault(
                    Spot(context.employee_index, place, ordinal, "Van" if is_begin else "Tot"),
                    value=period_text(line.from_day, line.until_day),
                    expected=period_text(*days),
                )


@rule("L-506", Severity.WARNING, Reach.EMPLOYEE)
def hours_fit_in_the_month(context: EmployeeContext) -> Iterator[Fault]:
    """The hours of an employment are at most Q times its working weeks in the month, with a tolerance (settings: 10 %).

    A line with more than 24 hours for each of its days is impossible, and blocking. A working week is five weekdays of
    the employment in the month.
    """
    percent = 100 + context.settings.hours.tolerance_percent
    for place, employment in enumerate(context.employee.employments):
        total = 0
        impossible = False
        for ordinal, line in enumerate(employment.lines):
            hours, days = line.hours_hundredths or 0, line.days_tenths
            total += hours
            if days is not None and _is_impossible(hours, days):
                impossible = True
                yield Fault(
                    Spot(context.employee_index, place, ordinal, "Uren"),
                    value=hours_text(hours),
                    expected=hours_text(HOURS_A_DAY * 10 * days),
                    severity=Severity.BLOCKING,
                )
        weekdays = weekdays_in_month(employment, context.part.month)
        most = employment.weekly_hours_hundredths * weekdays * percent
        # Without days in the month or without a regime there is no measure: those are L-505 and L-508.
        if not impossible and most > 0 and total * 500 > most:
            yield Fault(Spot(context.employee_index, place), value=hours_text(total), expected=hours_text(most // 500))


@rule("L-507", Severity.BLOCKING, Reach.EMPLOYEE)
def days_fit_in_the_month(context: EmployeeContext) -> Iterator[Fault]:
    """The days of an employment are at most its weekdays in the month; the days of a dated line fit in its dates.

    Someone in full-time can count Mondays to Fridays, someone in part-time Saturdays too (settings).
    """
    regime = context.settings.regime
    for place, employment in enumerate(context.employee.employments):
        days = days_in_month(employment, context.part.month)
        if days is None:
            continue
        total = 0
        for ordinal, line in enumerate(employment.lines):
            counted = line.days_tenths or 0
            total += counted
            if line.from_day is not None and line.until_day is not None:
                span = max((line.until_day - line.from_day).days + 1, 1)
                if counted > 10 * span:
                    yield Fault(
                        Spot(context.employee_index, place, ordinal, "Dagen"),
                        value=days_text(counted),
                        expected=days_text(10 * span),
                    )
        a_week = regime.full_time_days_a_week if _is_full_time(employment) else regime.part_time_days_a_week
        most = days_between(*days, a_week)
        if total > 10 * most:
            yield Fault(Spot(context.employee_index, place), value=days_text(total), expected=days_text(10 * most))


@rule("L-508", Severity.BLOCKING, Reach.EMPLOYEE)
def amounts_are_possible(context: EmployeeContext) -> Iterator[Fault]:
    """Q is positive and at most S, S lies between 30 and 40 hours a week (settings), no amount is negative.

    A line that says nothing but zero is no line.
    """
    regime = context.settings.regime
    least, most = regime.full_time_minimum_hundredths, regime.full_time_maximum_hundredths
    for place, employment in enumerate(context.employee.employments):
        weekly, full_time = employment.weekly_hours_hundredths, employment.full_time_hours_hundredths
        spot = Spot(context.employee_index, place, field="Arbeidsregime")
        if not least <= full_time <= most:
            yield Fault(
                spot, value=f"S={hours_text(full_time)}", expected=f"{hours_text(least)} ≤ S ≤ {hours_text(most)}"
            )
        elif not 0 < weekly <= full_time:
            yield Fault(spot, value=f"Q={hours_text(weekly)}", expected=f"0 < Q ≤ {hours_text(full_time)}")
        for ordinal, line in enumerate(employment.lines):
            hours, days = line.hours_hundredths, line.days_tenths
            if hours is not None and (hours < 0 or (hours == 0 and not days)):
                yield Fault(
                    Spot(context.employee_index, place, ordinal, "Uren"), value=hours_text(hours), expected="> 0"
                )
            if days is not None and (days < 0 or (days == 0 and hours is None)):
                yield Fault(
                    Spot(context.employee_index, place, ordinal, "Dagen"), value=days_text(days), expected="> 0"
                )


@rule("L-509", Severity.WARNING, Reach.EMPLOYEE)
def hours_a_day_are_plausible(context: EmployeeContext) -> Iterator[Fault]:
    """The average day of an employment lies between Q spread over six days a week and S done in four (settings).

    Only lines with days and hours count, and none that L-506 calls impossible.
    """
    bounds = context.settings.hours
    low_percent, high_percent = 100 - bounds.ratio_tolerance_percent, 100 + bounds.ratio_tolerance_percent
    for place, employment in enumerate(context.employee.employments):
        hours = days = 0
        for line in employment.lines:
            if (
                line.hours_hundredths
                and line.days_tenths
                and not _is_impossible(line.hours_hundredths, line.days_tenths)
            ):
                hours += line.hours_hundredths
                days += line.days_tenths
        low = employment.weekly_hours_hundredths * days * low_percent
        high = employment.full_time_hours_hundredths * days * high_percent
        # hours are for *days* tenths of a day, so ten times the hours for whole days; percents make the thousand.
        if hours * 1000 * bounds.longest_week_days < low or hours * 1000 * bounds.shortest_week_days > high > 0:
            yield Fault(
                Spot(context.employee_index, place),
                value=hours_text(hours * 10 // days),
                expected=(
                    f"{hours_text(low // (100 * days * bounds.longest_week_days))} – "
                    f"{hours_text(high // (100 * days * bounds.shortest_week_days))}"
                ),
                values={"regime": _regime_text(employment)},
            )


@rule("L-510", Severity.WARNING, Reach.EMPLOYEE)
def month_is_accounted_for(context: EmployeeContext) -> Iterator[Fault]:
    """An employment with days in the month has at least one line, of work or of absence."""
    for place, employment in enumerate(context.employee.employments):
        if not employment.lines and days_in_month(employment, context.part.month) is not None:
            yield Fault(Spot(context.employee_index, place), values={"month": str(context.part.month)})


@rule("L-511", Severity.BLOCKING, Reach.EMPLOYEE)
def sequence_numbers_are_used_once(context: EmployeeContext) -> Iterator[Fault]:
    """A `volgnr` stands once among the employments of an employee, and once among the lines of an employment.

    A finding and a correction name a line by it. The schema does not check it: its memory would grow with the file.
    """
    seen: set[int] = set()
    for place, employment in enumerate(context.employee.employments):
        if employment.number in seen:
            yield Fault(Spot(context.employee_index, place, field="@volgnr"), value=str(employment.number))
        seen.add(employment.number)
        if len({line.number for line in employment.lines}) == len(employment.lines):
            continue
        numbers: set[int] = set()
        for ordinal, line in enumerate(employment.lines):
            if line.number in numbers:
                yield Fault(Spot(context.employee_index, place, ordinal, "@volgnr"), value=str(line.number))
            numbers.add(line.number)


def _lines(context: EmployeeContext) -> Iterator[tuple[int, int, Employment, Line]]:
    """Each line after its ordinals: that of its employment and its own."""
    for place, employment in enumerate(context.employee.employments):
        for ordinal, line in enumerate(employment.lines):
            yield place, ordinal, employment, line


@lru_cache
def _listed(codes: frozenset[str]) -> str:
    """Told with every fault, and the same all month."""
    return ", ".join(sorted(codes, key=lambda code: (len(code), code)))


def _is_full_time(employment: Employment) -> bool:
    return employment.weekly_hours_hundredths >= employment.full_time_hours_hundredths


def _is_impossible(hours_hundredths: int, days_tenths: int) -> bool:
    """More than 24 hours a day: hundredths of an hour against tenths of a day; negative days are L-508."""
    return hours_hundredths > HOURS_A_DAY * 10 * days_tenths >= 0


def _regime_text(employment: Employment) -> str:
    return f"{hours_text(employment.weekly_hours_hundredths)}/{hours_text(employment.full_time_hours_hundredths)}"
