"""Private keys in files that only the running user can read, made once on first use."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from domain.errors import CouldNotRun


class KeyFileRefused(CouldNotRun):
    """A private key is absent, cannot be read or is open to others; the text names the file and the remedy."""


def load_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of *path*; when it is absent, what *make* answers, written there with mode 0600 first.

    Two processes that start together end up with the same key: the file appears whole and only once.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as written:  # mode 0600
            written.write(make())
            written.flush()
            os.fsync(written.fileno())
            # When another process was first, its key counts.
            with contextlib.suppress(FileExistsError):
                os.link(written.name, path)
    return load(path)


def load(path: Path) -> bytes:
    """The content of *path*; raises `KeyFileRefused` when it is absent, unreadable or readable by others."""
    try:
        with path.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise KeyFileRefused(f"{path} can be read by others; expected mode 0600 (chmod 600 {path})")
            return opened.read()
    except OSError as error:
        raise KeyFileRefused(f"{path} cannot be read: {error.strerror}; expected a private key (PEM)") from error
