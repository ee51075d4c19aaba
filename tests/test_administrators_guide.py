"""The administrator's guide is true: every command in it runs, in order, and says what the page says that it says."""

import asyncio
import re
import shutil
import sys
from pathlib import Path

from started_server import ROOT, StartedServer, started_server

PAGES = {language: ROOT / "docs" / f"administrators-guide.{language}.md" for language in ("en", "nl")}
ANY = "…"
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINES_OF_TWO_PAGES = 220
_HANGS_SECONDS = 300


def blocks(language: str) -> list[tuple[str, str]]:
    return _BLOCK.findall(PAGES[language].read_text(encoding="utf-8"))


def test_both_languages_show_the_same_commands_and_answers_on_two_pages() -> None:
    assert blocks("nl") == blocks("en")
    assert len(blocks("en")) > 20
    for page in PAGES.values():
        assert page.read_text(encoding="utf-8").count("\n") <= _LINES_OF_TWO_PAGES


async def test_every_command_of_the_guide_says_what_the_page_says(database_url: str, tmp_path: Path) -> None:
    for name in ("policy.csv", "policy_tests.csv"):
        shutil.copy(ROOT / name, tmp_path / name)
    shown = blocks("en")
    own = {"MANDAAT_POLICY_PATH": str(tmp_path / "policy.csv"), "MANDAAT_POLICY_POLL_SECONDS": "0.2"}
    async with started_server(database_url, tmp_path, own) as server:
        for place, (kind, text) in enumerate(shown):
            if kind == "sh":
                code, said = await _said(server, text)
                assert code == (1 if "# ends with 1" in text else 0), f"{text}\n{said}"
                if shown[place + 1 : place + 2] and shown[place + 1][0] == "text":
                    assert _matches(said, shown[place + 1][1]), f"{text}\nanswered\n{said}"


async def _said(server: StartedServer, commands: str) -> tuple[int, str]:
    here = commands.replace("http://127.0.0.1:8000", server.url).replace(
        ".venv/bin/mandaat", f"{sys.executable} -m server"
    )
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        here,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**server.environment, "LC_ALL": "C.UTF-8"},
        cwd=server.folder,
    )
    async with asyncio.timeout(_HANGS_SECONDS):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode().strip()


def _matches(said: str, shown: str) -> bool:
    """Whether they are the same, where `…` on the page stands for whatever differs from day to day."""
    pattern = ".+".join(re.escape(part) for part in shown.strip().split(ANY))
    return re.fullmatch(pattern, said, re.DOTALL) is not None
