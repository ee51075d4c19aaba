"""Points a minute: what is asked in one breath and little by little, by one caller and by all of an organisation."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx2
import pytest
from api import Api, running

from domain.caller import Caller
from domain.identifiers import EnterpriseNumber
from domain.months import Clock
from domain.vocabulary import OrganisationKind
from filing.demo import load_demo_world
from graph.allowances import REQUEST_POINTS, Allowances, RateLimited
from persistence.database import rows
from server.app import create_app
from server.settings import Settings

VIEWER = "{ viewer { user { name } } }"
CALLER = Caller("u1", "Omar", "o1", "Alfa", EnterpriseNumber("0999000327"), OrganisationKind.SECRETARIAT, frozenset())
COLLEAGUE = replace(CALLER, user_id="u2")
STRANGER = replace(CALLER, user_id="u3", organisation_id="o2")


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def allowances(hand: Hand) -> Allowances:
    return Allowances(of_caller=600, of_organisation=1000, clock=hand)


def spend(allowances: Allowances, points: int, caller: Caller | None = CALLER) -> None:
    allowances.charge(caller, points - REQUEST_POINTS)


def test_a_minutes_points_can_be_asked_at_once_and_not_one_more(allowances: Allowances) -> None:
    spend(allowances, 600)

    with pytest.raises(RateLimited) as refused:
        spend(allowances, 10)
    assert refused.value.measured == {"limit": 600, "found": 610, "retryAfterSeconds": 1}


def test_they_come_back_as_time_goes_by(allowances: Allowances, hand: Hand) -> None:
    spend(allowances, 600)
    hand.seconds += 30
    spend(allowances, 300)

    with pytest.raises(RateLimited) as refused:
        spend(allowances, 100)
    hand.seconds += refused.value.measured["retryAfterSeconds"]
    spend(allowances, 100)


def test_never_more_than_a_minutes_points_are_saved_up(allowances: Allowances, hand: Hand) -> None:
    hand.seconds += 3600
    spend(allowances, 600)

    with pytest.raises(RateLimited):
        spend(allowances, 10)


def test_what_is_refused_is_not_counted(allowances: Allowances, hand: Hand) -> None:
    spend(allowances, 590)
    for _ in range(100):
        with pytest.raises(RateLimited):
            spend(allowances, 20)
    hand.seconds += 1
    spend(allowances, 20)


def test_a_33_colleagues_share_what_their_organisation_has(allowances: Allowances) -> None:
    spend(allowances, 600)
    spend(allowances, 400, COLLEAGUE)

    with pytest.raises(RateLimited) as refused:
        spend(allowances, 10, COLLEAGUE)
    assert refused.value.measured["limit"] == 1000
    spend(allowances, 600, STRANGER)
    spend(allowances, 600, None)


def test_a_33_who_submits_has_room_when_all_else_is_asked(allowances: Allowances) -> None:
    spend(allowances, 600)
    for _ in range(15):
        allowances.charge(CALLER, 0, is_submission=True)

    with pytest.raises(RateLimited):
        allowances.charge(CALLER, 0, is_submission=True)


def test_who_asks_no_more_is_forgotten(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.allowances._MOST_KEPT", 10)
    allowances = Allowances(of_caller=600, of_organisation=1000, clock=hand)
    for number in range(100):
        hand.seconds += 60
        spend(allowances, 10, replace(CALLER, user_id=str(number), organisation_id=str(number)))

    assert len(allowances._paid_at) <= 12


@pytest.fixture
async def short(settings: Settings, clock: Clock) -> AsyncGenerator[Api]:
    """A server that lets each caller ask for little."""
    changed = settings.model_copy(update={"graphql_points_of_caller": 25})
    async with running(create_app(changed, clock=clock), changed, clock) as started:
        await load_demo_world(clock)
        yield started


async def asked(api: Api, query: str, media_type: str, persona: str = "uploader") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {api.token(persona)}", "Accept": media_type}
    return await api.http.post("/graphql", json={"query": query}, headers=headers)


@pytest.mark.parametrize("media_type", ["application/json", "application/graphql-response+json"])
async def test_a_33_who_asks_too_much_is_told_when_to_come_back(short: Api, media_type: str) -> None:
    first = [await asked(short, VIEWER, media_type) for _ in range(2)]
    before = await rows("SELECT COUNT(*) AS n FROM audit_entry")
    refused = await asked(short, VIEWER, media_type)
    other = await asked(short, VIEWER, media_type, "submitter")

    assert [answer.status_code for answer in first] == [200, 200]
    assert refused.status_code == 429
    assert refused.headers["retry-after"].isdigit()
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["limit"] == 25
    assert error["extensions"]["retryAfterSeconds"] == int(refused.headers["retry-after"])
    assert "data" not in refused.json()
    assert other.status_code == 200
    assert await rows("SELECT COUNT(*) AS n FROM audit_entry") == before


async def test_documents_that_are_refused_count_as_requests(short: Api) -> None:
    statuses = [(await asked(short, "{ nothing", "application/graphql-response+json")).status_code for _ in range(3)]

    assert statuses == [400, 400, 429]
