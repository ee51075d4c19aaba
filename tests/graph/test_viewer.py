import asyncio

from api import Api

VIEWER = "{ viewer { user { name } organisation { name enterpriseNumber kind } roles } }"


async def test_a_caller_sees_himself_his_organisation_and_his_roles(api: Api) -> None:
    answer = await api.as_("uploader").execute(VIEWER)

    assert answer.data == {
        "viewer": {
            "user": {"name": "Omar Peeters"},
            "organisation": {
                "name": "Sociaal Secretariaat Alfa",
                "enterpriseNumber": "0999000327",
                "kind": "SECRETARIAT",
            },
            "roles": ["UPLOADER"],
        }
    }


async def test_callers_of_the_same_moment_each_see_themselves(api: Api) -> None:
    personas = ["uploader", "promotor", "submitter", "helpdesk", "uploader", "policy-admin"]
    alone = [(await api.as_(persona).execute(VIEWER)).data for persona in personas]

    at_once = await asyncio.gather(*(api.as_(persona).execute(VIEWER) for persona in personas * 4))

    assert [answer.data for answer in at_once] == alone * 4
    assert len({str(one) for one in alone}) == len(set(personas))


async def test_a_caller_without_a_token_is_refused(api: Api) -> None:
    answer = await api.anonymous.execute(VIEWER)

    assert (answer.status, answer.error_codes) == (401, ["UNAUTHENTICATED"])
    assert answer.body["data"] is None


async def test_a_refusal_speaks_the_language_of_the_request(api: Api) -> None:
    client = api.with_token("no.good.token").speaking("fr-BE, nl;q=0.5")

    answer = await client.execute(VIEWER)

    assert answer.status == 401
    assert answer.body["errors"][0]["message"] == "Un jeton d’accès valable est nécessaire (Authorization: Bearer …)."
