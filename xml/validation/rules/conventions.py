"""C: rules about the convention of a part."""

from collections.abc import Iterator

from domain.vocabulary import Severity
from validation.amounts import full_time_equivalents_text
from validation.contexts import RegisterContext
from validation.document import Spot
from validation.masking import shown
from validation.rule import Fault, Reach, rule
from validation.totals import contracted_full_time_equivalents


@rule("C-201", Severity.BLOCKING, Reach.REGISTER, keeps_out=True)
def convention_is_known(context: RegisterContext) -> Iterator[Fault]:
    """The convention exists and the sender has to do with it.

    Both cases read the same, so that nobody can find out which conventions others have.
    """
    if context.facts.convention is None:
        yield Fault(Spot(field="Conventienummer"), value=shown(context.part.convention))


@rule("C-202", Severity.BLOCKING, Reach.REGISTER, keeps_out=True)
def convention_belongs_to_the_promotor(context: RegisterContext) -> Iterator[Fault]:
    """The convention is one of the promotor under whom the part stands in the file.

    The right promotor is not named: the file may have confused two clients.
    """
    convention = context.facts.convention
    if convention is not None and convention.promotor != context.part.promotor:
        yield Fault(
            Spot(field="Conventienummer"),
            value=context.part.promotor,
            values={"convention": shown(context.part.convention)},
        )


@rule("C-203", Severity.BLOCKING, Reach.REGISTER)
def convention_is_valid_in_the_month(context: RegisterContext) -> Iterator[Fault]:
    """The month of the part lies in the validity of the convention."""
    convention = context.facts.convention
    if convention is None or convention.validity.covers(context.part.month):
        return
    validity = convention.validity
    yield Fault(
        Spot(field="Prestatiemaand"),
        value=str(context.part.month),
        expected=f"{validity.first} – {validity.last or ''}".rstrip(),
        values={"convention": shown(context.part.convention)},
    )


@rule("C-204", Severity.BLOCKING, Reach.REGISTER)
def programme_is_that_of_the_convention(context: RegisterContext) -> Iterator[Fault]:
    """The programme in the part is the programme of the convention."""
    convention = context.facts.convention
    if convention is not None and convention.programme != context.part.programme:
        yield Fault(
            Spot(field="Programma"),
            value=context.part.programme,
            expected=convention.programme,
            values={"convention": shown(context.part.convention)},
        )


@rule("C-205", Severity.WARNING, Reach.REGISTER)
def contingent_is_not_exceeded(context: RegisterContext) -> Iterator[Fault]:
    """The sum of Q/S over all employments is at most the approved full-time equivalents of the convention.

    An employment that covers only some weekdays of the month counts for that share of them.
    """
    convention = context.facts.convention
    if convention is None:
        return
    approved = convention.approved_full_time_equivalents_ten_thousandths
    contracted = contracted_full_time_equivalents(context.part)
    if contracted > approved:
        yield Fault(
            value=full_time_equivalents_text(contracted),
            expected=full_time_equivalents_text(approved),
            values={"convention": shown(context.part.convention)},
        )


@rule("C-206", Severity.BLOCKING, Reach.REGISTER)
def employer_is_related_to_the_promotor(context: RegisterContext) -> Iterator[Fault]:
    """The employer of an employee is the promotor or an organisation that is related to him."""
    convention = context.facts.convention
    if convention is None:
        return
    known = convention.related_employers | {convention.promotor}
    for index, employee in enumerate(context.part.employees):
        if employee.employer is not None and employee.employer not in known:
            yield Fault(
                Spot(employee=index, field="Werkgever"),
                value=employee.employer,
                values={"promotor": context.part.promotor},
            )
