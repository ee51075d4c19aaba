"""Two attackers that are not ours: Schemathesis fuzzes every operation, Clairvoyance guesses the schema."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import build_schema

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = ROOT / "var/conformance/bin"

INTERNALS = re.compile(
    r'Traceback|File "|site-packages|\.py\b|invalid literal|out of range|codec can|object has no attribute|'
    r"NoneType|sqlite|asyncpg|SELECT |INSERT |Did you mean|digits\) for integer|" + re.escape(str(ROOT))
)
"""What no answer may hold: words of our language, libraries, database and folders."""


def fuzz(url: str, token: str, folder: Path) -> list[str]:
    """Answers 5xx, and answers with internals, out of what Schemathesis asked; to itself a refusal is a failure too."""
    report = folder / "fuzzed.ndjson"
    subprocess.run(
        [
            *(str(TOOLS / "schemathesis"), "run", str(ROOT / "schema.graphql"), "--url", url),
            *("--header", f"Authorization: Bearer {token}", "--phases", "fuzzing", "--checks", "not_a_server_error"),
            *("--max-examples", "25", "--seed", "1", "--report", "ndjson", "--report-ndjson-path", str(report)),
        ],
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "scalars.py")},
        cwd=folder,
        stdout=(folder / "schemathesis.log").open("wb"),
        stderr=subprocess.STDOUT,
        check=False,
    )
    answers = list(_answers(report))
    found = [f"{status}: {text[:300]}" for status, text in answers if status >= 500 or INTERNALS.search(text)]
    if len(answers) < 500:
        found.append(f"only {len(answers)} requests were made; see {folder / 'schemathesis.log'}")
    print(f"Schemathesis: {len(answers)} requests, {len(found)} with 5xx or internals")
    return found


def _answers(report: Path) -> Iterator[tuple[int, str]]:
    for line in report.read_text(encoding="utf-8").splitlines():
        finished = json.loads(line).get("ScenarioFinished")
        for interaction in (finished or {}).get("recorder", {}).get("interactions", {}).values():
            response = interaction.get("response") or {}
            yield response.get("status_code", 599), json.dumps(response)


def guess(url: str, token: str, folder: Path) -> list[str]:
    """The fields that Clairvoyance recovers: without a token, and with one from names that are nearly right."""
    schema: Any = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    query = schema.query_type
    nearly = [name[:-1] for name in query.fields if name[:-1] not in query.fields]
    guessed = _believed(url, folder, nearly, "--header", f"Authorization: Bearer {token}")
    # It believes in any word where it cannot tell; what counts is what exists and was not on its list.
    with_token = [(owner, field) for owner, field in guessed if _exists(schema, owner, field) and field not in nearly]
    without = _believed(url, folder, list(query.fields)[:3])
    print(f"Clairvoyance: {len(with_token)} fields recovered with a token, {len(without)} without")
    return [f"recovered {owner}.{field}" for owner, field in with_token + without]


def _exists(schema: Any, owner: str, field: str) -> bool:
    return field in getattr(schema.get_type(owner), "fields", ())


def _believed(url: str, folder: Path, words: list[str], *options: str) -> list[tuple[str, str]]:
    output, list_of_words = folder / "guessed.json", folder / "words.txt"
    output.unlink(missing_ok=True)
    list_of_words.write_text("\n".join(words), encoding="utf-8")
    done = subprocess.run(
        [str(TOOLS / "clairvoyance"), "--output", str(output), "--wordlist", str(list_of_words), *options, url],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if not output.exists():
        # It breaks off where every word answers the same: there is nothing to tell names apart by.
        assert "Field Suggestion is not fully enabled" in done.stderr, done.stderr
        return []
    types = json.loads(output.read_text(encoding="utf-8"))["data"]["__schema"]["types"]
    return [(one["name"], field["name"]) for one in types for field in one.get("fields") or []]
