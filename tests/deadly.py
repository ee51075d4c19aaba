"""Checks that kill, fill or hang the process in which they run: planted in real child processes of a worker."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from validation.checking import check_piece

POISON = b"<Bestandsreferentie>POISON-"


def exits() -> None:
    os._exit(3)


def is_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crashes() -> None:
    os.abort()


def hangs() -> None:
    signal.pause()


def is_busy() -> None:
    while True:
        pass


def is_deaf_and_busy() -> None:
    """Not even the signal of the limit on processor time is heard."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    is_busy()


def fills_memory() -> int:
    filled: list[bytes] = []
    while True:
        filled.append(b"x" * 16 * 1024 * 1024)


def fills_memory_quietly() -> int:
    """Code that knows better than to let anything through."""
    try:
        return fills_memory()
    except Exception as error:
        raise ValueError("something else") from error


def does_not_start(*_: object) -> None:
    os._exit(1)


def waits_for(path: Path) -> str:
    while not path.exists():
        time.sleep(0.01)
    return "done"


DEATHS: dict[bytes, Callable[[], object]] = {
    b"EXIT": exits,
    b"KILL": is_killed,
    b"BUSY": is_busy,
    b"HANG": hangs,
    b"FILL": fills_memory,
}


def check_piece_of_poison(path: Path, *args: Any, **kwargs: Any) -> Any:
    """The check of a piece, but the reference `POISON-…` of a file says how it dies."""
    head = path.read_bytes()[:2000]
    found = head.find(POISON)
    if found >= 0:
        DEATHS[head[found + len(POISON) :][:4]]()
    return check_piece(path, *args, **kwargs)
