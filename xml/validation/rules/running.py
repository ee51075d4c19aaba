"""Running the rules of one reach over what they look at; the pipeline and the use cases call these and no rule itself.

Which rules hold is a matter of the month of the part, worked out once a month. Rules about the file as a whole have no
month: they hold always, and say so by having no dates.
"""

from collections.abc import Iterator
from functools import cache
from typing import TypeVar

from domain.months import Month
from validation.configuration import RuleSettings
from validation.contexts import (
    EmployeeContext,
    EnvelopeContext,
    FileContext,
    OfferContext,
    PartContext,
    RegisterContext,
    RepeatContext,
)
from validation.document import Part
from validation.rule import Fault, Rule
from validation.rules.catalogue import (
    ACCESS_RULES,
    EMPLOYMENT_RULES,
    ENVELOPE_RULES,
    FILE_RULES,
    MONTH_RULES,
    NUMBER_RULES,
    OFFER_RULES,
    PART_RULES,
    REGISTER_RULES,
    REPEAT_RULES,
)
from validation.rules.plain import plain_month

Subject = TypeVar("Subject")


def check_envelope(context: EnvelopeContext) -> Iterator[tuple[Rule[EnvelopeContext], Fault]]:
    """F-003, F-004, F-008: as soon as the head of the file is read."""
    return _run(ENVELOPE_RULES, context)


def check_file(context: FileContext) -> Iterator[tuple[Rule[FileContext], Fault]]:
    """F-006, F-007: once every part is read."""
    return _run(FILE_RULES, context)


def check_repeat(context: RepeatContext) -> Iterator[tuple[Rule[RepeatContext], Fault]]:
    """P-304, for one of the parts that share a key."""
    return _run(_holding(REPEAT_RULES, context.month), context)


def check_part(context: PartContext) -> Iterator[tuple[Rule[PartContext], Fault]]:
    """The rules about a part alone, without those about its employees."""
    return _run(_holding(PART_RULES, context.part.month), context)


def check_month_of_part(context: PartContext) -> Iterator[tuple[Rule[PartContext], Fault]]:
    """The rules about a part that has employees, none of them twice."""
    return _run(_holding(MONTH_RULES, context.part.month), context)


def check_employee(context: EmployeeContext) -> Iterator[tuple[Rule[EmployeeContext], Fault]]:
    """The rules about one employee: first those about his INSZ, then all others."""
    yield from check_number(context)
    yield from check_employments(context)


def check_number(context: EmployeeContext) -> Iterator[tuple[Rule[EmployeeContext], Fault]]:
    """The rules about the INSZ of one employee."""
    return _run(_number_rules(context.part.month), context)


def check_employments(context: EmployeeContext) -> Iterator[tuple[Rule[EmployeeContext], Fault]]:
    """The rules about one employee that say the same whoever he is."""
    return _run(_employment_rules(context.part.month), context)


def check_employees(part: Part, settings: RuleSettings) -> Iterator[tuple[Rule[EmployeeContext], Fault]]:
    """The rules about every employee of a part, in the order of the file."""
    plain = plain_month(settings, part.month, part.programme)
    for index, employee in enumerate(part.employees):
        if not plain.is_plainly_fine(employee):
            yield from check_employee(EmployeeContext(part, employee, index, settings))


def check_register(context: RegisterContext) -> Iterator[tuple[Rule[RegisterContext], Fault]]:
    """The rules about a part beside what the department knows.

    When the sender has no business with the convention in that month, that is all he is told: no rule that would let
    him learn who has a fiche or who worked there.
    """
    month = context.part.month
    denied = list(_run(_access_rules(month), context))
    yield from denied or _run(_register_rules(month), context)


def check_offer(context: OfferContext) -> Iterator[tuple[Rule[OfferContext], Fault]]:
    """The rules about submitting a revision; not about testing one."""
    return _run(_holding(OFFER_RULES, context.month), context)


def _holding(rules: tuple[Rule[Subject], ...], month: Month) -> tuple[Rule[Subject], ...]:
    return tuple(declared for declared in rules if declared.holds_on(month.first_day))


@cache
def _number_rules(month: Month) -> tuple[Rule[EmployeeContext], ...]:
    return _holding(NUMBER_RULES, month)


@cache
def _employment_rules(month: Month) -> tuple[Rule[EmployeeContext], ...]:
    return _holding(EMPLOYMENT_RULES, month)


@cache
def _access_rules(month: Month) -> tuple[Rule[RegisterContext], ...]:
    return _holding(ACCESS_RULES, month)


@cache
def _register_rules(month: Month) -> tuple[Rule[RegisterContext], ...]:
    return _holding(REGISTER_RULES, month)


def _run(rules: tuple[Rule[Subject], ...], context: Subject) -> Iterator[tuple[Rule[Subject], Fault]]:
    for declared in rules:
        for fault in declared.check(context):
            yield declared, fault
