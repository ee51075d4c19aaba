"""Files that a command was given, or should make, and cannot."""

from domain.errors import CouldNotRun


class FileNotRead(CouldNotRun):
    """The file that a command was given cannot be read; the text says why."""


class FileNotWritten(CouldNotRun):
    """The file that a command should make cannot be written; the text says why."""
