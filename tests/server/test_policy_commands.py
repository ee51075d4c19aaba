"""`mandaat policy` and `mandaat audit`: what is wrong and where, and an exit code that scripts can rely on."""

import os
from pathlib import Path

import pytest
from databases import run_apart, unguarded
from policies import ROOT, SHIPPED, replaced

from domain.months import Clock
from filing.policy_at_start import policy_at_start
from persistence.database import database, rows
from server.commands.main import run

SUBMITS = "p, promotor, owner, submit, allow"
WITHOUT_SUBMIT, GONE_LINE = replaced(SUBMITS, "")
FROZEN = ("--confirm", "POLICY_STOPS_PROMOTOR")
BROKEN, BROKEN_LINE = replaced(SUBMITS, "p, promotor, owner, sbmit, allow")

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str, clock: Clock) -> Path:
    """A folder with the shipped policy, accepted once on a database of its own; answers its policy file."""
    for name in [name for name in os.environ if name.startswith("MANDAAT_")]:
        if not name.startswith("MANDAAT_TEST_"):
            monkeypatch.delenv(name)
    policy = tmp_path / "policy.csv"
    policy.write_text(SHIPPED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("MANDAAT_DATABASE_URL", database_url)
    monkeypatch.setenv("MANDAAT_CASBIN_MODEL_PATH", str(ROOT / "casbin_model.conf"))
    run_apart(_start(database_url, clock))
    return policy


async def _start(url: str, clock: Clock) -> None:
    async with database(url):
        model = (ROOT / "casbin_model.conf").read_text(encoding="utf-8")
        await policy_at_start(SHIPPED.encode(), model, clock)


def versions() -> list[str]:
    async def read() -> list[str]:
        async with database(os.environ["MANDAAT_DATABASE_URL"]):
            return [row["reason"] for row in await rows("SELECT reason FROM policy_version ORDER BY sequence")]

    return run_apart(read())


def edited(policy: str) -> str:
    Path("edited.csv").write_text(policy, encoding="utf-8")
    return "edited.csv"


def test_an_acceptable_file_ends_with_0(capsys: Printed) -> None:
    assert run(["policy", "check", "policy.csv"]) == 0
    assert capsys.readouterr().out.startswith("policy.csv: acceptable, version ")


def test_a_fault_is_told_with_file_line_and_column_and_ends_with_1(capsys: Printed) -> None:
    assert run(["policy", "check", edited(BROKEN)]) == 1

    message = "The column action says “sbmit”; did you mean “submit”?"
    assert capsys.readouterr().out == f"edited.csv:{BROKEN_LINE}:21: {message}\n"


def test_a_warning_is_told_and_ends_with_0(capsys: Printed) -> None:
    assert run(["policy", "check", edited(f"{SHIPPED}{SUBMITS}\n")]) == 0

    line = SHIPPED.count("\n") + 1
    assert capsys.readouterr().out.startswith(f"edited.csv:{line}:1: warning: ")


@pytest.mark.parametrize("command", [["check"], ["diff"], ["activate", "--reason", "onderhoud"]])
def test_a_file_that_is_not_there_ends_with_2(capsys: Printed, command: list[str]) -> None:
    assert run(["policy", command[0], "gone.csv", *command[1:]]) == 2
    assert capsys.readouterr() == ("", "mandaat: gone.csv cannot be read: No such file or directory\n")


def test_the_language_is_that_of_the_terminal(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "nl_BE.UTF-8")

    run(["policy", "check", edited(BROKEN)])

    assert "bedoelde u" in capsys.readouterr().out.lower()


def test_a_difference_is_told_in_rights_and_ends_with_1(capsys: Printed) -> None:
    assert run(["policy", "diff", edited(WITHOUT_SUBMIT)]) == 1
    assert capsys.readouterr().out == "- p, promotor, owner, submit\n"
    assert versions() == ["policy file at start"]


def test_no_difference_ends_with_0(capsys: Printed) -> None:
    assert run(["policy", "diff", "policy.csv"]) == 0
    assert capsys.readouterr().out == "decides everything as the policy in force\n"


def test_an_activated_file_is_in_force_and_in_the_place_of_the_old_one(capsys: Printed, office: Path) -> None:
    assert run(["policy", "activate", edited(WITHOUT_SUBMIT), "--reason", "onderhoud", *FROZEN]) == 0

    told = capsys.readouterr().out
    assert told.startswith("edited.csv: confirm POLICY_STOPS_PROMOTOR: The promotor loses submit as promotor")
    assert told.endswith("\n- p, promotor, owner, submit\nversion 2 is in force\n")
    assert versions() == ["policy file at start", "onderhoud"]
    assert office.read_text(encoding="utf-8") == WITHOUT_SUBMIT


def test_a_loss_that_is_not_confirmed_changes_nothing_and_ends_with_1(capsys: Printed, office: Path) -> None:
    assert run(["policy", "activate", edited(WITHOUT_SUBMIT), "--reason", "onderhoud"]) == 1

    assert "Not confirmed: POLICY_STOPS_PROMOTOR." in capsys.readouterr().out
    assert versions() == ["policy file at start"]
    assert office.read_text(encoding="utf-8") == SHIPPED


def test_a_wider_right_to_submit_is_not_given_from_the_keyboard(capsys: Printed, office: Path) -> None:
    wider = f"{SHIPPED}p, local_administrator, owner, submit, allow\n"

    assert run(["policy", "activate", edited(wider), "--reason", "onderhoud"]) == 1

    told = capsys.readouterr().out
    assert "second administrator: p, local_administrator, owner, submit\n" in told
    assert "a second policy administrator has to approve it" in told
    assert versions() == ["policy file at start"]
    assert office.read_text(encoding="utf-8") == SHIPPED


@pytest.mark.parametrize("command", [["check"], ["diff"], ["activate", "--reason", "onderhoud", *FROZEN]])
def test_a_failing_test_beside_the_file_refuses_it_with_its_line(capsys: Printed, command: list[str]) -> None:
    Path("policy_tests.csv").write_text("# wat moet\npromotor, owner, submit, yes\n", encoding="utf-8")

    assert run(["policy", command[0], edited(WITHOUT_SUBMIT), *command[1:]]) in (1, 2)

    said = capsys.readouterr()
    if command[0] != "diff":
        told = "edited.csv: The test on line 2 of policy_tests.csv expects yes for promotor, owner, submit"
        assert said.out.startswith(told)
    assert versions() == ["policy file at start"]


def test_tests_named_on_the_command_line_take_the_place_of_those_beside_the_file() -> None:
    Path("policy_tests.csv").write_text("promotor, owner, submit, yes\n", encoding="utf-8")
    Path("frozen_tests.csv").write_text("promotor, owner, submit, no\n", encoding="utf-8")

    assert run(["policy", "check", edited(WITHOUT_SUBMIT), "--tests", "frozen_tests.csv"]) == 0


def test_a_formatted_file_is_printed_and_left_as_it_is(capsys: Printed) -> None:
    saved = "\ufeff" + SHIPPED.replace(SUBMITS, '"P","Promotor","owner","submit","allow",,')
    file = edited(saved)

    assert run(["policy", "format", file]) == 0

    assert capsys.readouterr().out == SHIPPED
    assert Path(file).read_text(encoding="utf-8") == saved


def test_a_formatted_file_is_written_when_asked_and_only_once(capsys: Printed) -> None:
    file = edited("")
    Path(file).write_bytes(SHIPPED.replace(SUBMITS, SUBMITS.upper()).replace("\n", "\r\n").encode())

    assert run(["policy", "format", file, "--write"]) == 0
    assert run(["policy", "format", file, "--write"]) == 0

    assert capsys.readouterr().out == "edited.csv: written\nedited.csv: was so already\n"
    assert Path(file).read_bytes() == SHIPPED.encode()


def test_a_file_that_does_not_read_is_not_formatted(capsys: Printed) -> None:
    file = edited(BROKEN)

    assert run(["policy", "format", file, "--write"]) == 1

    assert capsys.readouterr().out.startswith(f"edited.csv:{BROKEN_LINE}:21: ")
    assert Path(file).read_text(encoding="utf-8") == BROKEN


def test_a_dry_run_says_what_would_be_and_changes_nothing(capsys: Printed, office: Path) -> None:
    dry = ("--reason", "onderhoud", "--dry-run")
    assert run(["policy", "activate", edited(WITHOUT_SUBMIT), *dry, *FROZEN]) == 0
    assert capsys.readouterr().out.endswith("\n- p, promotor, owner, submit\nnothing was changed\n")
    assert run(["policy", "activate", edited(WITHOUT_SUBMIT), *dry]) == 1
    assert "Not confirmed: POLICY_STOPS_PROMOTOR." in capsys.readouterr().out
    assert versions() == ["policy file at start"]

    run(["policy", "activate", edited(WITHOUT_SUBMIT), "--reason", "onderhoud", *FROZEN])
    capsys.readouterr()
    assert run(["policy", "rollback", "1", *dry]) == 0

    assert capsys.readouterr().out == "+ p, promotor, owner, submit\nnothing was changed\n"
    assert versions() == ["policy file at start", "onderhoud"]
    assert office.read_text(encoding="utf-8") == WITHOUT_SUBMIT


def test_a_refused_file_changes_nothing_and_ends_with_1(capsys: Printed, office: Path) -> None:
    assert run(["policy", "activate", edited(BROKEN), "--reason", "onderhoud"]) == 1

    assert capsys.readouterr().out.startswith(f"edited.csv:{BROKEN_LINE}:21: ")
    assert versions() == ["policy file at start"]
    assert office.read_text(encoding="utf-8") == SHIPPED


def test_a_change_without_a_reason_ends_with_2_and_changes_nothing(capsys: Printed) -> None:
    assert run(["policy", "activate", edited(WITHOUT_SUBMIT)]) == 2
    assert run(["policy", "activate", "edited.csv", "--reason", " "]) == 2
    assert versions() == ["policy file at start"]


def test_an_older_version_comes_back(capsys: Printed, office: Path) -> None:
    run(["policy", "activate", edited(WITHOUT_SUBMIT), "--reason", "onderhoud", *FROZEN])
    capsys.readouterr()

    assert run(["policy", "rollback", "1", "--reason", "vergissing"]) == 0

    assert capsys.readouterr().out == "version 3 is in force\n"
    assert office.read_text(encoding="utf-8") == SHIPPED


@pytest.mark.parametrize("sequence", ["1", "9"])
def test_a_version_that_cannot_come_back_ends_with_2(sequence: str) -> None:
    assert run(["policy", "rollback", sequence, "--reason", "vergissing"]) == 2
    assert versions() == ["policy file at start"]


def test_a_right_is_explained_by_its_line(capsys: Printed) -> None:
    assert run(["policy", "explain", "promotor", "owner", "submit"]) == 0
    assert capsys.readouterr().out == f"yes: promotor, owner, submit: line {GONE_LINE}: {SUBMITS}\n"


def test_a_missing_right_is_explained_by_who_has_it(capsys: Printed) -> None:
    assert run(["policy", "explain", "uploader", "mandated-to-upload", "submit"]) == 1

    told = "no: uploader, mandated_to_upload, submit: no line allows it; "
    assert capsys.readouterr().out == f"{told}allowed for promotor as owner, submitter as mandated_to_submit\n"


def test_a_denied_right_is_explained_by_the_deny(capsys: Printed) -> None:
    assert run(["policy", "explain", "promotor", "blocked", "submit"]) == 1
    assert capsys.readouterr().out.endswith(": p, *, blocked, submit, deny\n")


def test_another_file_can_be_explained(capsys: Printed) -> None:
    assert run(["policy", "explain", "promotor", "owner", "submit", "--file", edited(WITHOUT_SUBMIT)]) == 1


def test_a_corrupt_policy_does_not_start_the_server(capsys: Printed, office: Path) -> None:
    office.write_text(BROKEN, encoding="utf-8")

    assert run(["serve"]) == 2

    assert f"mandaat: policy.csv:{BROKEN_LINE}:21: " in capsys.readouterr().err
    assert versions() == ["policy file at start"]


def test_a_whole_trail_ends_with_0(capsys: Printed) -> None:
    run(["policy", "activate", edited(WITHOUT_SUBMIT), "--reason", "onderhoud", *FROZEN])
    capsys.readouterr()

    assert run(["audit", "verify"]) == 0
    assert capsys.readouterr().out == "whole; entries: 1\n"


def test_a_changed_trail_ends_with_1_and_names_the_first_bad_entry(capsys: Printed) -> None:
    run(["policy", "activate", edited(WITHOUT_SUBMIT), "--reason", "onderhoud", *FROZEN])
    run(["policy", "rollback", "1", "--reason", "vergissing"])
    run_apart(_tamper())
    capsys.readouterr()

    assert run(["audit", "verify"]) == 1
    assert capsys.readouterr().out == "not whole: entry 2 is not what was written, or is gone\n"


async def _tamper() -> None:
    async with database(os.environ["MANDAAT_DATABASE_URL"]) as opened:
        await unguarded(opened, "audit_entry", "UPDATE audit_entry SET user_id = 'ander' WHERE sequence = 2")


@pytest.mark.parametrize("command", [["audit", "verify"], ["policy", "diff", "policy.csv"]])
def test_a_database_that_is_not_migrated_ends_with_2(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("MANDAAT_DATABASE_URL", "sqlite://empty.sqlite3")

    assert run(command) == 2
    assert "run: mandaat migrate" in capsys.readouterr().err
