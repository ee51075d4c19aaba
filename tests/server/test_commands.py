"""The command line: what is asked for on standard output, one sentence on standard error when it could not be done."""

import os
from pathlib import Path

import pytest
import structlog

from server.commands import main as command_line
from server.commands.main import main, run
from server.settings_page import settings_page


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MANDAAT_")]:
        monkeypatch.delenv(name)


def test_token_prints_the_bare_token_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["token", "uploader-beta"]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.count("\n") == 1
    assert printed.out.startswith("eyJ")
    assert printed.out.count(".") == 2


def test_settings_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["settings"]) == 0
    assert capsys.readouterr().out == settings_page()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["token", "directeur"], "lokale-beheerder, promotor"),
        (["token"], "token"),
        (["token", "promotor", "uploader"], "uploader"),
        (["opladen"], "opladen"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_what_was_expected(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(arguments) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("mandaat: ")
    assert told in printed.err.replace("\n", " ")
    assert list(Path.cwd().iterdir()) == []


def test_a_wrong_setting_ends_with_2_and_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANDAAT_PORT", "http")

    assert run(["token", "promotor"]) == 2

    assert capsys.readouterr() == ("", "mandaat: MANDAAT_PORT is 'http'; expected a valid integer\n")


def test_production_prints_no_token_and_makes_no_key(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANDAAT_ENVIRONMENT", "production")
    monkeypatch.setenv("MANDAAT_OIDC_ISSUER", "https://issuer.example")

    assert run(["token", "promotor"]) == 2

    assert capsys.readouterr() == ("", "mandaat: the demo issuer does not run in production\n")
    assert list(Path.cwd().iterdir()) == []


def test_a_key_file_that_others_can_read_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["token", "promotor"]) == 0
    Path("var/keys/demo-issuer.pem").chmod(0o644)
    capsys.readouterr()

    assert run(["token", "promotor"]) == 2

    assert capsys.readouterr().err.startswith("mandaat: var/keys/demo-issuer.pem can be read by others")


def test_what_a_command_notes_is_no_part_of_its_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def noting(_arguments: object) -> int:
        structlog.get_logger().info("noted")
        structlog.get_logger().warning("warned")
        return 1

    monkeypatch.setattr(command_line, "run", noting)
    try:
        with pytest.raises(SystemExit, match="1"):
            main()
    finally:
        structlog.reset_defaults()

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "noted" not in printed.err
    assert "warned" in printed.err
