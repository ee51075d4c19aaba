"""Every rule, in the order of its number; the rules page, the messages and the runner all start here."""

from dataclasses import dataclass
from typing import Any

from domain.vocabulary import Severity
from validation.broken_off import BROKE_OFF
from validation.contexts import (
    EmployeeContext,
    EnvelopeContext,
    FileContext,
    OfferContext,
    PartContext,
    RegisterContext,
    RepeatContext,
)
from validation.rule import Reach, Rule
from validation.rules import conventions, file, lines, mandates, offering, periods, persons

ENVELOPE_RULES: tuple[Rule[EnvelopeContext], ...] = (
    file.environment_is_the_one_asked_for,
    file.sender_is_the_acting_organisation,
    file.sender_is_admitted_to_production,
)
FILE_RULES: tuple[Rule[FileContext], ...] = (file.control_totals_match, file.file_is_within_limits)
REPEAT_RULES: tuple[Rule[RepeatContext], ...] = (periods.key_is_used_once,)
MONTH_RULES: tuple[Rule[PartContext], ...] = (
    periods.month_has_ended,
    periods.month_is_not_closed,
    periods.delivery_is_in_time,
)
"""They look at the head of a part alone."""
PART_RULES: tuple[Rule[PartContext], ...] = (
    *MONTH_RULES,
    persons.person_stands_once,
    offering.nil_return_is_meant,
)
"""The last two have nothing to say of a part with employees who each have an INSZ of their own."""
NUMBER_RULES: tuple[Rule[EmployeeContext], ...] = (
    persons.insz_has_right_check_digits,
    persons.insz_has_a_possible_date,
)
"""They look at the INSZ of an employee alone."""
EMPLOYMENT_RULES: tuple[Rule[EmployeeContext], ...] = (
    persons.employments_do_not_overlap,
    lines.code_exists_in_the_month,
    lines.code_is_allowed_for_the_programme,
    lines.line_has_the_amounts_of_the_regime,
    lines.day_stands_under_one_code,
    lines.days_lie_in_month_and_employment,
    lines.hours_fit_in_the_month,
    lines.days_fit_in_the_month,
    lines.amounts_are_possible,
    lines.hours_a_day_are_plausible,
    lines.month_is_accounted_for,
    lines.sequence_numbers_are_used_once,
)
"""They look at the employments of an employee, and at the month and the programme of his part; never at who he is."""
EMPLOYEE_RULES = (*NUMBER_RULES, *EMPLOYMENT_RULES)
ACCESS_RULES: tuple[Rule[RegisterContext], ...] = (
    mandates.sender_may_upload_for_the_month,
    conventions.convention_is_known,
    conventions.convention_belongs_to_the_promotor,
)
"""Who breaks one of these has no business with the convention: what the register holds of it stays closed to him."""
REGISTER_RULES: tuple[Rule[RegisterContext], ...] = (
    mandates.mandate_does_not_end_soon,
    conventions.convention_is_valid_in_the_month,
    conventions.programme_is_that_of_the_convention,
    conventions.contingent_is_not_exceeded,
    conventions.employer_is_related_to_the_promotor,
    periods.delivery_status_fits_what_exists,
    periods.latest_revision_is_replaced,
    periods.current_version_is_not_submitted,
    persons.insz_is_the_newest,
    persons.person_has_a_fiche,
    persons.person_of_last_month_is_there,
    persons.person_is_not_more_than_full_time,
    persons.employments_lie_within_fiches,
    offering.correction_shows_its_difference,
)
OFFER_RULES: tuple[Rule[OfferContext], ...] = (
    mandates.person_may_submit,
    mandates.mandate_still_holds,
    offering.revision_is_tested,
)

# Any: one list of rules over different subjects, for pages and tests; whoever runs them takes a typed one above.
RULES: tuple[Rule[Any], ...] = tuple(
    sorted(
        (
            *ENVELOPE_RULES,
            *FILE_RULES,
            *REPEAT_RULES,
            *PART_RULES,
            *EMPLOYEE_RULES,
            *ACCESS_RULES,
            *REGISTER_RULES,
            *OFFER_RULES,
        ),
        key=lambda declared: ("FMCPNLA".index(declared.code[0]), declared.code),
    )
)


@dataclass(frozen=True, slots=True)
class DetectedElsewhere:
    """A rule of the catalogue that is found before any part is read; *severities* lists the lightest last."""

    code: str
    severities: tuple[Severity, ...]
    reach: Reach
    meaning: str


DETECTED_ELSEWHERE = (
    DetectedElsewhere(
        "F-001",
        (Severity.FILE,),
        Reach.FILE,
        "The file is well-formed XML in UTF-8, without DOCTYPE and without entities of its own.\n\n"
        "Found by the gate on the first bytes, or by the reader.",
    ),
    DetectedElsewhere(
        "F-002",
        (Severity.FILE, Severity.WARNING),
        Reach.FILE,
        "The namespace and the schema version are accepted; in the last month of a version it is a warning.\n\n"
        "Found by the gate.",
    ),
    DetectedElsewhere(
        "F-005",
        (Severity.FILE,),
        Reach.FILE,
        "The sender has not used the reference of the file before with other content; the same file again gets the "
        "first receipt again.\n\n"
        "Found when the file comes in.",
    ),
    DetectedElsewhere(
        BROKE_OFF,
        (Severity.WARNING,),
        Reach.FILE,
        "A check of the file ends by itself, within the memory and the time that it gets; MEMORY, TIME or CRASH says "
        "what broke it off twice. Then the file is not fully checked, and nothing of it is loaded.\n\n"
        "Found by the worker.",
    ),
)

KEEPS_OUT = frozenset(declared.code for declared in RULES if declared.keeps_out)
"""Codes that keep a part from being loaded; other blocking findings load a draft that can be corrected."""

TWO_SEVERITIES = {"L-506": (Severity.WARNING, Severity.BLOCKING)}
"""Rules whose faults say their own severity when it is not the one of the rule."""
