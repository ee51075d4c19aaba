"""What the department of the demo world knows of a part that Alfa delivers, as its database would answer."""

from domain.decisions import Lack
from domain.demo_register import DemoRegister, demo_register
from domain.demo_world import ALFA, DemoConvention, DemoMandate, demo_world
from domain.months import Month, MonthPeriod
from validation.document import Part
from validation.register import UNKNOWN_CONVENTION, ConventionFacts, Facts, Fiche, UploadRight


def facts_in_demo_world(part: Part, month: Month) -> Facts:
    """Facts of *part* in the demo world for M = *month*, before anything is filed for M."""
    world, register = demo_world(month), demo_register(month)
    mandate = next(
        (each for each in world.mandates if each.convention == part.convention and each.secretariat == ALFA), None
    )
    if mandate is None:
        return UNKNOWN_CONVENTION
    convention = next(each for each in world.conventions if each.number == part.convention)
    is_month = part.month == month
    previous = register.previous_month_employees.get(part.convention, ()) if is_month else ()
    return Facts(
        convention=_convention(convention, register),
        upload_right=_right(mandate, part.month),
        previous_month_employees=frozenset(previous),
        replaced_numbers={str(old): str(new) for old, new in register.replaced_numbers.items()},
    )


def _right(mandate: DemoMandate, month: Month) -> UploadRight:
    if mandate.period.covers(month):
        return UploadRight(mandate_last_month=mandate.period.last)
    return UploadRight(lack=Lack.MANDATE_PERIOD)


def _convention(convention: DemoConvention, register: DemoRegister) -> ConventionFacts:
    fiches: dict[str, tuple[Fiche, ...]] = {}
    for fiche in register.fiches:
        if fiche.convention == convention.number:
            fiches[fiche.insz] = (*fiches.get(fiche.insz, ()), Fiche(fiche.from_day, fiche.until_day))
    return ConventionFacts(
        number=convention.number,
        promotor=convention.promotor,
        programme=convention.programme,
        validity=MonthPeriod(Month.of(convention.valid_from), None),
        approved_full_time_equivalents_ten_thousandths=convention.approved_full_time_equivalents_ten_thousandths,
        related_employers=register.related_employers.get(convention.promotor, frozenset()),
        fiches=fiches,
    )
