"""A: rules about submitting (aanbieden): is this revision tested, and does the filer know what it means."""

from collections.abc import Iterator

from domain.vocabulary import DeliveryStatus, Severity
from validation.amounts import full_time_equivalents_text
from validation.contexts import OfferContext, PartContext, RegisterContext
from validation.rule import Fault, Reach, rule
from validation.rules.naming import convention_and_month
from validation.totals import totals_of


@rule("A-601", Severity.BLOCKING, Reach.OFFER)
def revision_is_tested(context: OfferContext) -> Iterator[Fault]:
    """The newest test result belongs to the very revision that is submitted: any change makes a test stale."""
    if context.tested_revision != context.revision:
        tested = "–" if context.tested_revision is None else str(context.tested_revision)
        yield Fault(
            value=tested,
            expected=str(context.revision),
            values=convention_and_month(context.convention, context.month),
        )


@rule("A-602", Severity.INFO, Reach.PART)
def nil_return_is_meant(context: PartContext) -> Iterator[Fault]:
    """A part without employees says that nobody worked under the convention in the month; a deletion says nothing."""
    if not context.part.employees and context.part.delivery_status is not DeliveryStatus.DELETED:
        yield Fault(values=convention_and_month(context.part.convention, context.part.month))


@rule("A-603", Severity.INFO, Reach.REGISTER)
def correction_shows_its_difference(context: RegisterContext) -> Iterator[Fault]:
    """A correction of an accepted month says by how many full-time equivalents it changes what is paid.

    A deletion takes everything away.
    """
    part, accepted = context.part, context.facts.accepted
    if context.facts.convention is None or accepted is None or part.delivery_status is DeliveryStatus.NEW:
        return
    deleted = part.delivery_status is DeliveryStatus.DELETED
    now = 0 if deleted else totals_of(part, context.settings).full_time_equivalents_ten_thousandths
    before = accepted.full_time_equivalents_ten_thousandths
    difference = f"{'+' if now > before else ''}{full_time_equivalents_text(now - before)}"
    yield Fault(
        value=full_time_equivalents_text(now),
        expected=full_time_equivalents_text(before),
        values=convention_and_month(part.convention, part.month) | {"difference": difference},
    )
