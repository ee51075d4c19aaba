"""Following the performance files of a convention: what changes is shown, and rights that end, end it."""

from api import Api
from following import following, following_changes
from performance_files import MADE, a_file, line_input, make

from graph.nodes import opaque_id
from graph.performance_file_changes import POLL_SECONDS
from persistence.database import rows

CHANGED = """subscription($number: String!) { performanceFileChanged(conventionNumber: $number) {
  id state revision viewerActions lines { edges { node { days } } } } }"""


async def test_changes_are_shown_as_they_happen(api: Api) -> None:
    file_id = await a_file()
    node = opaque_id("PerformanceFile", file_id)

    async with following_changes(api, "promotor", CHANGED, {"number": "104233"}) as stream:
        await make(api.as_("uploader"), "Modify", id=node, revision=1, lines=[line_input(days="10.0")])
        modified = await stream.hear()
        await make(api.as_("promotor"), "Test", id=node, revision=2)
        tested = await stream.hear()

    first, second = (message["payload"]["data"]["performanceFileChanged"] for message in (modified, tested))
    assert (first["id"], first["state"], first["revision"]) == (node, "DRAFT", 2)
    assert first["lines"]["edges"] == [{"node": {"days": "10.0"}}]
    assert (second["state"], "SUBMIT" in second["viewerActions"]) == ("TESTED", True)


async def test_a_new_file_is_a_change_and_files_of_other_conventions_are_none(api: Api) -> None:
    async with following_changes(api, "uploader", CHANGED, {"number": "104233"}) as stream:
        await a_file("205001")
        file_id = await a_file("104233")
        message = await stream.hear()

    assert message["payload"]["data"]["performanceFileChanged"]["id"] == opaque_id("PerformanceFile", file_id)


async def test_it_ends_within_two_seconds_of_a_revoked_role(api: Api) -> None:
    async with following_changes(api, "uploader", CHANGED, {"number": "104233"}) as stream:
        await rows("UPDATE role_grant SET revoked_by = user_id, revoked_at = ? WHERE role = 'uploader'", [MADE])
        looks = stream.looks
        await a_file("104233")
        message = await stream.hear()

    assert message == {"type": "complete", "id": "1"}
    assert (stream.looks - looks) * POLL_SECONDS <= 2


async def test_it_ends_within_two_seconds_of_a_revoked_mandate(api: Api) -> None:
    async with following_changes(api, "uploader", CHANGED, {"number": "104233"}) as stream:
        await rows("UPDATE mandate SET revoked_by = granted_by, revoked_at = ?", [MADE])
        looks = stream.looks
        await a_file("104233")
        message = await stream.hear()

    assert message == {"type": "complete", "id": "1"}
    assert (stream.looks - looks) * POLL_SECONDS <= 2


async def test_a_convention_out_of_sight_answers_as_one_that_does_not_exist(api: Api) -> None:
    async with following(api, "promotor", CHANGED, {"number": "205001"}) as stream:
        unseen = await stream.hear()
    async with following(api, "promotor", CHANGED, {"number": "999999"}) as stream:
        missing = await stream.hear()

    codes = [message["payload"]["errors"][0]["extensions"]["code"] for message in (unseen, missing)]
    assert codes == ["NOT_FOUND", "NOT_FOUND"]
    assert unseen["payload"]["data"] is None
