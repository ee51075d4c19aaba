"""Making a file survive a power cut: its bytes, and the folders that lead to it."""

import os
import tempfile
from pathlib import Path


def make_durable(path: Path, *, up_to: Path | None = None) -> None:
    """Force *path* to disk with the folder that holds it, and with every folder above that until *up_to*."""
    _force(path)
    folder = path.parent
    _force(folder)
    while up_to is not None and folder != up_to:
        folder = folder.parent
        _force(folder)


def replace_durably(path: Path, data: bytes) -> None:
    """Put *data* in the place of the file at *path*, whole or not at all; others see the old file or the new one.

    Keeps the rights of the old file, and follows a link to it.
    """
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _force(target.parent)


def _force(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
