"""Who reads financial reports, by whichever way, and what they say."""

import pytest
from api import Api
from performance_files import a_file, a_line

from domain.months import Month
from domain.states import PerformanceFileState
from graph.nodes import opaque_id

ACCEPTED = PerformanceFileState.ACCEPTED
REPORT = """financialReports { month version replacedVersion hours fullTimeEquivalents
  premium { euros version rate { name eurosAYear } } advance { euros version }
  correction { euros } balance { euros } }"""
ONE_MONTH = {
    "month": "2026-10",
    "version": 1,
    "replacedVersion": None,
    "hours": "83.60",
    "fullTimeEquivalents": "0.5000",
    "premium": {"euros": "209.79", "version": 1, "rate": {"name": "gesco-premium", "eurosAYear": "5035.01"}},
    "advance": {"euros": "167.83", "version": 1},
    "correction": {"euros": "0.00"},
    "balance": {"euros": "41.96"},
}


@pytest.mark.parametrize("persona", ["promotor", "case-handler", "auditor"])
async def test_a_promotor_and_the_department_read_what_a_month_is_worth(api: Api, persona: str) -> None:
    await a_file(state=ACCEPTED)

    answer = await api.as_(persona).execute(f'{{ convention(number: "104233") {{ {REPORT} }} }}')

    assert answer.data["convention"]["financialReports"] == [ONE_MONTH]


WAYS = {
    "field": """{ convention(number: "205001") { number financialReports { month } } }""",
    "alias": """{ convention(number: "205001") { number money: financialReports { month } } }""",
    "fragment": """{ convention(number: "205001") { number ...Money } }
        fragment Money on Convention { financialReports { month } }""",
    "list": """{ conventions { edges { node { number financialReports { month } } } } }""",
    "node": """{ node(id: "CONVENTION") { ... on Convention { number financialReports { month } } } }""",
    "nested": """{ convention(number: "205001") { number performanceFiles { edges { node {
        convention { financialReports { month } } } } } } }""",
    "forged id": """{ node(id: "FORGED") { id } convention(number: "205001") { number } }""",
}


@pytest.mark.parametrize("persona", ["uploader", "submitter", "helpdesk"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_02_others_read_no_report_by_any_way_and_keep_the_rest(api: Api, persona: str, way: str) -> None:
    await a_file("205001", state=ACCEPTED)
    convention = await api.as_(persona).execute('{ convention(number: "205001") { id } }')
    query = WAYS[way].replace("CONVENTION", convention.data["convention"]["id"])

    answer = await api.as_(persona).execute(query.replace("FORGED", opaque_id("FinancialReport", "1")))

    assert "205001" in str(answer.data)
    assert "2026-10" not in str(answer.data)


async def test_a_promotor_reads_no_report_of_another(api: Api) -> None:
    await a_file("205001", state=ACCEPTED)

    answer = await api.as_("promotor").execute(f'{{ convention(number: "205001") {{ {REPORT} }} }}')

    assert answer.data["convention"] is None


async def test_a_correction_replaces_and_never_adds(api: Api) -> None:
    await a_file(state=ACCEPTED)
    await a_file(state=ACCEPTED, version=2, lines=[a_line(hours_hundredths=4180, days_tenths=55)])

    answer = await api.as_("promotor").execute(f'{{ convention(number: "104233") {{ {REPORT} }} }}')

    assert answer.data["convention"]["financialReports"] == [
        {
            "month": "2026-10",
            "version": 2,
            "replacedVersion": 1,
            "hours": "41.80",
            "fullTimeEquivalents": "0.2500",
            "premium": {"euros": "104.90", "version": 2, "rate": {"name": "gesco-premium", "eurosAYear": "5035.01"}},
            "advance": {"euros": "167.83", "version": 1},
            "correction": {"euros": "-104.89"},
            "balance": {"euros": "-62.93"},
        }
    ]


async def test_only_what_was_accepted_counts(api: Api) -> None:
    await a_file(state=ACCEPTED)
    await a_file(state=PerformanceFileState.SUBMITTED, version=2, lines=[])

    answer = await api.as_("promotor").execute(f'{{ convention(number: "104233") {{ {REPORT} }} }}')

    assert answer.data["convention"]["financialReports"] == [ONE_MONTH]


async def test_months_come_newest_first_of_one_year_or_the_latest_twelve(api: Api) -> None:
    months = [Month(2025, 8).plus(number) for number in range(15)]
    for month in months:
        await a_file(state=ACCEPTED, month=month)

    answer = await api.as_("promotor").execute(
        """{ convention(number: "104233") { latest: financialReports { month }
          year: financialReports(year: 2025) { month } none: financialReports(year: 2024) { month } } }"""
    )

    found = {name: [one["month"] for one in reports] for name, reports in answer.data["convention"].items()}
    assert found["latest"] == [str(month) for month in months[::-1][:12]]
    assert found["year"] == ["2025-12", "2025-11", "2025-10", "2025-09", "2025-08"]
    assert found["none"] == []


async def test_a_year_beyond_bounds_is_refused(api: Api) -> None:
    answer = await api.as_("promotor").execute(
        '{ convention(number: "104233") { financialReports(year: 0) { month } } }'
    )

    assert answer.error_codes == ["INVALID_VALUE"]
