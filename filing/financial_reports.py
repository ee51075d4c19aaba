"""Financial reports: what an accepted month is worth, and what a correction changed; one version at a time counts.

The version that was accepted last is the effective one. It replaces the one before and is never added to it: the
premium is that of the effective version alone, the correction only tells how it differs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from domain.months import Month
from filing.rates import Rate, rate_of, shipped_rates
from persistence.accepted_versions import AcceptedVersion, accepted_versions
from persistence.scope import Scope

MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Amount:
    """Cents, the version that they come from and the rate by which they were worked out."""

    cents: int
    version: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class FinancialReport:
    """One month of a convention.

    *advance* is on the premium of the version that was accepted first, and was paid then. *correction* is the premium
    less that of the version accepted before (*replaced_version*), zero when there is none. *balance* is the premium
    less the advance: what is still to be paid, or to be paid back when it is negative.
    """

    month: Month
    version: int
    replaced_version: int | None
    hours_hundredths: int
    full_time_equivalents_ten_thousandths: int
    premium: Amount
    advance: Amount
    correction: Amount
    balance: Amount


async def financial_reports(
    scope: Scope, convention_ids: Sequence[str], year: int | None
) -> Mapping[str, Sequence[FinancialReport]]:
    """The reports within *scope* of each convention, newest month first: of *year*, else the latest twelve."""
    accepted = await accepted_versions(scope, convention_ids, year)
    rates = shipped_rates()
    return {
        convention_id: [
            report_on(list(versions), rates)
            for _, versions in groupby(accepted.get(convention_id, ()), key=lambda version: version.month)
        ][:MONTHS_SHOWN]
        for convention_id in convention_ids
    }


def report_on(versions: Sequence[AcceptedVersion], rates: tuple[Rate, ...]) -> FinancialReport:
    """The report on one month from its accepted versions, oldest first, at least one."""
    first, effective = versions[0], versions[-1]
    replaced = versions[-2] if len(versions) > 1 else None
    rate, first_rate = _rate_of(effective, rates), _rate_of(first, rates)
    premium = _premium(effective, rate)
    advance = first_rate.advance_cents(_premium(first, first_rate))
    correction = 0 if replaced is None else premium - _premium(replaced, _rate_of(replaced, rates))
    return FinancialReport(
        month=effective.month,
        version=effective.version,
        replaced_version=replaced.version if replaced else None,
        hours_hundredths=effective.hours_hundredths,
        full_time_equivalents_ten_thousandths=effective.full_time_equivalents_ten_thousandths,
        premium=Amount(premium, effective.version, rate),
        advance=Amount(advance, first.version, first_rate),
        correction=Amount(correction, effective.version, rate),
        balance=Amount(premium - advance, effective.version, rate),
    )


def _rate_of(version: AcceptedVersion, rates: tuple[Rate, ...]) -> Rate:
    return rate_of(rates, version.programme, version.month)


def _premium(version: AcceptedVersion, rate: Rate) -> int:
    return rate.premium_cents(version.full_time_equivalents_ten_thousandths)
