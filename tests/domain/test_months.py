"""Months and periods of months, as deadlines and mandates count them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from domain.months import Month, MonthPeriod, day_in_brussels

MONTHS = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))


@given(MONTHS)
def test_a_month_reads_back_from_its_text(month: Month) -> None:
    assert Month.parse(str(month)) == month


@given(MONTHS, MONTHS)
def test_months_sort_like_their_texts(one: Month, other: Month) -> None:
    assert (one < other) == (str(one) < str(other))


@given(MONTHS, st.integers(-300, 300))
def test_going_forth_and_back_leads_to_the_same_month(month: Month, steps: int) -> None:
    assert month.plus(steps).plus(-steps) == month


@given(MONTHS)
def test_a_month_ends_on_the_day_before_the_next_begins(month: Month) -> None:
    assert (month.plus(1).first_day - month.last_day).days == 1
    assert month.has_ended_on(month.plus(1).first_day)
    assert not month.has_ended_on(month.last_day)


@pytest.mark.parametrize("text", ["", "2026-1", "2026-13", "2026-00", "0000-01", "2026-10-01", "２026-10", "2026-10\n"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        Month.parse(text)


@pytest.mark.parametrize(
    ("month", "days", "weekdays"),
    [(Month(2026, 2), 28, 20), (Month(2028, 2), 29, 21), (Month(2026, 10), 31, 22), (Month(2026, 11), 30, 21)],
)
def test_days_and_weekdays_of_a_month(month: Month, days: int, weekdays: int) -> None:
    assert (month.days, month.weekdays) == (days, weekdays)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_the_day_of_the_department_follows_brussels_in_winter_and_summer(moment: datetime, day: date) -> None:
    assert day_in_brussels(moment) == day
    assert Month.at(moment) == Month.of(day)


JANUARY, MARCH, JUNE = Month(2026, 1), Month(2026, 3), Month(2026, 6)


@pytest.mark.parametrize(
    ("period", "month", "covered"),
    [
        (MonthPeriod(JANUARY, MARCH), JANUARY, True),
        (MonthPeriod(JANUARY, MARCH), MARCH, True),
        (MonthPeriod(JANUARY, MARCH), MARCH.plus(1), False),
        (MonthPeriod(JANUARY, MARCH), JANUARY.plus(-1), False),
        (MonthPeriod(JANUARY, None), Month(2099, 12), True),
    ],
)
def test_both_ends_of_a_period_count(period: MonthPeriod, month: Month, covered: bool) -> None:
    assert period.covers(month) is covered


@given(MONTHS, st.integers(0, 24) | st.none(), MONTHS, st.integers(0, 24) | st.none())
def test_periods_overlap_when_they_share_a_month(
    first: Month, length: int | None, other_first: Month, other_length: int | None
) -> None:
    one, other = (
        MonthPeriod(start, None if months is None else start.plus(months))
        for start, months in ((first, length), (other_first, other_length))
    )
    # Two periods that share a month share the later of their first months.
    shared = one.covers(max(first, other_first)) and other.covers(max(first, other_first))

    assert one.overlaps(other) is other.overlaps(one) is shared


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidValue):
        MonthPeriod(MARCH, JANUARY)
