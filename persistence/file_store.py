"""The store of uploaded bytes: written once, hashed on the way in, and on disk before anyone hears that they are safe.

One URL decides: `file://var/files` (from the working folder), `file:///srv/files`, or `s3://bucket/prefix`. The row
that names a key is the commit point; a blob without a row is swept after a day. A bucket needs a rule that aborts
incomplete multipart uploads.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Container, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from domain.errors import DomainError, InvalidValue
from persistence.durable import make_durable
from persistence.failures import TemporarilyUnavailable

_KEY = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9._-]+)*")
UPLOADS: Final = "collective-files/"
"""Begins the key of every collective file."""
SEGMENTS: Final = "resumable/"
"""Begins the key of every stretch of a file that comes in over several requests."""
_STAGING: Final = "staging/"
_PART_BYTES: Final = 5 * 1024 * 1024
"""The smallest part that S3 takes."""
_PARTS_AT_ONCE: Final = 2
_READ_BYTES: Final = 1024 * 1024
_GAP_BYTES: Final = 32 * 1024
"""Stretches no further apart are fetched together; a wider gap would put much in memory that nobody asked for."""


class FileTooLarge(DomainError):
    """More bytes came than are accepted; none of them are kept."""

    code: ClassVar[str] = "FILE_TOO_LARGE"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(path=("file",), expected=limit_bytes)


class AlreadyStored(Exception):
    """There are bytes under this key already; they stay as they are."""


class StoredBytesMissing(Exception):
    """There are no bytes under a key that should have them."""


class StoredBytesChanged(Exception):
    """The bytes under a key are not those that were stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is safe now: the SHA-256 in hexadecimal and the number of bytes."""

    sha256: str
    size_bytes: int


class FileStore:
    """Bytes by key; keys are made by us (`collective-files/<id>.xml`), never by a client."""

    def __init__(self, url: str) -> None:
        """Raises `InvalidValue` on a URL of another kind; makes the folder of a local store."""
        scheme, _, rest = url.partition("://")
        self.folder: Path | None = None
        self._store: ObjectStore
        if scheme == "file" and rest:
            self.folder = Path(rest).absolute()
            self.folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(self.folder, mkdir=True)
        elif scheme == "s3" and rest:
            self._store = S3Store.from_url(url)
        else:
            raise InvalidValue("fileStoreUrl", found=f"{scheme}://…", expected="file://PATH or s3://BUCKET/PREFIX")

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, limit_bytes: int) -> Stored:
        """Store bytes as they come and answer when they are durable.

        Raises `FileTooLarge` as soon as the limit is passed, `AlreadyStored`, and whatever *chunks* raises; nothing
        is visible under *key* then. Holds a few parts of 5 MB in memory at most.
        """
        metered = _Meter(chunks, limit_bytes)
        if self.folder is None:
            await self._put_in_bucket(_checked(key), metered)
        else:
            await self._put_in_folder(_checked(key), metered, self.folder)
        return Stored(metered.sha256.hexdigest(), metered.size_bytes)

    async def _put_in_folder(self, key: str, chunks: AsyncIterator[bytes], folder: Path) -> None:
        # obstore's own write-once mode keeps the whole file in memory, and it never calls fsync.
        staged = _STAGING + key.replace("/", "~")
        try:
            await self._upload(staged, chunks)
            await asyncio.to_thread(make_durable, folder / staged)
            await obstore.rename_async(self._store, staged, key, overwrite=False)
        except BaseException as error:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, staged)
            if isinstance(error, AlreadyExistsError):
                raise AlreadyStored(key) from error
            raise
        await asyncio.to_thread(make_durable, folder / key, up_to=folder)

    async def _put_in_bucket(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        # A multipart upload cannot ask for "only if absent"; keys are ours and new, so this catches our own mistakes.
        if await self.has(key):
            raise AlreadyStored(key)
        await self._upload(key, chunks)

    async def _upload(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        await obstore.put_async(
            self._store, key, chunks, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE
        )

    async def has(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, _checked(key))
        except FileNotFoundError:
            return False
        return True

    async def read(self, key: str, *, sha256: str) -> AsyncGenerator[bytes]:
        """The bytes in pieces of about 1 MB; raises `StoredBytesChanged` after the last when they are not the same."""
        try:
            got = await obstore.get_async(self._store, _checked(key))
        except FileNotFoundError as error:
            raise StoredBytesMissing(key) from error
        digest = hashlib.sha256()
        async for piece in got.stream(min_chunk_size=_READ_BYTES):
            digest.update(piece)
            yield bytes(piece)
        if digest.hexdigest() != sha256:
            raise StoredBytesChanged(key)

    @asynccontextmanager
    async def local_path(self, key: str, *, sha256: str) -> AsyncGenerator[Path]:
        """A file with these bytes to read from, gone afterwards when it is a copy; never write to it.

        A copy from a bucket is verified; a local file is not read here, because its reader hashes it on the way.
        """
        if self.folder is not None:
            yield _there(self.folder / _checked(key))
            return
        with TemporaryDirectory(prefix="mandaat-") as folder:
            path = Path(folder) / "copy"
            with path.open("wb") as copy:
                async for piece in self.read(key, sha256=sha256):
                    copy.write(piece)
            yield path

    @asynccontextmanager
    async def local_excerpts(
        self, key: str, stretches: Sequence[tuple[int, int]], *, size_bytes: int
    ) -> AsyncGenerator[Path]:
        """As `local_path`, for who reads nothing but *stretches*: from which byte to before which one.

        Of a file in a bucket only those are fetched, and the copy has holes elsewhere; nothing is verified.
        """
        if self.folder is not None:
            yield _there(self.folder / _checked(key))
            return
        inside = [(first, min(end, size_bytes)) for first, end in stretches if first < size_bytes]
        contents = await self._stretches(_checked(key), inside)
        with TemporaryDirectory(prefix="mandaat-") as folder:
            path = Path(folder) / "excerpts"
            with path.open("wb") as copy:
                copy.truncate(size_bytes)
                for (first, _), content in zip(inside, contents, strict=True):
                    copy.seek(first)
                    copy.write(content)
            yield path

    async def _stretches(self, key: str, stretches: Sequence[tuple[int, int]]) -> list[bytes]:
        if not stretches:
            return []
        starts, ends = zip(*stretches, strict=True)
        try:
            got = await obstore.get_ranges_async(self._store, key, starts=starts, ends=ends, coalesce=_GAP_BYTES)
        except FileNotFoundError as error:
            raise StoredBytesMissing(key) from error
        return [bytes(one) for one in got]

    async def delete(self, key: str) -> None:
        """Take away the bytes of an upload that was refused; nothing happens when there are none."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, _checked(key))

    async def sweep(
        self, prefix: str, in_use: Callable[[Sequence[str]], Awaitable[Container[str]]], *, before: datetime
    ) -> list[str]:
        """Delete bytes under *prefix* that were written before *before* and have no row, and unfinished ones.

        Answers their keys. *in_use* says which of some keys have a row. It is asked after those bytes were found, and
        a row is written soon after its bytes. Anything under another prefix stays, whatever its age. Raises
        `TemporarilyUnavailable` when the store cannot be listed or written.
        """
        swept: list[str] = []
        store: Any = self._store  # the type of its list depends on a package for tables that we do not use
        try:
            async for batch in store.list(prefix=prefix.rstrip("/")):
                old = [blob["path"] for blob in batch if blob["last_modified"] < before]
                known = await in_use(old)
                for key in old:
                    if key not in known:
                        await obstore.delete_async(self._store, key)
                        swept.append(key)
        except (BaseError, OSError) as error:
            raise TemporarilyUnavailable from error
        if self.folder is not None:
            swept += await asyncio.to_thread(_sweep_unfinished, self.folder, before)
        return swept


class _Meter:
    """Passes chunks on, hashing and counting them."""

    def __init__(self, chunks: AsyncIterable[bytes], limit_bytes: int) -> None:
        self._chunks = aiter(chunks)
        self._limit_bytes = limit_bytes
        self.sha256 = hashlib.sha256()
        self.size_bytes = 0

    def __aiter__(self) -> "_Meter":
        return self

    async def __anext__(self) -> bytes:
        chunk = await anext(self._chunks)
        self.size_bytes += len(chunk)
        if self.size_bytes > self._limit_bytes:
            raise FileTooLarge(self._limit_bytes)
        self.sha256.update(chunk)
        return chunk


def _checked(key: str) -> str:
    if _KEY.fullmatch(key) is None or ".." in key or key.startswith(_STAGING):
        raise ValueError(f"not a key of this store: {key!r}")
    return key


def _there(path: Path) -> Path:
    if not path.is_file():
        raise StoredBytesMissing(path.name)
    return path


def _sweep_unfinished(folder: Path, before: datetime) -> list[str]:
    """Staging files of writers that were killed, which obstore does not list while they are named `name#1`."""
    swept: list[str] = []
    for path in (folder / _STAGING).glob("*"):
        with suppress(FileNotFoundError):  # finished and renamed just now
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                swept.append(path.relative_to(folder).as_posix())
    return swept
