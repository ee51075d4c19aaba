"""Logs: one event and its values a line, JSON for machines and colours on a terminal, nothing personal in either.

Everything that logs, our code through structlog and the libraries through the standard library, is redacted by the same
rules, so they cannot be walked around.
"""

import json
import logging
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from server.log_context import bound
from server.redaction import is_harmless, redacted_entry, redacted_text
from server.settings import LogLevel

_VETTED = frozenset({"correlation_id", "organisation"})
"""Bound to a request by ourselves: an id that was looked at, and a number with the right check digits."""
_OURS = frozenset({"event", "level", "timestamp", "logger", "_record", "_from_structlog"})


def configure_logs(level: LogLevel, *, stream: TextIO | None = None, as_json: bool | None = None) -> None:
    """Send every log of this process to *stream* (standard error), as JSON unless it is a terminal.

    Call it once at the start of each process, workers included. Requests are logged by our own middleware, so
    uvicorn's access log, which shows query strings, is silenced: start uvicorn with `log_config=None`.
    """
    target = sys.stderr if stream is None else stream
    is_json = not target.isatty() if as_json is None else as_json
    told: list[Processor] = [
        _merge_bound,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written: list[Processor] = [
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
        _renderer(is_json=is_json),
    ]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=told, processors=[ProcessorFormatter.remove_processors_meta, *written])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = name != "uvicorn.access"
    # They tell of every request and query at info or debug, with addresses and values in them.
    for name in ("httpx2", "httpcore2", "httpx", "httpcore", "tortoise", "aiosqlite", "asyncio", "casbin"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[_tell_at_once, redact, _renderer(is_json=is_json)],
        logger_factory=_LinesTo(target, tells_requests=is_json and root.isEnabledFor(logging.INFO)),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=False,
    )


def request_teller(name: str) -> Callable[..., None]:
    """What logs `request` with its values, for the logger of that name; take it after `configure_logs`.

    Each answer leaves one such line, so where logs are JSON it is written without the rounds of structlog: they take a
    tenth of a small answer. What it says is what structlog would (a test holds them side by side).
    """
    factory = structlog.get_config()["logger_factory"]
    if isinstance(factory, _LinesTo) and factory.tells_requests:
        return partial(_tell_request, factory(name))
    return partial(structlog.get_logger(name).info, "request")


def _tell_request(
    lines: "_Lines", *, method: str, path: str, status: int, sent_bytes: int, milliseconds: float
) -> None:
    """Of these values a client chooses two."""
    event: dict[str, Any] = {
        "method": redacted_text(method),
        "path": redacted_text(path),
        "status": status,
        "sent_bytes": sent_bytes,
        "milliseconds": milliseconds,
        "event": "request",
    }
    for key, value in bound().items():
        event[key] = value if key in _VETTED else redacted_entry(key, value)
    event |= {"level": "info", "logger": lines.name, "timestamp": _now()}
    lines.msg(_as_json(event))


@dataclass(frozen=True, slots=True)
class _LinesTo:
    """Makes the loggers of ours; *tells_requests*: they are JSON, and nobody has silenced what is of no concern."""

    stream: TextIO
    tells_requests: bool

    def __call__(self, name: str = "") -> "_Lines":
        return _Lines(self.stream, name)


class _Lines:
    """Where our own logs end: the standard library would make two records of each line first."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        # As the standard library does: what cannot be written down is done all the same.
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except (OSError, ValueError):
            pass

    debug = info = warning = error = critical = exception = msg


def _merge_bound(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put what was bound into *event*, where it does not say it itself."""
    for name, value in bound().items():
        event.setdefault(name, value)
    return event


def _tell_at_once(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What *told* says of a record of a library, and tracebacks: for our own lines, of which each request has one."""
    event = _merge_bound(logger, method, event)
    event["level"] = "error" if method == "exception" else method
    event["logger"] = logger.name
    event["timestamp"] = _now()
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, method, cast("Any", event))
    return event


def _now() -> str:
    """As structlog writes the moments of libraries."""
    return f"{datetime.now(UTC).isoformat().removesuffix('+00:00')}Z"


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what may not be read in the event's text and in each of its values, tracebacks included."""
    for key, value in event.items():
        if key == "event":
            event[key] = redacted_text(str(value))
        elif key not in _OURS and not is_harmless(key, value):
            event[key] = redacted_entry(key, value)
    return event


def _renderer(*, is_json: bool) -> Processor:
    if is_json:
        return structlog.processors.JSONRenderer(_as_json)
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _as_json(event: dict[str, Any], **options: Any) -> str:
    """What is redacted is plain; what orjson does not take all the same, as a number of twenty digits, json does."""
    try:
        return orjson.dumps(event).decode()
    except TypeError:
        return json.dumps(event, ensure_ascii=False, **options)
