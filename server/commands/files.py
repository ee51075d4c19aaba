"""Files that a command was given, or should make, and what is said when it cannot."""

from pathlib import Path

from domain.errors import CouldNotRun


class FileNotRead(CouldNotRun):
    """The file that a command was given cannot be read; the text says why."""


class FileNotWritten(CouldNotRun):
    """The file that a command should make cannot be written; the text says why."""


def text_of(path: Path) -> str:
    """The text in *path*; raises `FileNotRead` when it is not there, not readable or no UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise FileNotRead(f"{path} cannot be read: {why}") from error
