"""What an accepted month is worth: exact amounts, and one version that counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.months import Month
from domain.vocabulary import Programme
from filing.financial_reports import report_on
from filing.rates import Rate, parse_rates, rate_of, shipped_rates
from persistence.accepted_versions import AcceptedVersion

OCTOBER = Month(2026, 10)


def accepted(equivalents: int, *, version: int = 1) -> AcceptedVersion:
    return AcceptedVersion(OCTOBER, version, Programme.GESCO, 0, equivalents)


def a_rate(name: str = "a", valid_from: Month | None = None, cents: int = 1_200_000) -> Rate:
    return Rate(name, frozenset({Programme.GESCO}), valid_from, cents, 80)


def test_the_gesco_premium_of_a_full_time_job_is_a_twelfth_of_the_year() -> None:
    report = report_on([accepted(10_000)], shipped_rates())

    # 5 035,01 / 12 = 419,584…
    assert (report.premium.cents, report.premium.version, report.premium.rate.name) == (41_958, 1, "gesco-premium")
    assert (report.advance.cents, report.balance.cents) == (33_566, 8_392)
    assert (report.correction.cents, report.replaced_version) == (0, None)


def test_halves_of_a_cent_are_rounded_up() -> None:
    assert a_rate(cents=6).premium_cents(10_000) == 1
    assert a_rate(cents=6).premium_cents(9_999) == 0
    assert a_rate().advance_cents(0) == 0


@given(st.integers(0, 10**9), st.integers(1, 10**7))
def test_a_premium_is_never_off_by_more_than_half_a_cent(equivalents: int, cents: int) -> None:
    premium = a_rate(cents=cents).premium_cents(equivalents)

    assert abs(premium * 120_000 - equivalents * cents) <= 60_000


def test_a_correction_replaces_what_was_accepted_and_never_adds() -> None:
    rates = (a_rate(),)

    report = report_on([accepted(10_000), accepted(5_000, version=2)], rates)

    assert (report.premium.cents, report.premium.version) == (50_000, 2)
    assert (report.correction.cents, report.replaced_version) == (-50_000, 1)
    assert (report.advance.cents, report.advance.version) == (80_000, 1)
    # Paid back: 500,00 due, 800,00 received.
    assert report.balance.cents == -30_000


def test_a_second_correction_tells_its_difference_with_the_first() -> None:
    versions = [accepted(10_000), accepted(5_000, version=2), accepted(7_500, version=3)]

    report = report_on(versions, (a_rate(),))

    assert (report.premium.cents, report.correction.cents, report.replaced_version) == (75_000, 25_000, 2)
    assert report.advance.version == 1


def test_the_rate_that_began_last_holds() -> None:
    rates = (a_rate("old"), a_rate("new", Month(2026, 7)), a_rate("next", Month(2027, 1)))

    found = [rate_of(rates, Programme.GESCO, month).name for month in (Month(2026, 6), Month(2026, 7), Month(2026, 12))]

    assert found == ["old", "new", "new"]


def test_a_programme_without_a_rate_is_a_fault_of_ours() -> None:
    with pytest.raises(LookupError):
        rate_of((a_rate(valid_from=Month(2026, 11)),), Programme.GESCO, OCTOBER)


@pytest.mark.parametrize("programme", list(Programme))
@pytest.mark.parametrize("month", [Month(2000, 1), OCTOBER, Month(2099, 12)])
def test_every_programme_has_a_rate_in_every_month(programme: Programme, month: Month) -> None:
    rate = rate_of(shipped_rates(), programme, month)

    assert rate.cents_a_year > 0
    assert 0 <= rate.advance_percent <= 100


def test_a_rate_of_an_unknown_programme_is_not_read() -> None:
    with pytest.raises(ValueError, match="SINE"):
        parse_rates('[[rates]]\nname = "x"\nprogrammes = ["SINE"]\ncents_a_year = 1\nadvance_percent = 1\n')
