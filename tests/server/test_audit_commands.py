"""`mandaat audit` on the database file itself: a flipped bit and a cut tail are found (A-29, F-14)."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import NOW
from databases import migrate, run_apart

from persistence.audit import AuditEntry, Outcome, append
from persistence.database import database as open_database
from persistence.unit_of_work import unit_of_work
from server.commands.main import run

pytestmark = pytest.mark.only_on("sqlite", because="the bits are flipped in the database file")


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database file with five entries, which the settings name."""
    path = tmp_path / "mandaat.sqlite3"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANDAAT_DATABASE_URL", f"sqlite://{path}")
    run_apart(_filled(f"sqlite://{path}", range(1, 6)))
    return path


async def _filled(url: str, numbers: range) -> None:
    await migrate(url)
    async with open_database(url):
        for number in numbers:
            entry = AuditEntry(
                at=NOW.replace(minute=number),
                user_id="u",
                organisation_id="o",
                action="mandateGrant",
                object_kind="mandate",
                object_id=f"object-{number}",
                outcome=Outcome.DONE,
                policy_version="v",
                details={"level": "UPLOAD"},
            )
            await unit_of_work(lambda connection, entry=entry: append(connection, entry))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["audit", *arguments])
    return code, capsys.readouterr().out


def cut(path: Path, *, after: int) -> None:
    """Take the newest entries away and let the database forget that they were ever promised."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM audit_entry WHERE sequence > ?", [after])
        connection.execute("UPDATE number_series SET next_number = ? WHERE name = 'audit_entry'", [after + 1])
        for _, sql in guards:
            connection.execute(sql)


def test_a_whole_trail_verifies_also_against_its_head(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, head = printed(capsys, "head")
    Path("head.json").write_text(head)
    content = json.loads(json.loads(head)["content"])

    assert (code, content["sequence"], content["kind"]) == (0, 5, "auditHead")
    assert printed(capsys, "verify") == (0, "whole; entries: 5\n")
    assert printed(capsys, "verify", "--head", "head.json") == (0, "whole; entries: 5\n")
    run_apart(_filled(f"sqlite://{trail}", range(6, 8)))
    assert printed(capsys, "verify", "--head", "head.json") == (0, "whole; entries: 7\n")


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize("bit", range(8))
def test_a_29_a_single_flipped_bit_in_the_file_is_found_and_its_entry_named(
    trail: Path, capsys: pytest.CaptureFixture[str], number: int, bit: int
) -> None:
    bits = bytearray(trail.read_bytes())
    place = bits.index(f"object-{number}".encode()) + len("obje")
    bits[place] ^= 1 << bit
    Path("copy").mkdir()
    copy = Path("copy/mandaat.sqlite3")
    copy.write_bytes(bits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MANDAAT_DATABASE_URL", f"sqlite://{copy.absolute()}")
        code = run(["audit", "verify"])

    told = capsys.readouterr()
    # The highest bit makes it no UTF-8: it cannot even be read.
    assert (code, told.out) == (1, f"not whole: entry {number} is not what was written, or is gone\n")
    assert printed(capsys, "verify") == (0, "whole; entries: 5\n")


def test_f_14_a_tail_that_was_cut_off_without_a_trace_is_found_by_the_head(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("head.json").write_text(printed(capsys, "head")[1])
    shutil.copyfile(trail, "whole.sqlite3")

    cut(trail, after=3)

    assert printed(capsys, "verify") == (0, "whole; entries: 3\n")
    told = (1, "not whole: entry 4 is not what was written, or is gone\n")
    assert printed(capsys, "verify", "--head", "head.json") == told


def test_f_14_a_trail_that_was_made_anew_is_found_by_the_head(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("head.json").write_text(printed(capsys, "head")[1])
    cut(trail, after=4)
    run_apart(_filled(f"sqlite://{trail}", range(6, 8)))

    assert printed(capsys, "verify") == (0, "whole; entries: 6\n")
    told = (1, "not whole: entry 5 is not what was written, or is gone\n")
    assert printed(capsys, "verify", "--head", "head.json") == told


def test_a_head_that_was_changed_or_signed_by_another_key_says_nothing(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = printed(capsys, "head")[1]
    Path("forged.json").write_text(head.replace('\\"sequence\\":5', '\\"sequence\\":4'))
    Path("head.json").write_text(head)
    Path("var/keys/receipt.pem").unlink()

    for name in ("forged.json", "head.json"):
        told = (1, f"not whole: {name} is not signed by the key, or was changed\n")
        assert printed(capsys, "verify", "--head", name) == told


@pytest.mark.parametrize("content", ["", "[]", '{"content": 1, "signature": "x"}'])
def test_what_is_no_head_at_all_ends_with_2(trail: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    Path("head.json").write_text(content)

    assert printed(capsys, "verify", "--head", "head.json") == (2, "")
    assert printed(capsys, "verify", "--head", "missing.json") == (2, "")


def test_an_empty_trail_has_no_head(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut(trail, after=0)

    assert printed(capsys, "head") == (2, "")


def test_the_export_is_a_line_an_entry_with_all_that_the_hashes_cover(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = printed(capsys, "export")
    lines = [json.loads(line) for line in text.splitlines()]

    assert (code, [line["sequence"] for line in lines]) == (0, [1, 2, 3, 4, 5])
    assert [line["previous_hash"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    assert lines[0]["details"] == {"level": "UPLOAD"}
    assert set(lines[0]) == {
        "sequence", "at", "user_id", "organisation_id", "action", "object_kind", "object_id", "outcome",
        "policy_version", "details", "previous_hash", "hash",
    }  # fmt: skip


def test_the_export_is_narrowed_by_moments_from_inclusive_until_exclusive(
    trail: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    since, until = (NOW.replace(minute=minute).isoformat() for minute in (2, 4))

    code, text = printed(capsys, "export", "--from", since, "--until", until)

    assert (code, [json.loads(line)["sequence"] for line in text.splitlines()]) == (0, [2, 3])
    assert printed(capsys, "export", "--until", NOW.date().isoformat()) == (0, "")
    assert printed(capsys, "export", "--from", "2026-11-05T09:00") == (2, "")
    assert printed(capsys, "export", "--from", "yesterday") == (2, "")
