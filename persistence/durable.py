"""Making a file survive a power cut: its bytes, and the folders that lead to it."""

import os
from pathlib import Path


def make_durable(path: Path, *, up_to: Path | None = None) -> None:
    """Force *path* to disk with the folder that holds it, and with every folder above that until *up_to*."""
    _force(path)
    folder = path.parent
    _force(folder)
    while up_to is not None and folder != up_to:
        folder = folder.parent
        _force(folder)


def _force(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
