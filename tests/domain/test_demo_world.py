"""The demo world of the documentation, in any year."""

from datetime import UTC, date, datetime

import pytest

from domain.demo_world import (
    ALFA,
    BETA,
    DE_BRUG,
    DEPARTMENT,
    HAVENWERK,
    PERSONAS,
    demo_world,
    last_ended_month,
    persona_named,
)
from domain.identifiers import EnterpriseNumber
from domain.months import Month, MonthPeriod
from domain.vocabulary import MandateLevel, OrganisationKind, Programme, Role

M = Month(2026, 10)


def test_organisations_have_fictional_numbers_with_right_check_digits() -> None:
    organisations = demo_world(M).organisations

    assert [(each.number, each.name, each.kind) for each in organisations] == [
        ("0999000129", "De Brug vzw", OrganisationKind.PROMOTOR),
        ("0999000228", "Havenwerk vzw", OrganisationKind.PROMOTOR),
        ("0999000327", "Sociaal Secretariaat Alfa", OrganisationKind.SECRETARIAT),
        ("0999000426", "Sociaal Secretariaat Beta", OrganisationKind.SECRETARIAT),
        ("0999000525", "Departement WSE", OrganisationKind.DEPARTMENT),
    ]
    assert all(EnterpriseNumber.parse(each.number) == each.number for each in organisations)


def test_conventions_and_their_mandates() -> None:
    world = demo_world(M)

    assert [(each.number, each.promotor, each.programme) for each in world.conventions] == [
        ("104233", DE_BRUG, Programme.GESCO),
        ("104234", DE_BRUG, Programme.DAC),
        ("205001", HAVENWERK, Programme.GESCO),
        ("205002", HAVENWERK, Programme.LDE),
    ]
    assert [(each.convention, each.secretariat, each.level, each.period) for each in world.mandates] == [
        ("104233", ALFA, MandateLevel.UPLOAD, MonthPeriod(Month(2026, 1), None)),
        ("205001", ALFA, MandateLevel.SUBMIT, MonthPeriod(Month(2026, 1), None)),
        ("205002", ALFA, MandateLevel.UPLOAD, MonthPeriod(Month(2026, 1), Month(2026, 6))),
    ]


def test_conventions_are_valid_in_every_month_of_their_mandates() -> None:
    world = demo_world(M)
    valid_from = {each.number: Month.of(each.valid_from) for each in world.conventions}

    assert all(valid_from[mandate.convention] < mandate.period.first for mandate in world.mandates)


def test_only_alfa_is_admitted_to_production_and_since_before_m() -> None:
    admissions = demo_world(M).admissions

    assert [each.organisation for each in admissions] == [ALFA]
    assert admissions[0].admitted_from < M.first_day


@pytest.mark.parametrize(
    ("name", "organisation", "role"),
    [
        ("lokale-beheerder", DE_BRUG, Role.LOCAL_ADMINISTRATOR),
        ("promotor", DE_BRUG, Role.PROMOTOR),
        ("promotor-haven", HAVENWERK, Role.PROMOTOR),
        ("uploader", ALFA, Role.UPLOADER),
        ("submitter", ALFA, Role.SUBMITTER),
        ("uploader-beta", BETA, Role.UPLOADER),
        ("helpdesk", DEPARTMENT, Role.HELPDESK),
        ("case-handler", DEPARTMENT, Role.CASE_HANDLER),
        ("auditor", DEPARTMENT, Role.AUDITOR),
        ("policy-admin", DEPARTMENT, Role.POLICY_ADMINISTRATOR),
        ("policy-admin-2", DEPARTMENT, Role.POLICY_ADMINISTRATOR),
        ("nobody", DE_BRUG, None),
    ],
)
def test_personas(name: str, organisation: EnterpriseNumber, role: Role | None) -> None:
    persona = persona_named(name)

    assert persona is not None
    assert (persona.organisation, persona.role) == (organisation, role)


def test_persona_names_subjects_and_display_names_are_each_used_once() -> None:
    assert len(PERSONAS) == 12
    assert len({each.name for each in PERSONAS}) == len(PERSONAS)
    assert len({each.subject for each in PERSONAS}) == len(PERSONAS)
    assert len({each.display_name for each in PERSONAS}) == len(PERSONAS)


def test_whoever_grants_is_himself_a_persona() -> None:
    world = demo_world(M)
    grantors = [each.granted_by for each in world.personas if each.granted_by is not None]
    grantors += [each.granted_by for each in world.mandates] + [each.admitted_by for each in world.admissions]

    assert all(persona_named(name) is not None for name in grantors)


def test_a_name_outside_the_demo_world_is_no_persona() -> None:
    assert persona_named("directeur") is None


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 11, 5, 8, tzinfo=UTC), Month(2026, 10)),
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), Month(2026, 9)),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), Month(2026, 10)),  # midnight in Brussels, winter time
        (datetime(2027, 1, 1, 12, tzinfo=UTC), Month(2026, 12)),
    ],
)
def test_m_is_the_last_month_that_has_ended_in_brussels(moment: datetime, month: Month) -> None:
    assert last_ended_month(moment) == month


def test_months_follow_the_calendar_over_the_turn_of_the_year() -> None:
    world = demo_world(Month(2027, 3))

    assert world.mandates[0].period == MonthPeriod(Month(2026, 6), None)
    assert world.conventions[0].valid_from == date(2025, 3, 1)
