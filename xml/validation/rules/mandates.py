"""M: rules about the mandates under which a part is delivered and submitted."""

from collections.abc import Iterator
from datetime import timedelta

from domain.decisions import Lack
from domain.vocabulary import Severity
from validation.contexts import OfferContext, RegisterContext
from validation.document import Spot
from validation.masking import shown
from validation.rule import Fault, Reach, rule
from validation.rules.naming import convention_and_month

ENDED_MANDATE = frozenset({Lack.FIRST_MANDATE, Lack.MANDATE_PERIOD})


@rule("M-101", Severity.BLOCKING, Reach.REGISTER, keeps_out=True)
def sender_may_upload_for_the_month(context: RegisterContext) -> Iterator[Fault]:
    """The sender is the promotor, or holds an active mandate for the convention in the month of the part.

    A convention that the sender may not see at all is C-201.
    """
    if context.facts.convention is None or context.facts.upload_right.lack is None:
        return
    yield Fault(
        Spot(field="Conventienummer"),
        value=shown(context.part.convention),
        values=convention_and_month(context.part.convention, context.part.month),
    )


@rule("M-102", Severity.BLOCKING, Reach.OFFER)
def person_may_submit(context: OfferContext) -> Iterator[Fault]:
    """The role of the person and the level of the mandate both reach as far as submitting."""
    if context.lack is not None and context.lack not in ENDED_MANDATE:
        yield Fault(values=convention_and_month(context.convention, context.month))


@rule("M-103", Severity.BLOCKING, Reach.OFFER)
def mandate_still_holds(context: OfferContext) -> Iterator[Fault]:
    """The mandate under which the part was uploaded has not ended or been revoked before it is submitted."""
    if context.lack in ENDED_MANDATE:
        yield Fault(values=convention_and_month(context.convention, context.month))


@rule("M-104", Severity.INFO, Reach.REGISTER)
def mandate_does_not_end_soon(context: RegisterContext) -> Iterator[Fault]:
    """The mandate does not end within the number of days of the settings (31), counted from today.

    One that has ended already and still covers the month of the part is not announced.
    """
    last_month = context.facts.upload_right.mandate_last_month
    if context.facts.convention is None or context.facts.upload_right.lack is not None or last_month is None:
        return
    end = last_month.last_day
    if context.today <= end <= context.today + timedelta(days=context.settings.ending_soon_days):
        values = {"convention": shown(context.part.convention), "last_day": str(end)}
        yield Fault(Spot(field="Conventienummer"), values=values)
