"""The demo world as rows: who there is, what they may, and what the department knows of their employees."""

from datetime import datetime
from typing import Any

from tortoise.models import Model
from uuid_utils.compat import uuid7

from domain.demo_register import DemoRegister
from domain.demo_world import DemoWorld
from persistence.database import Connection
from persistence.models import (
    AdmissionRow,
    ConventionRow,
    FicheRow,
    InszSuccessionRow,
    MandateRow,
    OrganisationRow,
    RelatedEnterpriseRow,
    RoleGrantRow,
    UserRow,
)


async def holds_any_organisation(connection: Connection) -> bool:
    """Whether the database is in use already."""
    return await OrganisationRow.all().using_db(connection.client).exists()


async def insert_demo_world(connection: Connection, world: DemoWorld, register: DemoRegister, moment: datetime) -> None:
    """Write everything that *world* starts with, and what the department knows; for an empty database only."""

    async def put(model: type[Model], **values: Any) -> str:
        row_id = str(uuid7())
        await model.create(using_db=connection.client, id=row_id, **values)
        return row_id

    organisations = {
        one.number: await put(OrganisationRow, enterprise_number=str(one.number), name=one.name, kind=one.kind)
        for one in world.organisations
    }
    users = {
        persona.name: await put(UserRow, subject=persona.subject, name=persona.display_name, created_at=moment)
        for persona in world.personas
    }
    for persona in world.personas:
        if persona.role is not None:
            await put(
                RoleGrantRow,
                user_id=users[persona.name],
                organisation_id=organisations[persona.organisation],
                role=persona.role,
                valid_from=world.roles_valid_from,
                granted_by=users[persona.granted_by or persona.name],
                granted_at=moment,
            )
    conventions = {
        one.number: await put(
            ConventionRow,
            number=one.number,
            programme=one.programme,
            promotor_id=organisations[one.promotor],
            valid_from_month=f"{one.valid_from:%Y-%m}",
            approved_full_time_equivalents_hundredths=one.approved_full_time_equivalents_ten_thousandths // 100,
        )
        for one in world.conventions
    }
    for mandate in world.mandates:
        await put(
            MandateRow,
            convention_id=conventions[mandate.convention],
            secretariat_id=organisations[mandate.secretariat],
            level=mandate.level,
            first_month=str(mandate.period.first),
            last_month=str(mandate.period.last) if mandate.period.last else None,
            granted_by=users[mandate.granted_by],
            granted_at=moment,
        )
    for admission in world.admissions:
        await put(
            AdmissionRow,
            organisation_id=organisations[admission.organisation],
            admitted_from=admission.admitted_from,
            evidence=admission.evidence,
            admitted_by=users[admission.admitted_by],
            admitted_at=moment,
        )
    for fiche in register.fiches:
        await put(
            FicheRow,
            convention_id=conventions[fiche.convention],
            insz=str(fiche.insz),
            valid_from=fiche.from_day,
            valid_until=fiche.until_day,
        )
    for promotor, employers in register.related_employers.items():
        for employer in sorted(employers):
            await put(RelatedEnterpriseRow, promotor_id=organisations[promotor], enterprise_number=str(employer))
    for old, new in register.replaced_numbers.items():
        await InszSuccessionRow.create(using_db=connection.client, old_insz=str(old), new_insz=str(new))
