import pytest
from api import Api

CONVENTION = "query ($number: String!) { convention(number: $number) { number } }"


@pytest.mark.parametrize("number", ["104\x00233", "\x00"])
async def test_a_zero_character_in_a_variable_is_refused_before_it_reaches_the_database(api: Api, number: str) -> None:
    answer = await api.as_("promotor").execute(CONVENTION, {"number": number})

    assert (answer.status, answer.error_codes) == (400, ["ZERO_CHARACTER"])


async def test_a_zero_character_in_a_document_is_refused(api: Api) -> None:
    answer = await api.as_("promotor").execute('{ convention(number: "104\\u0000233") { number } }')

    assert (answer.status, answer.error_codes) == (400, ["ZERO_CHARACTER"])


async def test_half_a_character_is_no_json(api: Api) -> None:
    response = await api.http.post(
        "/graphql",
        content=b'{"query": "{ viewer { roles } }", "variables": {"x": "\\ud800"}}',
        headers={"Authorization": f"Bearer {api.token('promotor')}", "Content-Type": "application/json"},
    )

    assert response.status_code == 400
