"""N: rules about the persons of a part and their employments."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from domain.identifiers import has_insz_check_digits, has_insz_date_range, mask_insz
from domain.vocabulary import DeliveryStatus, Severity
from validation.amounts import full_time_equivalents_text, period_text
from validation.contexts import EmployeeContext, PartContext, RegisterContext
from validation.document import Employee, Employment, Spot
from validation.masking import shown
from validation.register import Facts, Fiche, OtherShare
from validation.rule import Fault, Reach, rule
from validation.working_days import days_in_month

INSZ_DIGITS = 11


@rule("N-401", Severity.BLOCKING, Reach.EMPLOYEE)
def insz_has_right_check_digits(context: EmployeeContext) -> Iterator[Fault]:
    """The last two digits of the INSZ are 97 minus the remainder of the others, for a birth before or from 2000."""
    if not _is_insz(context.employee.insz):
        yield Fault(Spot(context.employee_index, field="INSZ"), value=mask_insz(context.employee.insz))


@rule("N-402", Severity.WARNING, Reach.EMPLOYEE)
def insz_has_a_possible_date(context: EmployeeContext) -> Iterator[Fault]:
    """Month and day in the INSZ can occur: month 00 to 12, plus 20 or 40 for a bis number, day 00 to 31.

    Not said beside N-401: of a wrong number the date says nothing.
    """
    insz = context.employee.insz
    if _is_insz(insz) and not has_insz_date_range(insz):
        yield Fault(Spot(context.employee_index, field="INSZ"), value=mask_insz(insz))


@rule("N-403", Severity.WARNING, Reach.REGISTER)
def insz_is_the_newest(context: RegisterContext) -> Iterator[Fault]:
    """The INSZ has not been replaced by a newer number, such as a bis number by a national number."""
    if context.facts.convention is None:
        return
    for index, employee in enumerate(context.part.employees):
        newer = context.facts.replaced_numbers.get(employee.insz)
        if newer is not None:
            yield Fault(Spot(index, field="INSZ"), value=mask_insz(employee.insz), expected=mask_insz(newer))


@rule("N-404", Severity.BLOCKING, Reach.REGISTER)
def person_has_a_fiche(context: RegisterContext) -> Iterator[Fault]:
    """The person has an approved fiche on the convention, under this INSZ or under the one that replaced it.

    Not said beside N-401: nobody has a wrong number.
    """
    if context.facts.convention is None:
        return
    for index, employee in enumerate(context.part.employees):
        if not _fiches(context.facts, employee) and _is_insz(employee.insz):
            yield Fault(
                Spot(index, field="INSZ"),
                value=mask_insz(employee.insz),
                values={"convention": shown(context.part.convention)},
            )


@rule("N-405", Severity.BLOCKING, Reach.PART)
def person_stands_once(context: PartContext) -> Iterator[Fault]:
    """An employee stands once in a part, with all his employments together."""
    seen: dict[str, int] = {}
    for index, employee in enumerate(context.part.employees):
        first = seen.setdefault(employee.insz, index)
        if first != index:
            yield Fault(Spot(index, field="INSZ"), value=mask_insz(employee.insz), values={"first": str(first + 1)})


@rule("N-406", Severity.WARNING, Reach.REGISTER)
def person_of_last_month_is_there(context: RegisterContext) -> Iterator[Fault]:
    """Who stood in the month before without an end date and whose fiche goes on, stands in this month too.

    A deletion names nobody and is not asked for anybody.
    """
    convention = context.facts.convention
    if convention is None or context.part.delivery_status is DeliveryStatus.DELETED:
        return
    replaced = context.facts.replaced_numbers
    present = {employee.insz for employee in context.part.employees}
    present |= {replaced[insz] for insz in present if insz in replaced}
    first_day = context.part.month.first_day
    for insz in sorted(context.facts.previous_month_employees - present):
        fiches = convention.fiches.get(insz, ())
        if any(fiche.until_day is None or fiche.until_day >= first_day for fiche in fiches):
            yield Fault(
                value=mask_insz(insz),
                values={"month": str(context.part.month), "previous_month": str(context.part.month.plus(-1))},
            )


@rule("N-407", Severity.BLOCKING, Reach.REGISTER)
def person_is_not_more_than_full_time(context: RegisterContext) -> Iterator[Fault]:
    """On no day of the month the person works more than full-time over all conventions together.

    What was filed first keeps its place, so that only the later part is blocked. The other convention is not named: it
    may belong to another promotor.
    """
    if context.facts.convention is None or not context.facts.other_shares:
        return
    for index, employee in enumerate(context.part.employees):
        shares = context.facts.other_shares.get(employee.insz, ())
        for place, employment in enumerate(employee.employments if shares else ()):
            days = days_in_month(employment, context.part.month)
            if days is None or employment.full_time_hours_hundredths <= 0:
                continue
            taken = _largest_share(shares, *days)
            own = Fraction(employment.weekly_hours_hundredths, employment.full_time_hours_hundredths)
            if own + taken > 1:
                yield Fault(
                    Spot(index, place, field="Arbeidsregime"),
                    value=_share_text(own),
                    expected=_share_text(max(1 - taken, Fraction(0))),
                    values={"insz": mask_insz(employee.insz)},
                )


@rule("N-408", Severity.BLOCKING, Reach.EMPLOYEE)
def employments_do_not_overlap(context: EmployeeContext) -> Iterator[Fault]:
    """The employments of one employee follow each other, and none ends before it begins."""
    employments = context.employee.employments
    for place, employment in enumerate(employments):
        if employment.end is not None and employment.end < employment.begin:
            yield _misplaced(context.employee_index, place, employment, f"≥ {employment.begin}")
    if len(employments) == 1:
        return
    in_order = sorted(enumerate(employments), key=lambda numbered: (numbered[1].begin, numbered[0]))
    latest_place, latest = in_order[0]
    for place, employment in in_order[1:]:
        if latest.end is None or employment.begin <= latest.end:
            free_from = "–" if latest.end is None else f"≥ {latest.end + timedelta(days=1)}"
            yield _misplaced(context.employee_index, place, employment, free_from, other=latest_place)
        if latest.end is not None and (employment.end is None or employment.end > latest.end):
            latest_place, latest = place, employment


@rule("N-408", Severity.BLOCKING, Reach.REGISTER)
def employments_lie_within_fiches(context: RegisterContext) -> Iterator[Fault]:
    """The days of an employment in the month lie within the approved fiches of the person on the convention.

    Fiches that follow each other without a gap count as one. Who has no fiche at all is N-404 alone.
    """
    if context.facts.convention is None:
        return
    for index, employee in enumerate(context.part.employees):
        fiches = _fiches(context.facts, employee)
        for place, employment in enumerate(employee.employments if fiches else ()):
            days = days_in_month(employment, context.part.month)
            if days is not None and not _cover(fiches, *days):
                allowed = ", ".join(period_text(fiche.from_day, fiche.until_day) for fiche in fiches)
                yield _misplaced(index, place, employment, allowed)


def _is_insz(text: str) -> bool:
    return len(text) == INSZ_DIGITS and text.isascii() and text.isdigit() and has_insz_check_digits(text)


def _fiches(facts: Facts, employee: Employee) -> tuple[Fiche, ...]:
    if facts.convention is None:
        return ()
    own = facts.convention.fiches.get(employee.insz, ())
    newer = facts.replaced_numbers.get(employee.insz)
    return own if newer is None else own + facts.convention.fiches.get(newer, ())


def _cover(fiches: tuple[Fiche, ...], first: date, last: date) -> bool:
    """Whether fiches without a gap between them reach from *first* to *last*."""
    reached = first
    for fiche in sorted(fiches, key=lambda fiche: fiche.from_day):
        if fiche.from_day > reached:
            return False
        if fiche.until_day is None or fiche.until_day >= last:
            return True
        reached = max(reached, fiche.until_day + timedelta(days=1))
    return False


def _largest_share(shares: tuple[OtherShare, ...], first: date, last: date) -> Fraction:
    """The largest sum of Q/S that is taken on one day between *first* and *last*."""
    # The sum only grows on a day on which a share begins.
    days = {first} | {share.begin for share in shares if first < share.begin <= last}
    return max(
        sum(
            (
                Fraction(share.weekly_hours_hundredths, share.full_time_hours_hundredths)
                for share in shares
                if share.begin <= day and (share.end is None or day <= share.end)
            ),
            start=Fraction(0),
        )
        for day in days
    )


def _share_text(share: Fraction) -> str:
    return full_time_equivalents_text(round(share * 10_000))


def _misplaced(employee: int, employment: int, found: Employment, allowed: str, *, other: int | None = None) -> Fault:
    """*other*: the place of the employment that is in the way, where there is one; its ordinal goes with the fault."""
    values = {"employment": str(found.number)}
    if other is not None:
        values["other"] = str(other + 1)
    return Fault(Spot(employee, employment), value=period_text(found.begin, found.end), expected=allowed, values=values)
