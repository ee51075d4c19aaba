"""The audit trail: gapless, in the order of commits, and no change to it goes unseen."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from builders import NOW
from databases import unguarded

from persistence.audit import AuditEntry, ChainCheck, Outcome, append, verify_chain
from persistence.database import Connection, Database, rows
from persistence.unit_of_work import unit_of_work


def an_entry(**values: Any) -> AuditEntry:
    defaults: dict[str, Any] = {
        "at": NOW,
        "user_id": "u",
        "organisation_id": "o",
        "action": "grant_mandate",
        "object_kind": "mandate",
        "object_id": "m",
        "outcome": Outcome.DONE,
        "policy_version": "v1",
        "details": {"level": "UPLOAD", "months": ["2026-01", "2026-02"], "é": 1, "last": None, "whole": True},
    }
    return AuditEntry(**(defaults | values))


async def test_entries_are_numbered_and_the_chain_is_whole(database: Database) -> None:
    assert await verify_chain() == ChainCheck(0, None)

    numbers = [await unit_of_work(lambda c: append(c, an_entry())) for _ in range(3)]
    local = datetime.fromisoformat("2026-11-05T09:00:00.000001+01:00")
    await unit_of_work(lambda c: append(c, an_entry(at=local, user_id=None, object_id=None, details={})))

    assert numbers == [1, 2, 3]
    assert await verify_chain() == ChainCheck(4, None)


async def test_an_act_that_fails_leaves_neither_entry_nor_gap(database: Database) -> None:
    async def act_and_fail(connection: Connection) -> None:
        await append(connection, an_entry())
        raise LookupError

    await unit_of_work(lambda c: append(c, an_entry()))
    with pytest.raises(LookupError):
        await unit_of_work(act_and_fail)
    assert await unit_of_work(lambda c: append(c, an_entry())) == 2

    assert await verify_chain() == ChainCheck(2, None)


async def test_acts_at_once_make_one_chain(database: Database) -> None:
    async def act(connection: Connection) -> int:
        await asyncio.sleep(0.001)
        return await append(connection, an_entry())

    numbers = await asyncio.gather(*(unit_of_work(act) for _ in range(20)))

    assert sorted(numbers) == list(range(1, 21))
    assert await verify_chain() == ChainCheck(20, None)


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        ("UPDATE audit_entry SET outcome = 'REFUSED' WHERE sequence = 2", 2),
        ("UPDATE audit_entry SET details = '{}' WHERE sequence = 3", 3),
        ("UPDATE audit_entry SET user_id = NULL WHERE sequence = 1", 1),
        ("DELETE FROM audit_entry WHERE sequence = 2", 2),
        ("DELETE FROM audit_entry WHERE sequence = 4", 4),
        ("DELETE FROM audit_entry", 1),
    ],
)
async def test_the_first_entry_that_was_tampered_with_is_named(
    database: Database, tampering: str, first_bad: int
) -> None:
    for _ in range(4):
        await unit_of_work(lambda c: append(c, an_entry()))

    await unguarded(database, "audit_entry", tampering)

    assert await verify_chain() == ChainCheck(first_bad - 1, first_bad)


async def test_a_long_chain_is_read_in_steps(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("persistence.audit._STEP", 2)
    for _ in range(5):
        await unit_of_work(lambda c: append(c, an_entry()))

    assert await verify_chain() == ChainCheck(5, None)
    assert len(await rows("SELECT DISTINCT hash FROM audit_entry")) == 5
