"""The access review names rights without a sign of use and mandates that end soon, to helpdesk and auditor alone."""

from datetime import timedelta
from typing import Any

import pytest
from api import Api

from domain.months import Clock
from persistence.database import rows

REVIEW = """{ accessReview { unusedRoleGrants { role user { name } } unusedMandates { level }
  endingMandates { level lastMonth } } }"""


async def review(api: Api, persona: str = "helpdesk") -> dict[str, Any] | None:
    return (await api.as_(persona).execute(REVIEW)).data["accessReview"]


async def test_nothing_given_lately_is_named(api: Api, clock: Clock) -> None:
    await rows("UPDATE role_grant SET granted_at = ?", [clock()])
    await rows("UPDATE mandate SET granted_at = ?", [clock()])

    found = await review(api)

    assert found is not None
    assert (found["unusedRoleGrants"], found["unusedMandates"]) == ([], [])


async def test_what_nobody_used_for_180_days_is_named(api: Api, clock: Clock) -> None:
    long_ago = clock() - timedelta(days=181)
    await rows("UPDATE role_grant SET granted_at = ?", [clock()])
    await rows("UPDATE mandate SET granted_at = ?", [clock()])
    await rows("UPDATE role_grant SET granted_at = ? WHERE role = 'submitter'", [long_ago])
    await rows("UPDATE mandate SET granted_at = ? WHERE level = 'SUBMIT'", [long_ago])

    found = await review(api)

    assert found is not None
    assert [one["role"] for one in found["unusedRoleGrants"]] == ["SUBMITTER"]
    assert [one["level"] for one in found["unusedMandates"]] == ["SUBMIT"]


async def test_a_mandate_whose_last_month_is_this_one_ends_soon(api: Api) -> None:
    await rows("UPDATE mandate SET last_month = '2026-11' WHERE level = 'SUBMIT'")

    found = await review(api)

    assert found is not None
    assert found["endingMandates"] == [{"level": "SUBMIT", "lastMonth": "2026-11"}]


@pytest.mark.parametrize("persona", ["promotor", "lokale-beheerder", "uploader", "case-handler", "policy-admin"])
async def test_nobody_else_gets_a_review(api: Api, persona: str) -> None:
    assert await review(api, persona) is None
