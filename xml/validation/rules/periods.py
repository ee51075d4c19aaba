"""P: rules about the month of a part, and about how it follows earlier deliveries of the same month."""

from collections.abc import Iterator
from datetime import date

from domain.states import PerformanceFileState
from domain.vocabulary import DeliveryStatus, Severity
from validation.contexts import PartContext, RegisterContext, RepeatContext
from validation.document import Spot
from validation.masking import shown
from validation.rule import Fault, Reach, rule
from validation.rules.naming import convention_and_month

MONTH = Spot(field="Prestatiemaand")
STATUS = Spot(field="@statusAanlevering")
REPLACES = Spot(field="@vervangt")


@rule("P-301", Severity.BLOCKING, Reach.PART)
def month_has_ended(context: PartContext) -> Iterator[Fault]:
    """The month of the part has ended: it can be filed from the first day of the next one."""
    month = context.part.month
    if not month.has_ended_on(context.today):
        first_day = month.plus(1).first_day
        yield Fault(MONTH, value=str(month), expected=f"≥ {first_day}", values={"first_day": str(first_day)})


@rule("P-302", Severity.BLOCKING, Reach.PART)
def month_is_not_closed(context: PartContext) -> Iterator[Fault]:
    """The month can still be filed.

    A first delivery is possible until the end of the third month after it, a correction until 31 March of the next
    year (settings, for each programme). Afterwards the helpdesk can help.
    """
    last_day = _last_day(context)
    if context.today > last_day:
        yield Fault(MONTH, value=str(context.part.month), expected=f"≤ {last_day}", values={"last_day": str(last_day)})


@rule("P-303", Severity.WARNING, Reach.PART)
def delivery_is_in_time(context: PartContext) -> Iterator[Fault]:
    """A first delivery comes on or before the target day of the next month (settings, for each programme: 15).

    Corrections are never late, and a closed month is P-302 alone.
    """
    part = context.part
    target = context.settings.filing_months_of(part.programme).target(part.month)
    if part.delivery_status is DeliveryStatus.NEW and target < context.today <= _last_day(context):
        yield Fault(MONTH, value=str(part.month), expected=f"≤ {target}", values={"last_day": str(target)})


@rule("P-304", Severity.BLOCKING, Reach.FILE, keeps_out=True)
def key_is_used_once(context: RepeatContext) -> Iterator[Fault]:
    """Promotor, convention and month together stand once in a file.

    All parts of a repeated key are kept out: nobody can tell which one is meant.
    """
    yield Fault(
        MONTH,
        value=f"{shown(context.convention)} {context.month}",
        values=convention_and_month(context.convention, context.month) | {"other": str(context.other_number)},
    )


@rule("P-305", Severity.BLOCKING, Reach.REGISTER, keeps_out=True)
def delivery_status_fits_what_exists(context: RegisterContext) -> Iterator[Fault]:
    """Status 1 delivers a month for the first time; 2 and 3 replace and delete what was delivered before."""
    if context.facts.convention is None or not context.is_delivery:
        return
    is_new = context.part.delivery_status is DeliveryStatus.NEW
    exists = context.facts.current is not None
    if is_new == exists:
        yield Fault(
            STATUS,
            value=context.part.delivery_status,
            expected="2, 3" if exists else "1",
            values=convention_and_month(context.part.convention, context.part.month),
        )


@rule("P-306", Severity.BLOCKING, Reach.REGISTER, keeps_out=True)
def latest_revision_is_replaced(context: RegisterContext) -> Iterator[Fault]:
    """A replacement names the latest revision in `vervangt`, or none while nobody edited it by hand since the upload.

    So no upload wipes out what the promotor corrected unseen.
    """
    current = context.facts.current
    part = context.part
    if context.facts.convention is None or not context.is_delivery or current is None:
        return
    if part.delivery_status is DeliveryStatus.NEW:
        return
    unseen_edit = part.replaces is None and current.is_edited_by_hand
    if unseen_edit or part.replaces not in (None, current.name):
        yield Fault(
            REPLACES,
            value=part.replaces or "–",
            expected=current.name,
            values=convention_and_month(part.convention, part.month),
        )


@rule("P-307", Severity.BLOCKING, Reach.REGISTER, keeps_out=True)
def current_version_is_not_submitted(context: RegisterContext) -> Iterator[Fault]:
    """What is submitted and waits for a decision is withdrawn before it is replaced or deleted."""
    current = context.facts.current
    part = context.part
    if context.facts.convention is None or not context.is_delivery or current is None:
        return
    if part.delivery_status is not DeliveryStatus.NEW and current.state is PerformanceFileState.SUBMITTED:
        yield Fault(STATUS, value=current.name, values=convention_and_month(part.convention, part.month))


def _last_day(context: PartContext) -> date:
    months = context.settings.filing_months_of(context.part.programme)
    if context.part.delivery_status is DeliveryStatus.NEW:
        return months.last_day_for_new(context.part.month)
    return months.last_day_for_correction(context.part.month)
