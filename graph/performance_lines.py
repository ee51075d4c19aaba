"""Performance lines: as people see them, and as they fill them in."""

from datetime import date
from decimal import Decimal
from typing import Final

import strawberry

from domain.amounts import hundredths, tenths
from domain.identifiers import EnterpriseNumber
from domain.performance import PerformanceLine as DomainLine
from domain.vocabulary import Action
from filing.line_forms import LineForm
from graph.projections import Projection
from graph.rights import reached_by


@reached_by(Action.CONSULT)
@strawberry.type(description="One line of a performance file (prestatielijn).")
class PerformanceLine:
    number: int = strawberry.field(description="Its number in the revision, from 1.")
    employee: str = strawberry.field(description="The employee's INSZ, eleven digits; treat it as personal data.")
    employer: EnterpriseNumber | None = strawberry.field(
        description="The related enterprise that employs him (werkgever); null when the promotor does."
    )
    employment_number: int = strawberry.field(description="Number of the employment (tewerkstelling), from 1.")
    begin: date = strawberry.field(description="First day of the employment.")
    end: date | None = strawberry.field(description="Last day of the employment, inclusive; null while open-ended.")
    weekly_hours: Decimal = strawberry.field(description="Q: hours a week of the employee, two decimals.")
    full_time_hours: Decimal = strawberry.field(description="S: hours a week of a full-time employee, two decimals.")
    code: str = strawberry.field(description="Performance code (prestatiecode).")
    days: Decimal | None = strawberry.field(description="Days, one decimal; null when not given.")
    hours: Decimal | None = strawberry.field(description="Hours, two decimals; null when not given.")
    from_: date | None = strawberry.field(name="from", description="First day that the line counts on, if dated.")
    until: date | None = strawberry.field(description="Last day that the line counts on, inclusive, if dated.")


shown_line: Final = Projection(
    PerformanceLine,
    DomainLine,
    number="line_number",
    employee="insz",
    employer=("employer", EnterpriseNumber),
    employment_number="employment_number",
    begin="employment_begin",
    end="employment_end",
    weekly_hours=("weekly_hours_hundredths", hundredths),
    full_time_hours=("full_time_hours_hundredths", hundredths),
    code="code",
    days=("days_tenths", tenths),
    hours=("hours_hundredths", hundredths),
    from_="from_day",
    until="until_day",
)
"""A line as it is shown."""


@strawberry.input(
    description="A performance line to fill in. Lines of one employee, and of one employment of his, are brought"
    " together; otherwise their order stays."
)
class PerformanceLineInput:
    employee: str = strawberry.field(description="The employee's INSZ: eleven digits, nothing else.")
    employer: str | None = strawberry.field(
        default=None, description="Enterprise number of the related employer; left out when the promotor employs him."
    )
    employment_number: int = strawberry.field(default=1, description="Number of the employment, 1 to 999999.")
    begin: date = strawberry.field(description="First day of the employment, from 1900 to 2099.")
    end: date | None = strawberry.field(default=None, description="Last day of the employment; left out while open.")
    weekly_hours: Decimal = strawberry.field(description="Q: hours a week, 0 to 999.99, at most two decimals.")
    full_time_hours: Decimal = strawberry.field(
        description="S: hours a week of a full-time employee, 0 to 999.99, at most two decimals."
    )
    code: str = strawberry.field(description="Performance code, one to three digits.")
    days: Decimal | None = strawberry.field(default=None, description="Days, 0 to 999.9, at most one decimal.")
    hours: Decimal | None = strawberry.field(default=None, description="Hours, 0 to 9999.99, at most two decimals.")
    from_: date | None = strawberry.field(
        default=None, name="from", description="First day that the line counts on; with until, or not at all."
    )
    until: date | None = strawberry.field(default=None, description="Last day that the line counts on, inclusive.")

    def to_form(self) -> LineForm:
        return LineForm(
            employee=self.employee,
            employer=self.employer,
            employment_number=self.employment_number,
            begin=self.begin,
            end=self.end,
            weekly_hours=self.weekly_hours,
            full_time_hours=self.full_time_hours,
            code=self.code,
            days=self.days,
            hours=self.hours,
            from_day=self.from_,
            until_day=self.until,
        )
