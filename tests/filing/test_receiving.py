"""Taking a collective file in: what is acknowledged is safe, and what is refused leaves nothing behind."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from collective import (
    KEY,
    KEY_ID,
    LIMIT,
    kept,
    nothing_kept,
    persona,
    referenced,
    sample,
    send,
    stored_files,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey

from domain.caller import Caller
from domain.decisions import Lack, NotAllowed
from domain.errors import IdempotencyKeyReused, InvalidValue
from domain.months import Clock
from domain.states import CollectiveFileState
from domain.vocabulary import Mode
from filing.office import Office
from filing.peeking import CollectiveFileRefused, CollectiveFileTooLarge
from filing.receipts import Receipt, verify_receipt
from filing.receiving import ReferenceReused, SendCollectiveFile, SentFile, labelled, receive_collective_file
from persistence.database import rows
from persistence.models import CollectiveFileRow

PRODUCTION = SendCollectiveFile(mode=Mode.PRODUCTION)
PUBLIC = OKPKey.import_key(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
JWKS = {"keys": [{**{name: str(value) for name, value in PUBLIC.as_dict().items()}, "kid": KEY_ID}]}


async def test_a_file_is_kept_unchanged_with_its_row_receipt_and_audit_entry(office: Office, uploader: Caller) -> None:
    data = sample()

    row = await send(office, uploader, data, key="one", file_name="C:\\lonen\\oktober.xml")

    assert row.state is CollectiveFileState.RECEIVED
    assert (row.file_name, row.reference, row.mode) == ("oktober.xml", "ALFA-202610-VALID", Mode.PRODUCTION)
    assert b"".join([piece async for piece in office.store.read(row.store_key, sha256=row.sha256)]) == data
    entries = await rows("SELECT action, object_id, outcome FROM audit_entry WHERE object_kind = 'collective_file'")
    assert entries == [{"action": "collectiveFileUpload", "object_id": row.id, "outcome": "DONE"}]
    stored = await CollectiveFileRow.get(id=row.id)
    assert (stored.sha256, stored.receipt, stored.attempt) == (hashlib.sha256(data).hexdigest(), row.receipt, 0)


async def test_the_receipt_says_what_was_taken_in_and_verifies(office: Office, uploader: Caller) -> None:
    data = sample()

    receipt = Receipt.parse((await send(office, uploader, data)).receipt)

    assert verify_receipt(receipt, JWKS)
    assert receipt.values["sha256"] == hashlib.sha256(data).hexdigest()
    assert receipt.values["bytes"] == len(data)
    assert receipt.values["sender"] == "0999000327"
    assert receipt.values["receivedAt"] == "2026-11-05T08:00:00.000+00:00"


ALFA = b"<Ondernemingsnummer>0999000327<"
REFUSED = {
    "nothing": (b"", "F-001", 1),
    "blank": (b" \n\t", "F-001", 1),
    "no XML": (b"PK\x03\x04 a spreadsheet", "F-001", 1),
    "cut off in the head": (sample()[:300], "F-001", None),
    "DOCTYPE": (sample().replace(b"<Collectief", b"<!DOCTYPE x>\n<Collectief", 1), "F-001", 2),
    "UTF-16": (sample().decode().encode("utf-16"), "F-001", 1),
    "another encoding": (sample().replace(b"UTF-8", b"ISO-8859-1", 1), "F-001", 1),
    "another schema version": (sample().replace(b'schemaVersie="1.0"', b'schemaVersie="9.9"', 1), "F-002", 2),
    "another sender": (sample().replace(ALFA, b"<Ondernemingsnummer>0999000426<", 1), "F-004", 7),
    "another environment": (sample().replace(b"<Omgeving>P<", b"<Omgeving>T<", 1), "F-003", 5),
    "a head that breaks the schema": (sample().replace(b"<Omgeving>P<", b"<Omgeving>X<", 1), "XSD.enumeration", 5),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_no_file_of_the_sender_is_refused_with_its_place(
    office: Office, uploader: Caller, case: str
) -> None:
    data, code, line = REFUSED[case]

    async with nothing_kept(office):
        with pytest.raises(CollectiveFileRefused) as refused:
            await send(office, uploader, data)

    finding = refused.value.findings[0]
    assert finding.code == code
    assert finding.place is not None
    assert line is None or finding.place.line == line


async def test_a_refused_file_is_not_read_to_its_end(office: Office, uploader: Caller) -> None:
    read = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"<wrong>" * 10_000

    async with nothing_kept(office):
        with pytest.raises(CollectiveFileRefused):
            await receive_collective_file(office, uploader, PRODUCTION, _sent(endless()))

    assert read == 1


async def test_a_file_over_the_limit_is_refused_with_what_was_measured(office: Office, uploader: Caller) -> None:
    data = sample() + b" " * LIMIT

    async with nothing_kept(office):
        with pytest.raises(CollectiveFileTooLarge) as refused:
            await send(office, uploader, data)

    assert refused.value.limit_bytes == LIMIT
    assert LIMIT < refused.value.measured_bytes <= len(data)


async def test_a_file_that_says_it_is_over_the_limit_is_not_read(office: Office, uploader: Caller) -> None:
    with pytest.raises(CollectiveFileTooLarge) as refused:
        await receive_collective_file(office, uploader, PRODUCTION, _sent(_never_read(), size_bytes=LIMIT + 1))

    assert refused.value.measured_bytes == LIMIT + 1


@pytest.mark.parametrize("name", ["nobody", "lokale-beheerder", "helpdesk", "case-handler", "auditor"])
async def test_who_may_upload_nowhere_is_refused_before_a_byte_is_read(office: Office, name: str) -> None:
    caller = await persona(office, name)

    async with nothing_kept(office):
        with pytest.raises(NotAllowed) as refused:
            await receive_collective_file(office, caller, PRODUCTION, _sent(_never_read()))

    assert refused.value.decision.missing != ()


async def test_who_lacks_a_right_hears_all_that_is_missing(office: Office) -> None:
    caller = await persona(office, "nobody")

    with pytest.raises(NotAllowed) as refused:
        await receive_collective_file(office, caller, PRODUCTION, _sent(_never_read()))

    assert [one.lack for one in refused.value.decision.missing] == [Lack.ROLE, Lack.ADMISSION]


async def test_a_sender_without_admission_tests_but_does_not_deliver(office: Office) -> None:
    caller = await persona(office, "uploader-beta")
    data = sample().replace(ALFA, b"<Ondernemingsnummer>0999000426<", 1)

    async with nothing_kept(office):
        with pytest.raises(NotAllowed) as refused:
            await receive_collective_file(office, caller, PRODUCTION, _sent(_never_read()))
    row = await send(office, caller, data, mode=Mode.TEST, checks_only=True)

    assert [one.lack for one in refused.value.decision.missing] == [Lack.ADMISSION]
    assert row.checks_only


async def test_a_blocked_organisation_delivers_nothing(office: Office, uploader: Caller, clock: Clock) -> None:
    await rows("UPDATE organisation SET blocked_since = ? WHERE id = ?", [clock(), uploader.organisation_id])

    async with nothing_kept(office):
        with pytest.raises(NotAllowed) as refused:
            await receive_collective_file(office, uploader, PRODUCTION, _sent(_never_read()))

    assert [one.lack for one in refused.value.decision.missing] == [Lack.BLOCKED]


async def test_a_role_that_is_withdrawn_during_the_upload_stops_it(office: Office, uploader: Caller) -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        yield sample()[:5000]
        await rows("UPDATE role_grant SET revoked_at = granted_at, revoked_by = granted_by WHERE role = 'uploader'")
        yield sample()[5000:]

    async with nothing_kept(office):
        with pytest.raises(NotAllowed):
            await receive_collective_file(office, uploader, PRODUCTION, _sent(pieces()))


async def test_a_promotor_may_send_for_himself(office: Office) -> None:
    caller = await persona(office, "promotor")
    data = sample().replace(ALFA, b"<Ondernemingsnummer>0999000129<", 1)

    # Admission counts for whoever sends in production.
    row = await send(office, caller, data.replace(b"<Omgeving>P<", b"<Omgeving>T<"), mode=Mode.TEST)

    assert row.sender_id == caller.organisation_id


async def test_either_environment_will_do_for_a_test(office: Office, uploader: Caller) -> None:
    production = await send(office, uploader, sample(), mode=Mode.TEST, checks_only=True)
    test = await send(office, uploader, REFUSED["another environment"][0], mode=Mode.TEST, checks_only=True)

    assert [production.state, test.state] == [CollectiveFileState.RECEIVED] * 2


async def test_a_reference_used_for_other_content_is_refused_and_names_the_first(
    office: Office, uploader: Caller
) -> None:
    first = await send(office, uploader, sample())

    async with nothing_kept(office):
        with pytest.raises(ReferenceReused) as refused:
            await send(office, uploader, sample() + b"\n")

    assert refused.value.earlier.id == first.id
    assert refused.value.earlier.receipt == first.receipt


async def test_the_same_file_again_gets_the_first_receipt(office: Office, uploader: Caller) -> None:
    first = await send(office, uploader, sample())
    before = await kept(office)

    again = await send(office, uploader, sample())

    assert (again.id, again.receipt) == (first.id, first.receipt)
    assert await kept(office) == before


async def test_the_same_file_is_checked_again_each_time_that_it_is_only_tested(
    office: Office, uploader: Caller
) -> None:
    first = await send(office, uploader, sample(), mode=Mode.TEST, checks_only=True)
    again = await send(office, uploader, sample(), mode=Mode.TEST, checks_only=True)

    assert first.id != again.id


async def test_two_senders_may_use_the_same_reference(office: Office, uploader: Caller) -> None:
    beta = await persona(office, "uploader-beta")
    data = REFUSED["another environment"][0]

    mine = await send(office, uploader, data, mode=Mode.TEST)
    theirs = await send(office, beta, data.replace(ALFA, b"<Ondernemingsnummer>0999000426<", 1), mode=Mode.TEST)

    assert mine.id != theirs.id


async def test_a_reference_is_free_again_after_a_rejection(office: Office, uploader: Caller, clock: Clock) -> None:
    first = await send(office, uploader, sample())
    await rows("UPDATE collective_file SET state = 'REJECTED', finished_at = ? WHERE id = ?", [clock(), first.id])

    mended = await send(office, uploader, sample() + b"\n")

    assert mended.id != first.id


async def test_a_key_with_the_same_request_answers_the_same(office: Office, uploader: Caller) -> None:
    first = await send(office, uploader, sample(), key="k")
    before = await kept(office)

    again = await send(office, uploader, sample(), key="k")

    assert again.id == first.id
    assert await kept(office) == before


async def test_a_key_with_another_request_is_refused(office: Office, uploader: Caller) -> None:
    await send(office, uploader, sample(), key="k")

    async with nothing_kept(office):
        with pytest.raises(IdempotencyKeyReused):
            await send(office, uploader, referenced(sample(), "ANOTHER"), key="k")


@pytest.mark.parametrize("key", ["", "with space", "é", "x" * 101, "line\nbreak"])
async def test_a_key_of_the_wrong_form_is_refused(office: Office, uploader: Caller, key: str) -> None:
    async with nothing_kept(office):
        with pytest.raises(InvalidValue):
            await send(office, uploader, sample(), key=key)


@pytest.mark.parametrize("key", [None, "k"])
async def test_the_same_file_many_times_at_once_is_kept_once(office: Office, uploader: Caller, key: str | None) -> None:
    sent = await asyncio.gather(*(send(office, uploader, sample(), key=key) for _ in range(6)))

    assert len({row.id for row in sent}) == 1
    assert len(stored_files(office)) == 1
    assert (await kept(office))["collective_file"] == 1


async def test_of_two_contents_at_once_under_one_reference_one_is_kept(office: Office, uploader: Caller) -> None:
    outcomes = await asyncio.gather(
        send(office, uploader, sample()), send(office, uploader, sample() + b"\n"), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["CollectiveFileRow", "ReferenceReused"]
    assert len(stored_files(office)) == 1


async def test_a_sender_that_goes_away_leaves_nothing(office: Office, uploader: Caller) -> None:
    async def broken() -> AsyncGenerator[bytes]:
        yield sample()[:5000]
        raise ConnectionResetError

    async with nothing_kept(office):
        with pytest.raises(ConnectionResetError):
            await receive_collective_file(office, uploader, PRODUCTION, _sent(broken()))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("oktober.xml", "oktober.xml"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a b.xml", "a b.xml"),
        ("a\u202efdp.xml", "afdp.xml"),
        ("a\x1b[31m\nb.xml", "a[31mb.xml"),
        ("cafe\u0301.xml", "caf\u00e9.xml"),
        ("..", "collectief-bestand.xml"),
        ("", "collectief-bestand.xml"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_file_name_is_only_a_label(given: str, shown: str) -> None:
    assert labelled(given) == shown


def _sent(content: AsyncIterator[bytes], *, size_bytes: int | None = None) -> SentFile:
    return SentFile(content, "x.xml", size_bytes)


async def _never_read() -> AsyncGenerator[bytes]:
    raise AssertionError("not a byte is read")
    yield b""
