"""Logs: one line an event, and nothing in it that nobody may read."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from server import redaction
from server.log_context import bind, unbind
from server.logs import configure_logs, request_teller
from server.redaction import redacted, redacted_text
from server.settings import LogLevel

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logs of one test; the logging of the process is put back as it was."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    bound_before = bind()
    written = io.StringIO()
    yield written
    unbind(bound_before)
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("85073003328", "[insz]"),
        ("85.07.30-033.28", "[insz]"),
        ("85 07 30 033 28", "[insz]"),
        ("850730-033-28", "[insz]"),
        ("worker 85073003328, line 7", "worker [insz], line 7"),
        ("insz=85073003328&x", "insz=[insz]&x"),
        ("00000000000", "[insz]"),
        (f"got {TOKEN}", "got [token]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [token]"),
        ("basic dXNlcjpwYXNz", "basic [token]"),
        ("postgres://mandaat:geheim@db/x", "postgres://mandaat:[password]@db/x"),
    ],
)
def test_what_nobody_may_read_is_replaced(text: str, shown: str) -> None:
    assert redacted_text(text) == shown


@pytest.mark.parametrize(
    "pattern", [redaction._INSZ, redaction._JSON_WEB_TOKEN, redaction._BEARER, redaction._PASSWORD_IN_ADDRESS]
)
@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_is_replaced_is_looked_for(pattern: re.Pattern[str] | str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(pattern))

    assert redaction._is_suspect(text)


@pytest.mark.parametrize(
    "text",
    [
        "0999000129",  # an enterprise number
        "123456789012",
        "2026-11-05T09:00:00.123456+01:00",
        "0193a5c2-1234-7123-8123-a12345678901",
        "0193a5c2-1234-7123-8123-012345678901",
        "N-401 blocks 2026-10",
        "sqlite://var/mandaat.sqlite3",
        "104233",
    ],
)
def test_what_looks_a_little_like_it_stays(text: str) -> None:
    assert redacted_text(text) == text


def test_values_are_searched_to_the_bottom() -> None:
    value = {"parts": [{"employee": "85073003328", 85073003328: 85073003328}], "token": TOKEN, "ok": True, "n": 3}

    assert redacted(value) == {
        "parts": [{"employee": "[insz]", "[insz]": "[insz]"}],
        "token": "[hidden]",
        "ok": True,
        "n": 3,
    }


@pytest.mark.parametrize("key", ["authorization", "Authorization", "password", "client_secret", "api_key", "insz"])
def test_what_stands_under_the_name_of_a_secret_is_hidden_whatever_it_is(key: str) -> None:
    assert redacted({key: "geheim"}) == {key: "[hidden]"}


def test_an_event_is_one_line_of_json_with_its_values(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    structlog.get_logger("server.worker").info("file_checked", file_id="abc", findings=3)

    [line] = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "file_checked",
        "file_id": "abc",
        "findings": 3,
        "level": "info",
        "logger": "server.worker",
    }


def test_correlation_id_and_organisation_stand_on_every_line(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    before = bind(correlation_id="abcd-1234")
    bind(organisation="0999000129")
    structlog.get_logger("a").info("one")
    logging.getLogger("library").warning("two")
    unbind(before)
    structlog.get_logger("a").info("three")

    assert [(line.get("correlation_id"), line.get("organisation")) for line in lines(stream)] == [
        ("abcd-1234", "0999000129"),
        ("abcd-1234", "0999000129"),
        (None, None),
    ]


def test_libraries_are_redacted_too_with_arguments_and_tracebacks(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    try:
        int("85073003328x")
    except ValueError:
        logging.getLogger("library").exception("cannot read %s of %s", "85.07.30-033.28", TOKEN)

    [line] = lines(stream)
    assert line["event"] == "cannot read [insz] of [token]"
    assert line["exception"].endswith("ValueError: invalid literal for int() with base 10: '[insz]x'")
    assert "85073003328" not in stream.getvalue()


def test_our_own_tracebacks_are_redacted(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    try:
        int(TOKEN)
    except ValueError:
        structlog.get_logger("a").exception("failed")

    assert TOKEN not in stream.getvalue()
    assert lines(stream)[0]["exception"].endswith("'[token]'")


def test_a_newline_in_a_value_cannot_fake_a_line(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    structlog.get_logger("a").info("request", name='x\n{"event": "forged"}\x1b[31m')

    assert [line["event"] for line in lines(stream)] == ["request"]


def test_events_below_the_level_are_left_out(stream: io.StringIO) -> None:
    configure_logs(LogLevel.WARNING, stream=stream)

    structlog.get_logger("a").info("small")
    structlog.get_logger("a").warning("large")

    assert [line["event"] for line in lines(stream)] == ["large"]


def test_the_access_log_of_the_server_is_silent_and_its_errors_are_not(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    logging.getLogger("uvicorn.access").info("GET /graphql?query=secret")
    logging.getLogger("uvicorn.error").error("broken")

    assert [line["event"] for line in lines(stream)] == ["broken"]


def test_on_a_terminal_people_read_text_and_it_is_redacted_too(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream, as_json=False)

    structlog.get_logger("a").info("checked", employee="85073003328")

    assert "checked" in stream.getvalue()
    assert "[insz]" in stream.getvalue()
    assert "85073003328" not in stream.getvalue()


def test_a_log_that_is_gone_breaks_nothing(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream)
    stream.close()

    structlog.get_logger("a").info("one")


REQUEST: dict[str, Any] = {"method": "POST", "path": "/graphql", "status": 200, "sent_bytes": 53, "milliseconds": 0.4}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"method": "eyJ", "path": f"/files/{TOKEN}"},
        {"path": "/files/85.07.30-033.28/é\ud800\n"},
        {"method": "BASIC", "path": "/basic dXNlcjpwYXNz"},
    ],
)
def test_the_line_of_a_request_says_what_structlog_would(stream: io.StringIO, values: dict[str, Any]) -> None:
    configure_logs(LogLevel.INFO, stream=stream)

    bind(correlation_id="abcd-1234", worker="85073003328", organisation="0999000129")
    request_teller("a")(**REQUEST | values)
    structlog.get_logger("a").info("request", **REQUEST | values)

    ours, theirs = lines(stream)
    assert list(ours) == list(theirs)
    assert len(ours.pop("timestamp")) == len(theirs.pop("timestamp"))
    assert ours == theirs
    assert ours["worker"] == "[insz]"


def test_the_line_of_a_request_is_silenced_with_the_others(stream: io.StringIO) -> None:
    configure_logs(LogLevel.WARNING, stream=stream)

    request_teller("a")(**REQUEST)

    assert stream.getvalue() == ""


def test_the_line_of_a_request_reads_as_the_others_do_on_a_terminal(stream: io.StringIO) -> None:
    configure_logs(LogLevel.INFO, stream=stream, as_json=False)

    request_teller("a")(**REQUEST)

    assert "request" in stream.getvalue()
    assert "{" not in stream.getvalue()
