"""The file store: bytes go in once, whole and hashed, or not at all."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from domain.errors import InvalidValue
from persistence import durable, file_store
from persistence.failures import TemporarilyUnavailable
from persistence.file_store import (
    UPLOADS,
    AlreadyStored,
    FileStore,
    FileTooLarge,
    Stored,
    StoredBytesChanged,
    StoredBytesMissing,
)

KEY = "collective-files/0192.xml"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(f"file://{tmp_path / 'files'}")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> FileStore:
    """A store that keeps its objects elsewhere: in memory, by the same interface as a bucket."""
    memory = MemoryStore()
    monkeypatch.setattr(file_store.S3Store, "from_url", lambda _url: memory)
    return FileStore("s3://bucket/files")


async def pieces(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        await asyncio.sleep(0)
        yield content


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def whole(store: FileStore, sha256: str) -> bytes:
    return b"".join([piece async for piece in store.read(KEY, sha256=sha256)])


async def test_bytes_come_back_as_they_went_in_with_their_hash_and_count(store: FileStore) -> None:
    stored = await store.put(KEY, pieces(b"<a>", b"", b"</a>"), limit_bytes=7)

    assert stored == Stored(hashlib.sha256(b"<a></a>").hexdigest(), 7)
    assert await whole(store, stored.sha256) == b"<a></a>"
    async with store.local_path(KEY, sha256=stored.sha256) as path:
        assert path.read_bytes() == b"<a></a>"


async def test_an_empty_file_is_stored_too(store: FileStore) -> None:
    stored = await store.put(KEY, pieces(), limit_bytes=10)

    assert stored == Stored(hashlib.sha256(b"").hexdigest(), 0)
    assert await whole(store, stored.sha256) == b""


async def test_a_key_is_written_once(store: FileStore) -> None:
    stored = await store.put(KEY, pieces(b"first"), limit_bytes=10)

    with pytest.raises(AlreadyStored):
        await store.put(KEY, pieces(b"second"), limit_bytes=10)

    assert await whole(store, stored.sha256) == b"first"
    assert store.folder is not None
    assert everything_in(store.folder) == [KEY]


async def test_one_byte_too_many_keeps_nothing(store: FileStore) -> None:
    with pytest.raises(FileTooLarge) as refused:
        await store.put(KEY, pieces(b"12345", b"67"), limit_bytes=6)

    assert refused.value.values == {"expected": "6"}
    assert store.folder is not None
    assert everything_in(store.folder) == []


async def test_a_sender_that_breaks_off_keeps_nothing(store: FileStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put(KEY, broken(), limit_bytes=10)

    assert store.folder is not None
    assert everything_in(store.folder) == []


async def test_a_cancelled_upload_keeps_nothing(store: FileStore) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.001)
            yield b"x" * 100_000

    task = asyncio.create_task(store.put(KEY, endless(), limit_bytes=10**12))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await asyncio.sleep(0.1)
    assert not await store.has(KEY)


async def test_an_upload_is_forced_to_disk_before_it_is_acknowledged(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    real = durable._force

    def watched(path: Path) -> None:
        assert store.folder is not None
        forced.append(path.relative_to(store.folder).as_posix())
        real(path)

    monkeypatch.setattr(durable, "_force", watched)
    await store.put(KEY, pieces(b"x"), limit_bytes=1)

    assert forced == ["staging/collective-files~0192.xml", "staging", KEY, "collective-files", "."]


async def test_a_failing_disk_is_loud_and_leaves_nothing_visible(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(path: Path, *, up_to: Path | None = None) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(file_store, "make_durable", failing)
    with pytest.raises(OSError, match="Input/output error"):
        await store.put(KEY, pieces(b"x"), limit_bytes=1)

    assert not await store.has(KEY)


async def test_changed_bytes_are_found_out_when_they_are_read(store: FileStore) -> None:
    stored = await store.put(KEY, pieces(b"right"), limit_bytes=10)
    assert store.folder is not None
    (store.folder / KEY).write_bytes(b"wrong")

    with pytest.raises(StoredBytesChanged):
        await whole(store, stored.sha256)


async def test_missing_bytes_are_an_error_of_their_own(store: FileStore) -> None:
    with pytest.raises(StoredBytesMissing):
        await whole(store, "0" * 64)
    with pytest.raises(StoredBytesMissing):
        async with store.local_path(KEY, sha256="0" * 64):
            pass


async def test_a_file_in_a_bucket_is_copied_and_verified(bucket: FileStore) -> None:
    stored = await bucket.put(KEY, pieces(b"<a>", b"</a>"), limit_bytes=10)

    async with bucket.local_path(KEY, sha256=stored.sha256) as path:
        assert path.read_bytes() == b"<a></a>"
    assert not path.exists()
    with pytest.raises(StoredBytesChanged):
        async with bucket.local_path(KEY, sha256="0" * 64):
            pass


async def test_of_a_file_in_a_bucket_only_the_stretches_that_are_asked_for_are_fetched(
    bucket: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(range(256)) * 4096
    await bucket.put(KEY, pieces(content), limit_bytes=len(content))
    fetched: list[int] = []
    get_ranges = obstore.get_ranges_async

    async def counted(*given: Any, **named: Any) -> Any:
        found = await get_ranges(*given, **named)
        fetched.append(sum(len(one) for one in found))
        return found

    monkeypatch.setattr(obstore, "get_ranges_async", counted)
    monkeypatch.setattr(obstore, "get_async", None)
    stretches = [(0, 10), (500_000, 500_400), (500_200, 500_500), (len(content) - 5, len(content) + 4096)]

    async with bucket.local_excerpts(KEY, stretches, size_bytes=len(content)) as path:
        assert path.stat().st_size == len(content)
        with path.open("rb") as copy:
            for first, end in stretches:
                copy.seek(first)
                assert copy.read(end - first) == content[first:end]
    assert not path.exists()
    assert fetched == [10 + 400 + 300 + 5]


async def test_excerpts_of_what_is_not_there_are_an_error_and_none_at_all_need_no_fetching(bucket: FileStore) -> None:
    with pytest.raises(StoredBytesMissing):
        async with bucket.local_excerpts(KEY, [(0, 10)], size_bytes=20):
            pass
    async with bucket.local_excerpts(KEY, [], size_bytes=20) as path:
        assert path.stat().st_size == 20


async def test_excerpts_of_a_local_file_are_that_file(store: FileStore) -> None:
    await store.put(KEY, pieces(b"<a></a>"), limit_bytes=10)

    async with store.local_excerpts(KEY, [(0, 3)], size_bytes=7) as path:
        assert path.read_bytes() == b"<a></a>"
    with pytest.raises(StoredBytesMissing):
        async with store.local_excerpts("collective-files/none.xml", [(0, 3)], size_bytes=7):
            pass


async def test_deleting_twice_is_no_error(store: FileStore) -> None:
    await store.put(KEY, pieces(b"x"), limit_bytes=1)

    await store.delete(KEY)
    await store.delete(KEY)

    assert not await store.has(KEY)


async def only(keys: Sequence[str]) -> frozenset[str]:
    return frozenset(keys) & {KEY}


async def test_the_sweeper_takes_only_uploads_that_are_old_and_have_no_row(store: FileStore) -> None:
    assert store.folder is not None
    await store.put(KEY, pieces(b"x"), limit_bytes=1)
    await store.put("collective-files/orphan.xml", pieces(b"x"), limit_bytes=1)
    (store.folder / "staging" / "killed#1").write_bytes(b"half")
    (store.folder / "staging" / "unnamed").write_bytes(b"whole")

    assert await store.sweep(UPLOADS, only, before=datetime.now(UTC) - timedelta(days=1)) == []
    swept = await store.sweep(UPLOADS, only, before=datetime.now(UTC) + timedelta(seconds=5))

    assert sorted(swept) == ["collective-files/orphan.xml", "staging/killed#1", "staging/unnamed"]
    assert everything_in(store.folder) == [KEY]


async def test_the_sweeper_leaves_what_is_no_upload(store: FileStore) -> None:
    assert store.folder is not None
    (store.folder / "letters").mkdir()
    for name in ("mandaat.sqlite3", "letters/to-keep#1"):
        (store.folder / name).write_bytes(b"of somebody else")

    assert await store.sweep(UPLOADS, only, before=datetime.now(UTC) + timedelta(seconds=5)) == []
    assert everything_in(store.folder) == ["letters/to-keep#1", "mandaat.sqlite3"]


async def test_bytes_stay_when_nobody_can_say_whether_they_have_a_row(store: FileStore) -> None:
    await store.put(KEY, pieces(b"x"), limit_bytes=1)

    async def unknown(_keys: Sequence[str]) -> frozenset[str]:
        raise TemporarilyUnavailable

    with pytest.raises(TemporarilyUnavailable):
        await store.sweep(UPLOADS, unknown, before=datetime.now(UTC) + timedelta(seconds=5))
    assert await store.has(KEY)


@pytest.mark.parametrize("key", ["../etc/passwd", "/etc/passwd", "staging/x", "", "a/../b", "a b"])
async def test_a_key_that_leaves_the_store_is_refused(store: FileStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        await store.put(key, pieces(b"x"), limit_bytes=1)


def test_another_kind_of_address_is_refused() -> None:
    with pytest.raises(InvalidValue):
        FileStore("ftp://host/files")
