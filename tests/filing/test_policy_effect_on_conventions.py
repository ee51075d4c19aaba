"""The effect of a policy by role: how many people, on how many different conventions of the demo world."""

from pathlib import Path

import pytest
from collective import demo_office
from policies import SHIPPED, load, replaced, with_line

from domain.months import Clock
from domain.vocabulary import Action, Role
from filing.office import Office
from filing.policy_effect_on_conventions import RoleEffect, effects_on_roles
from persistence.database import Database, rows
from persistence.role_holders import role_holders

BEFORE = load(SHIPPED)


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    (tmp_path / "policy.csv").write_text(SHIPPED, encoding="utf-8")
    return await demo_office(tmp_path / "files", clock)


async def effects(office: Office, policy: str) -> list[RoleEffect]:
    moment = office.clock()
    return await effects_on_roles(BEFORE, load(policy), await role_holders(moment), moment)


async def test_a_promotor_who_no_longer_submits_is_counted_on_all_his_conventions(office: Office) -> None:
    found = await effects(office, replaced("p, promotor, owner, submit, allow", "")[0])

    assert found == [RoleEffect(Role.PROMOTOR, Action.SUBMIT, is_gain=False, users=2, conventions=4)]


async def test_a_blocked_convention_on_which_nobody_submits_anyway_is_not_counted(office: Office, clock: Clock) -> None:
    await rows("UPDATE convention SET blocked_since = ? WHERE number = '104234'", [clock()])

    found = await effects(office, replaced("p, promotor, owner, submit, allow", "")[0])

    assert [(one.users, one.conventions) for one in found] == [(2, 3)]


async def test_a_submitter_loses_only_where_the_mandate_has_level_submit(office: Office) -> None:
    found = await effects(office, replaced("p, submitter, mandated_to_submit, submit, allow", "")[0])

    assert found == [RoleEffect(Role.SUBMITTER, Action.SUBMIT, is_gain=False, users=1, conventions=1)]


async def test_what_the_department_gains_reaches_every_convention(office: Office) -> None:
    found = await effects(office, with_line("p, case_handler, department, read_mandates, allow")[0])

    assert found == [RoleEffect(Role.CASE_HANDLER, Action.READ_MANDATES, is_gain=True, users=1, conventions=4)]


async def test_the_same_policy_has_no_effect(office: Office) -> None:
    assert await effects(office, SHIPPED) == []
