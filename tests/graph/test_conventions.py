import pytest
from api import Api

NUMBERS = "{ conventions { totalCount edges { node { number } } } }"
ONE = """query ($number: String!) {
  convention(number: $number) { id number programme promotor { name } validFrom validUntil viewerActions }
}"""


@pytest.mark.parametrize(
    ("persona", "numbers"),
    [
        ("promotor", ["104233", "104234"]),
        ("promotor-haven", ["205001", "205002"]),
        ("uploader", ["104233", "205001", "205002"]),
        ("submitter", ["104233", "205001", "205002"]),
        ("uploader-beta", []),
        ("helpdesk", ["104233", "104234", "205001", "205002"]),
        ("lokale-beheerder", []),
        ("nobody", []),
    ],
)
async def test_each_persona_sees_his_conventions_and_no_others(api: Api, persona: str, numbers: list[str]) -> None:
    answer = await api.as_(persona).execute(NUMBERS)

    found = answer.data["conventions"]
    assert [edge["node"]["number"] for edge in found["edges"]] == numbers
    assert found["totalCount"] == len(numbers)


async def test_a_convention_out_of_sight_answers_as_one_that_does_not_exist(api: Api) -> None:
    foreign = await api.as_("uploader").execute(ONE, {"number": "104234"})
    unknown = await api.as_("uploader").execute(ONE, {"number": "999999"})

    assert foreign.body == unknown.body == {"data": {"convention": None}}


async def test_a_convention_is_found_again_by_its_id_only_by_who_sees_it(api: Api) -> None:
    seen = await api.as_("promotor").execute(ONE, {"number": "104234"})
    again = "query ($id: ID!) { node(id: $id) { id ... on Convention { number } } }"
    variables = {"id": seen.data["convention"]["id"]}

    own = await api.as_("promotor").execute(again, variables)
    foreign = await api.as_("uploader").execute(again, variables)

    assert own.data["node"]["number"] == "104234"
    assert foreign.body == {"data": {"node": None}}


async def test_the_actions_of_a_viewer_follow_role_and_mandate(api: Api) -> None:
    uploader = await api.as_("uploader").execute(ONE, {"number": "205001"})
    submitter = await api.as_("submitter").execute(ONE, {"number": "205001"})

    common = {"CONSULT", "FILL_IN", "MODIFY", "READ_CONVENTION", "READ_MANDATES", "TEST", "UPLOAD"}
    assert uploader.data["convention"]["viewerActions"] == sorted(common)
    assert submitter.data["convention"]["viewerActions"] == sorted(common | {"SUBMIT"})


async def test_pages_go_on_from_their_cursor(api: Api) -> None:
    query = """query ($after: String) {
      conventions(first: 3, after: $after) { pageInfo { hasNextPage endCursor } edges { node { number } } }
    }"""
    first = await api.as_("helpdesk").execute(query)
    page_info = first.data["conventions"]["pageInfo"]
    second = await api.as_("helpdesk").execute(query, {"after": page_info["endCursor"]})

    assert page_info["hasNextPage"] is True
    assert [edge["node"]["number"] for edge in second.data["conventions"]["edges"]] == ["205002"]
    assert second.data["conventions"]["pageInfo"]["hasNextPage"] is False


async def test_a_forged_cursor_is_refused_with_what_was_expected(api: Api) -> None:
    answer = await api.as_("helpdesk").execute('{ conventions(after: "bm9wZQ") { totalCount } }')

    assert answer.error_codes == ["INVALID_VALUE"]
    assert "cursor" in answer.body["errors"][0]["message"]
