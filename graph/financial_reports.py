"""Financial reports: what an accepted month is worth; for the promotor and the department, never for a secretariat."""

from decimal import Decimal
from typing import Self

import strawberry

from domain.amounts import hundredths, ten_thousandths
from domain.months import Month
from domain.vocabulary import Action
from filing.financial_reports import Amount
from filing.financial_reports import FinancialReport as Reported
from filing.rates import Rate
from graph.rights import reached_by


@reached_by(Action.READ_FINANCIAL_REPORTS)
@strawberry.type(description="A dated rate of an employment programme (tarief); a proposal, not an official figure.")
class ProgrammeRate:
    name: str = strawberry.field(description="Its name in the list of rates.")
    valid_from: Month | None = strawberry.field(description="First month that it holds; null reaches back for ever.")
    euros_a_year: Decimal = strawberry.field(description="Euro for a full-time equivalent and a year, two decimals.")
    advance_percent: int = strawberry.field(description="Part of a premium that is paid in advance, 0 to 100.")

    @classmethod
    def from_rate(cls, rate: Rate) -> Self:
        return cls(
            name=rate.name,
            valid_from=rate.valid_from,
            euros_a_year=hundredths(rate.cents_a_year),
            advance_percent=rate.advance_percent,
        )


@reached_by(Action.READ_FINANCIAL_REPORTS)
@strawberry.type(description="An amount of money with where it comes from.")
class FinancialAmount:
    euros: Decimal = strawberry.field(description="Euro, two decimals, rounded half up; may be negative.")
    version: int = strawberry.field(description="The accepted version of the performance file that it comes from.")
    rate: ProgrammeRate = strawberry.field(description="The rate by which it was worked out.")

    @classmethod
    def from_amount(cls, amount: Amount) -> Self:
        return cls(euros=hundredths(amount.cents), version=amount.version, rate=ProgrammeRate.from_rate(amount.rate))


@reached_by(Action.READ_FINANCIAL_REPORTS)
@strawberry.type(
    description="What a month of a convention is worth (financieel rapport). Only the version accepted last counts: a"
    " correction replaces and never adds."
)
class FinancialReport:
    month: Month = strawberry.field(description="The month of the performances.")
    version: int = strawberry.field(description="The version that was accepted last.")
    replaced_version: int | None = strawberry.field(description="The accepted version before it, if any.")
    hours: Decimal = strawberry.field(description="Hours of that version, two decimals.")
    full_time_equivalents: Decimal = strawberry.field(
        description="Full-time equivalents (VTE) of subsidised performances, four decimals."
    )
    premium: FinancialAmount = strawberry.field(description="The premium of the month (premie).")
    advance: FinancialAmount = strawberry.field(
        description="Paid in advance (voorschot), on the version that was accepted first."
    )
    correction: FinancialAmount = strawberry.field(
        description="What the last correction changed in the premium (correctie); already in it, 0 when there was none."
    )
    balance: FinancialAmount = strawberry.field(
        description="Premium less advance (saldo): still to be paid, or to be paid back when negative (terugvordering)."
    )

    @classmethod
    def from_report(cls, report: Reported) -> Self:
        return cls(
            month=report.month,
            version=report.version,
            replaced_version=report.replaced_version,
            hours=hundredths(report.hours_hundredths),
            full_time_equivalents=ten_thousandths(report.full_time_equivalents_ten_thousandths),
            premium=FinancialAmount.from_amount(report.premium),
            advance=FinancialAmount.from_amount(report.advance),
            correction=FinancialAmount.from_amount(report.correction),
            balance=FinancialAmount.from_amount(report.balance),
        )
