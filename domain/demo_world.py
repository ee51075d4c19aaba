"""The demo world: fictional organisations, conventions and people that documents, tests and partners rely on.

Months follow the calendar, so that the demo works in any year: everything is relative to M, the last month that has
ended. Persistence loads it, the demo issuer signs tokens for its people; neither keeps a copy.
"""

from dataclasses import dataclass
from datetime import date, datetime

from domain.identifiers import EnterpriseNumber
from domain.months import Month, MonthPeriod
from domain.vocabulary import MandateLevel, OrganisationKind, Programme, Role

DE_BRUG = EnterpriseNumber("0999000129")
HAVENWERK = EnterpriseNumber("0999000228")
ALFA = EnterpriseNumber("0999000327")
BETA = EnterpriseNumber("0999000426")
DEPARTMENT = EnterpriseNumber("0999000525")


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    number: EnterpriseNumber
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True)
class Persona:
    """A person of the demo world, acting for one organisation.

    *subject* is what the identity provider calls him; *granted_by* is the persona who gave the role, none where it was
    there from the start. Without a role, a person can sign in and see nothing.
    """

    name: str
    subject: str
    display_name: str
    organisation: EnterpriseNumber
    role: Role | None
    granted_by: str | None = None


@dataclass(frozen=True, slots=True)
class DemoConvention:
    """*approved_full_time_equivalents_ten_thousandths*: 30 000 is three people full time. No end: open-ended."""

    number: str
    promotor: EnterpriseNumber
    programme: Programme
    valid_from: date
    approved_full_time_equivalents_ten_thousandths: int


@dataclass(frozen=True, slots=True)
class DemoMandate:
    convention: str
    secretariat: EnterpriseNumber
    level: MandateLevel
    period: MonthPeriod
    granted_by: str


@dataclass(frozen=True, slots=True)
class DemoAdmission:
    """An organisation that may send files in production from a day on."""

    organisation: EnterpriseNumber
    admitted_from: date
    admitted_by: str
    evidence: str


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """Everything that the demo starts with; *month* is M, *roles_valid_from* the first day of every role grant."""

    month: Month
    organisations: tuple[DemoOrganisation, ...]
    personas: tuple[Persona, ...]
    roles_valid_from: date
    conventions: tuple[DemoConvention, ...]
    mandates: tuple[DemoMandate, ...]
    admissions: tuple[DemoAdmission, ...]


ORGANISATIONS = (
    DemoOrganisation(DE_BRUG, "De Brug vzw", OrganisationKind.PROMOTOR),
    DemoOrganisation(HAVENWERK, "Havenwerk vzw", OrganisationKind.PROMOTOR),
    DemoOrganisation(ALFA, "Sociaal Secretariaat Alfa", OrganisationKind.SECRETARIAT),
    DemoOrganisation(BETA, "Sociaal Secretariaat Beta", OrganisationKind.SECRETARIAT),
    DemoOrganisation(DEPARTMENT, "Departement WSE", OrganisationKind.DEPARTMENT),
)

# Who gives which role follows the grant rules: a local administrator makes promotors in his own organisation (of
# Havenwerk, the demo shows none), the helpdesk makes the people of the secretariats and local administrators.
PERSONAS = (
    Persona("lokale-beheerder", "demo-lokale-beheerder", "Lieve Claes", DE_BRUG, Role.LOCAL_ADMINISTRATOR, "helpdesk"),
    Persona("promotor", "demo-promotor", "Pieter Maes", DE_BRUG, Role.PROMOTOR, "lokale-beheerder"),
    Persona("promotor-haven", "demo-promotor-haven", "Hanne Wouters", HAVENWERK, Role.PROMOTOR),
    Persona("uploader", "demo-uploader", "Omar Peeters", ALFA, Role.UPLOADER, "helpdesk"),
    Persona("submitter", "demo-submitter", "Ine Jacobs", ALFA, Role.SUBMITTER, "helpdesk"),
    Persona("uploader-beta", "demo-uploader-beta", "Bram Willems", BETA, Role.UPLOADER, "helpdesk"),
    Persona("helpdesk", "demo-helpdesk", "Hilde Goossens", DEPARTMENT, Role.HELPDESK),
    Persona("case-handler", "demo-case-handler", "Dries Mertens", DEPARTMENT, Role.CASE_HANDLER),
    Persona("auditor", "demo-auditor", "Ann De Smet", DEPARTMENT, Role.AUDITOR),
    Persona("policy-admin", "demo-policy-admin", "Paul Aerts", DEPARTMENT, Role.POLICY_ADMINISTRATOR),
    Persona("policy-admin-2", "demo-policy-admin-2", "Lien Wouters", DEPARTMENT, Role.POLICY_ADMINISTRATOR),
    Persona("nobody", "demo-nobody", "Noor Lambrechts", DE_BRUG, None),
)


def persona_named(name: str) -> Persona | None:
    return next((persona for persona in PERSONAS if persona.name == name), None)


def last_ended_month(moment: datetime) -> Month:
    """M: the last month that has ended in Brussels at *moment*."""
    return Month.at(moment).plus(-1)


def demo_world(month: Month) -> DemoWorld:
    """The demo world for M = *month*: organisations before what refers to them, in the order to load."""
    began = month.plus(-24).first_day
    return DemoWorld(
        month=month,
        organisations=ORGANISATIONS,
        personas=PERSONAS,
        roles_valid_from=month.plus(-12).first_day,
        conventions=(
            DemoConvention("104233", DE_BRUG, Programme.GESCO, began, 50_000),
            DemoConvention("104234", DE_BRUG, Programme.DAC, began, 20_000),
            DemoConvention("205001", HAVENWERK, Programme.GESCO, began, 100_000),
            DemoConvention("205002", HAVENWERK, Programme.LDE, began, 30_000),
        ),
        mandates=(
            DemoMandate("104233", ALFA, MandateLevel.UPLOAD, MonthPeriod(month.plus(-9), None), "promotor"),
            DemoMandate("205001", ALFA, MandateLevel.SUBMIT, MonthPeriod(month.plus(-9), None), "promotor-haven"),
            DemoMandate(
                "205002", ALFA, MandateLevel.UPLOAD, MonthPeriod(month.plus(-9), month.plus(-4)), "promotor-haven"
            ),
        ),
        admissions=(
            DemoAdmission(ALFA, month.plus(-12).first_day, "helpdesk", "three test files without blocking findings"),
        ),
    )
