"""A decision says by which line, or what is missing and whom to ask for it."""

from dataclasses import replace
from datetime import date

import pytest
from policies import SHIPPED, load, with_line

from authz.decision_table import DecisionTable
from authz.explanation import Circumstances, MandateHeld, explain
from domain.catalogue import problem_message
from domain.decisions import Ask, Decision, Lack, Missing, Pair
from domain.months import Month, MonthPeriod
from domain.vocabulary import Action, Language, MandateLevel, OrganisationKind, Relation, Role

JANUARY = Month(2026, 1)
OCTOBER = Month(2026, 10)
NOVEMBER = Month(2026, 11)

UPLOADS: Pair = (Role.UPLOADER, Relation.MANDATED_TO_UPLOAD)
OWNS: Pair = (Role.PROMOTOR, Relation.OWNER)


def a_mandate(
    level: MandateLevel = MandateLevel.UPLOAD,
    *,
    first: Month = JANUARY,
    last: Month | None = None,
    revoked_on: date | None = None,
) -> MandateHeld:
    return MandateHeld(level, MonthPeriod(first, last), revoked_on)


def at_a_secretariat(
    *roles: Role,
    mandates: tuple[MandateHeld, ...] = (),
    month: Month | None = OCTOBER,
    is_admitted: bool = True,
    is_blocked: bool = False,
) -> Circumstances:
    return Circumstances(
        organisation_kind=OrganisationKind.SECRETARIAT,
        this_month=NOVEMBER,
        roles=frozenset(roles),
        month=month,
        mandates=mandates,
        is_admitted=is_admitted,
        is_blocked=is_blocked,
    )


def at_a_promotor(*roles: Role, is_owner: bool = True, is_blocked: bool = False) -> Circumstances:
    return Circumstances(
        organisation_kind=OrganisationKind.PROMOTOR,
        this_month=NOVEMBER,
        roles=frozenset(roles),
        month=OCTOBER,
        is_owner=is_owner,
        is_blocked=is_blocked,
    )


def at_the_department(*roles: Role) -> Circumstances:
    return Circumstances(
        organisation_kind=OrganisationKind.DEPARTMENT, this_month=NOVEMBER, roles=frozenset(roles), month=OCTOBER
    )


def needs_role(role: Role, ask: Ask) -> Missing:
    return Missing(Lack.ROLE, ask, {"role": role})


NEEDS_MANDATE_TO_UPLOAD = Missing(Lack.FIRST_MANDATE, Ask.PROMOTOR, {"level": "UPLOAD"})
NEEDS_MANDATE_TO_SUBMIT = Missing(Lack.FIRST_MANDATE, Ask.PROMOTOR, {"level": "SUBMIT"})
NEEDS_LEVEL = Missing(Lack.MANDATE_LEVEL, Ask.PROMOTOR, {"found": "UPLOAD", "needed": "SUBMIT"})
NEEDS_ADMISSION = Missing(Lack.ADMISSION, Ask.HELPDESK)
IS_BLOCKED = Missing(Lack.BLOCKED, Ask.HELPDESK)
NOT_FORESEEN = Missing(Lack.NOT_FORESEEN, Ask.NOBODY)


def needs_period(period: str, month: str) -> Missing:
    return Missing(Lack.MANDATE_PERIOD, Ask.PROMOTOR, {"period": period, "month": month})


def test_a_yes_names_the_line_that_says_so(table: DecisionTable) -> None:
    decision = explain(table, {UPLOADS}, Action.UPLOAD, at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),)))

    rule = "p, uploader, mandated_to_upload, upload, allow"
    assert decision == Decision(
        allowed=True,
        action=Action.UPLOAD,
        pairs=(UPLOADS,),
        policy_version=table.version,
        line=SHIPPED.splitlines().index(rule) + 1,
        rule=rule,
    )


@pytest.mark.parametrize(
    ("action", "pairs", "circumstances", "missing"),
    [
        pytest.param(
            Action.UPLOAD, set(), at_a_secretariat(Role.UPLOADER), (NEEDS_MANDATE_TO_UPLOAD,), id="no mandate"
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(revoked_on=date(2026, 9, 3)),)),
            (replace(NEEDS_MANDATE_TO_UPLOAD, since=date(2026, 9, 3)),),
            id="revoked mandate",
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            at_a_secretariat(),
            (NEEDS_MANDATE_TO_UPLOAD, needs_role(Role.UPLOADER, Ask.HELPDESK)),
            id="neither mandate",
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            at_a_secretariat(mandates=(a_mandate(),)),
            (needs_role(Role.UPLOADER, Ask.HELPDESK),),
            id="first mandate only",
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            replace(at_a_secretariat(mandates=(a_mandate(),)), roles_gone={Role.UPLOADER: date(2026, 8, 2)}),
            (replace(needs_role(Role.UPLOADER, Ask.HELPDESK), since=date(2026, 8, 2)),),
            id="role that was taken away",
        ),
        pytest.param(
            Action.SUBMIT,
            {(Role.SUBMITTER, Relation.MANDATED_TO_UPLOAD)},
            at_a_secretariat(
                Role.SUBMITTER,
                mandates=(a_mandate(), a_mandate(MandateLevel.SUBMIT, revoked_on=date(2026, 9, 3))),
            ),
            (replace(NEEDS_LEVEL, since=date(2026, 9, 3)),),
            id="level that was taken away",
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(last=Month(2026, 9)),)),
            (replace(needs_period("2026-01 – 2026-09", "2026-10"), since=date(2026, 10, 1)),),
            id="mandate ended the month before",
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(first=NOVEMBER),)),
            (needs_period("2026-11 – …", "2026-10"),),
            id="mandate begins the month after",
        ),
        pytest.param(
            Action.READ_CONVENTION,
            set(),
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(first=Month(2026, 12)),), month=None),
            (needs_period("2026-12 – …", "2026-11"),),
            id="convention before its mandate begins",
        ),
        pytest.param(
            Action.SUBMIT,
            {(Role.SUBMITTER, Relation.MANDATED_TO_UPLOAD)},
            at_a_secretariat(Role.SUBMITTER, mandates=(a_mandate(),)),
            (NEEDS_LEVEL,),
            id="submitter under a mandate to upload",
        ),
        pytest.param(
            Action.SUBMIT,
            {UPLOADS},
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),)),
            (NEEDS_LEVEL, needs_role(Role.SUBMITTER, Ask.HELPDESK)),
            id="uploader who wants to submit",
        ),
        pytest.param(
            Action.SUBMIT,
            {UPLOADS, (Role.UPLOADER, Relation.MANDATED_TO_SUBMIT)},
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(MandateLevel.SUBMIT),)),
            (needs_role(Role.SUBMITTER, Ask.HELPDESK),),
            id="uploader under a mandate to submit",
        ),
        pytest.param(
            Action.SUBMIT,
            set(),
            at_a_secretariat(Role.SUBMITTER, mandates=(a_mandate(last=Month(2026, 6)),)),
            (replace(needs_period("2026-01 – 2026-06", "2026-10"), since=date(2026, 7, 1)), NEEDS_LEVEL),
            id="submitter under an ended mandate to upload",
        ),
        pytest.param(
            Action.SUBMIT,
            {(Role.SUBMITTER, Relation.MANDATED_TO_UPLOAD)},
            at_a_secretariat(
                Role.SUBMITTER,
                mandates=(a_mandate(MandateLevel.SUBMIT, last=Month(2026, 6)), a_mandate(first=Month(2026, 7))),
            ),
            (replace(NEEDS_LEVEL, since=date(2026, 7, 1)),),
            id="level lowered by a later mandate",
        ),
        pytest.param(
            Action.SUBMIT, set(), at_a_secretariat(Role.SUBMITTER), (NEEDS_MANDATE_TO_SUBMIT,), id="submit, no mandate"
        ),
        pytest.param(
            Action.UPLOAD,
            {UPLOADS, (Role.UPLOADER, Relation.NOT_ADMITTED)},
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),), is_admitted=False),
            (NEEDS_ADMISSION,),
            id="not admitted",
        ),
        pytest.param(
            Action.UPLOAD,
            set(),
            at_a_secretariat(is_admitted=False, is_blocked=True),
            (
                NEEDS_MANDATE_TO_UPLOAD,
                needs_role(Role.UPLOADER, Ask.HELPDESK),
                NEEDS_ADMISSION,
                IS_BLOCKED,
            ),
            id="everything at once",
        ),
        pytest.param(
            Action.TEST,
            set(),
            at_a_secretariat(Role.UPLOADER, is_admitted=False, is_blocked=True),
            (NEEDS_MANDATE_TO_UPLOAD,),
            id="a block is not named where it denies nothing",
        ),
        pytest.param(
            Action.READ_FINANCIAL_REPORTS,
            {UPLOADS},
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),)),
            (NOT_FORESEEN,),
            id="uploader who wants to read reports",
        ),
        pytest.param(
            Action.GRANT_MANDATE,
            {UPLOADS},
            at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),)),
            (NOT_FORESEEN,),
            id="uploader who wants to grant a mandate",
        ),
        pytest.param(
            Action.SUBMIT,
            {(Role.LOCAL_ADMINISTRATOR, Relation.OWNER)},
            at_a_promotor(Role.LOCAL_ADMINISTRATOR),
            (needs_role(Role.PROMOTOR, Ask.LOCAL_ADMINISTRATOR),),
            id="local administrator without the role promotor",
        ),
        pytest.param(
            Action.SUBMIT,
            set(),
            at_a_promotor(),
            (needs_role(Role.PROMOTOR, Ask.LOCAL_ADMINISTRATOR),),
            id="nobody in the promotor's organisation",
        ),
        pytest.param(
            Action.SUBMIT,
            set(),
            at_a_promotor(Role.PROMOTOR, is_owner=False),
            (NOT_FORESEEN,),
            id="promotor of another convention",
        ),
        pytest.param(
            Action.SUBMIT,
            {OWNS, (Role.PROMOTOR, Relation.BLOCKED)},
            at_a_promotor(Role.PROMOTOR, is_blocked=True),
            (IS_BLOCKED,),
            id="blocked promotor",
        ),
        pytest.param(
            Action.DECIDE, {OWNS}, at_a_promotor(Role.PROMOTOR), (NOT_FORESEEN,), id="promotor who wants to decide"
        ),
        pytest.param(
            Action.CONSULT,
            {(Role.HELPDESK, Relation.DEPARTMENT)},
            at_the_department(Role.HELPDESK),
            (NOT_FORESEEN,),
            id="helpdesk who wants to see performances: nobody can give that role",
        ),
    ],
)
def test_a_no_names_each_missing_thing_and_whom_to_ask(
    table: DecisionTable,
    action: Action,
    pairs: set[Pair],
    circumstances: Circumstances,
    missing: tuple[Missing, ...],
) -> None:
    decision = explain(table, pairs, action, circumstances)

    assert decision.allowed is False
    assert decision.missing == missing


def test_a_no_by_a_deny_names_its_line(table: DecisionTable) -> None:
    pairs = {OWNS, (Role.PROMOTOR, Relation.BLOCKED)}

    decision = explain(table, pairs, Action.SUBMIT, at_a_promotor(Role.PROMOTOR, is_blocked=True))

    assert decision.rule == "p, *, blocked, submit, deny"
    assert decision.line == SHIPPED.splitlines().index(decision.rule) + 1


def test_a_foreign_convention_that_exists_answers_as_one_that_does_not(table: DecisionTable) -> None:
    nothing = at_a_secretariat(Role.UPLOADER, is_admitted=False)
    blocked = replace(nothing, is_convention_blocked=True)
    found = {(Role.UPLOADER, Relation.NOT_ADMITTED), (Role.UPLOADER, Relation.BLOCKED)}

    assert explain(table, found, Action.UPLOAD, blocked) == explain(table, set(), Action.UPLOAD, nothing)


def test_a_blocked_convention_is_told_to_who_has_a_mandate_for_it(table: DecisionTable) -> None:
    blocked = replace(at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),)), is_convention_blocked=True)

    decision = explain(table, {UPLOADS, (Role.UPLOADER, Relation.BLOCKED)}, Action.UPLOAD, blocked)

    assert (decision.missing, decision.rule) == ((IS_BLOCKED,), "p, *, blocked, upload, deny")


def test_a_block_and_a_missing_admission_say_since_when(table: DecisionTable) -> None:
    gone, own, others = date(2026, 9, 3), date(2026, 10, 5), date(2026, 8, 1)
    circumstances = replace(
        at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),), is_admitted=False, is_blocked=True),
        admission_gone_since=gone,
        blocked_since=own,
        is_convention_blocked=True,
        convention_blocked_since=others,
    )
    pairs = {UPLOADS, (Role.UPLOADER, Relation.NOT_ADMITTED), (Role.UPLOADER, Relation.BLOCKED)}

    decision = explain(table, pairs, Action.UPLOAD, circumstances)

    assert decision.missing == (replace(NEEDS_ADMISSION, since=gone), replace(IS_BLOCKED, since=others))


def test_since_when_a_convention_is_blocked_is_not_told_to_who_has_nothing_to_do_with_it(table: DecisionTable) -> None:
    own = date(2026, 10, 5)
    foreign = replace(at_a_secretariat(Role.UPLOADER, is_blocked=True), blocked_since=own)
    blocked = replace(foreign, is_convention_blocked=True, convention_blocked_since=date(2026, 8, 1))

    decision = explain(table, set(), Action.UPLOAD, blocked)

    assert decision == explain(table, set(), Action.UPLOAD, foreign)
    assert decision.missing[-1] == replace(IS_BLOCKED, since=own)


def test_a_no_without_a_line_names_none(table: DecisionTable) -> None:
    decision = explain(table, set(), Action.SUBMIT, at_a_promotor())

    assert (decision.line, decision.rule) == (None, None)


def test_a_right_that_a_line_takes_from_the_role_itself_is_not_to_be_asked_for() -> None:
    policy, number = with_line("p, *, mandated_to_upload, submit, deny")

    decision = explain(load(policy), {UPLOADS}, Action.SUBMIT, at_a_secretariat(Role.UPLOADER, mandates=(a_mandate(),)))

    assert (decision.missing, decision.line) == ((NOT_FORESEEN,), number)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_no_says_something_in_every_language(table: DecisionTable, role: Role, action: Action) -> None:
    for circumstances in (at_a_secretariat(role), at_a_promotor(role), at_the_department(role)):
        decision = explain(table, set(), action, circumstances)

        assert decision.missing
        for missing in decision.missing:
            for language in Language:
                assert problem_message(f"LACK_{missing.lack}", missing.values, language)
                assert problem_message(f"ASK_{missing.ask}", {}, language)
