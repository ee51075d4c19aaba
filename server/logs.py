"""Logs: one event and its values a line, JSON for machines and colours on a terminal, nothing personal in either.

Everything that logs, our code through structlog and the libraries through the standard library, goes through the same
chain, so redaction cannot be walked around.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from server.redaction import redacted_entry, redacted_text
from server.settings import LogLevel

_OURS = frozenset({"event", "level", "timestamp", "logger", "_record", "_from_structlog"})


def configure_logs(level: LogLevel, *, stream: TextIO | None = None, as_json: bool | None = None) -> None:
    """Send every log of this process to *stream* (standard error), as JSON unless it is a terminal.

    Call it once at the start of each process, workers included. Requests are logged by our own middleware, so
    uvicorn's access log, which shows query strings, is silenced: start uvicorn with `log_config=None`.
    """
    target = sys.stderr if stream is None else stream
    is_json = not target.isatty() if as_json is None else as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                redact,
                ProcessorFormatter.remove_processors_meta,
                _renderer(is_json=is_json),
            ],
        )
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
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def bind_organisation(enterprise_number: str) -> None:
    """Put the acting organisation on every later line of this request."""
    structlog.contextvars.bind_contextvars(organisation=enterprise_number)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what may not be read in the event's text and in each of its values, tracebacks included."""
    for key, value in event.items():
        if key == "event":
            event[key] = redacted_text(str(value))
        elif key not in _OURS:
            event[key] = redacted_entry(key, value)
    return event


def _renderer(*, is_json: bool) -> Processor:
    if is_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
