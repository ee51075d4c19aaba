"""Pages of a list: nothing twice, nothing left out, and only cursors that were handed out."""

import base64

import pytest
from builders import a_user

from domain.errors import InvalidValue
from persistence.database import Connection, Database
from persistence.models import UserRow
from persistence.pages import Page, PageRequest, cursor_of, key_of, page_of_rows
from persistence.unit_of_work import unit_of_work


@pytest.fixture
async def seven_users(database: Database) -> None:
    async def make(connection: Connection) -> None:
        for number in range(1, 8):
            await a_user(connection, id=f"id-{number}", subject=f"{number}")

    await unit_of_work(make)


async def page(**arguments: str | int) -> Page[UserRow]:
    request = PageRequest.read(str, **arguments)  # pyright: ignore[reportArgumentType] - each is of its own type
    return await page_of_rows(UserRow.all(), request)


def shown(page: Page[UserRow]) -> tuple[str, bool, bool]:
    return "".join(user.subject for user in page.items), page.has_previous, page.has_next


@pytest.mark.usefixtures("seven_users")
async def test_paging_on_and_back_shows_every_row_once_newest_first() -> None:
    first = await page(first=3)
    second = await page(first=3, after=first.cursors[-1])
    third = await page(first=3, after=second.cursors[-1])

    assert [shown(one) for one in (first, second, third)] == [
        ("765", False, True),
        ("432", True, True),
        ("1", True, False),
    ]

    last = await page(last=3)
    before = await page(last=3, before=last.cursors[0])
    earliest = await page(last=3, before=before.cursors[0])
    assert [shown(one) for one in (last, before, earliest)] == [
        ("321", True, False),
        ("654", True, True),
        ("7", False, True),
    ]


@pytest.mark.usefixtures("seven_users")
async def test_a_page_can_end_before_a_row_and_the_default_shows_all() -> None:
    assert shown(await page(first=5, after=cursor_of("id-6"), before=cursor_of("id-3"))) == ("54", True, False)
    assert shown(await page()) == ("7654321", False, False)
    assert shown(await page(first=0)) == ("", False, True)
    assert shown(await page(first=7)) == ("7654321", False, False)


@pytest.mark.usefixtures("seven_users")
async def test_the_oldest_can_come_first() -> None:
    found = await page_of_rows(UserRow.all(), PageRequest(size=2, after="id-3"), descending=False)

    assert shown(found) == ("45", True, True)


@pytest.mark.usefixtures("seven_users")
async def test_a_cursor_outlives_its_row() -> None:
    first = await page(first=2)
    await unit_of_work(lambda c: UserRow.filter(id="id-6").using_db(c.client).delete())

    assert shown(await page(first=2, after=first.cursors[-1])) == ("54", True, True)


@pytest.mark.parametrize("key", ["0192a", "", "é~?>", 1, 0, 2**63 - 1])
def test_a_cursor_reads_back_as_its_key(key: str | int) -> None:
    assert key_of(cursor_of(key), type(key), field="after") == key


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "abc=",
        cursor_of("id-1"),
        encoded(b"n"),
        encoded(b"n-1"),
        encoded(b"n1.5"),
        encoded(b"n01"),
        encoded(b"n9223372036854775808"),
        encoded(b"n\xff"),
        encoded("n١".encode()),
        cursor_of(5) + "=",
        cursor_of(5) + "\n",
    ],
)
def test_a_forged_cursor_is_refused_by_name(cursor: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        PageRequest.read(int, before=cursor)

    assert refused.value.path == ("before",)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"first": 201}, "first"),
        ({"first": -1}, "first"),
        ({"last": 201}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": encoded(b"t\x00")}, "after"),
    ],
)
def test_a_page_that_cannot_be_is_refused(arguments: dict[str, int | str], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        PageRequest.read(str, **arguments)  # pyright: ignore[reportArgumentType] - each is of its own type

    assert refused.value.path == (field,)
