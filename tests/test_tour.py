"""The tour is true: every command on its page runs, and answers what the page says it answers."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from started_server import ROOT, StartedServer, started_server

TOUR = ROOT / "docs" / "tour.md"
ANY = "…"
_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def test_every_command_of_the_tour_answers_what_the_page_says(database_url: str, tmp_path: Path) -> None:
    blocks = _BLOCK.findall(TOUR.read_text(encoding="utf-8"))
    async with started_server(database_url, tmp_path) as server:
        shell = await _shell(server)
        for place, (kind, text) in enumerate(blocks):
            if kind == "sh":
                said = await _said(shell, _here(text, server))
                if blocks[place + 1 : place + 2] and blocks[place + 1][0] == "json":
                    expected = json.loads(blocks[place + 1][1])
                    assert _matches(json.loads(said), expected), f"{text}\nanswered {said}"
        shell.terminate()
        await shell.wait()


async def _shell(server: StartedServer) -> asyncio.subprocess.Process:
    """One shell for the whole page, as a reader has."""
    return await asyncio.create_subprocess_exec(
        "bash",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=server.environment,
        cwd=server.folder,
    )


async def _said(shell: asyncio.subprocess.Process, commands: str) -> str:
    """What *commands* print; fails the test when they do not end well."""
    assert shell.stdin is not None
    assert shell.stdout is not None
    shell.stdin.write(f"{commands}\necho; echo END:$?\n".encode())
    await shell.stdin.drain()
    said = ""
    async with asyncio.timeout(60):
        while not (ended := re.search(r"^END:(\d+)$", said, re.MULTILINE)):
            line = await shell.stdout.readline()
            assert line, said
            said += line.decode()
    assert ended[1] == "0", said
    return said[: ended.start()].strip()


def _here(commands: str, server: StartedServer) -> str:
    return commands.replace("http://127.0.0.1:8000", server.url).replace(
        ".venv/bin/mandaat", f"{sys.executable} -m server"
    )


def _matches(found: Any, expected: Any) -> bool:
    """Whether *found* is *expected*, where `…` on the page stands for anything but nothing."""
    if expected == ANY:
        return found is not None
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(_matches(found[name], value) for name, value in expected.items())
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(_matches(one, value) for one, value in zip(found, expected, strict=True))
        )
    return found == expected
