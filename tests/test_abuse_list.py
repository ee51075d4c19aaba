"""Every abuse case of docs/abuse-cases.md has tests that bear its id and are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
CASES = [*range(1, 21), *range(24, 28), *range(30, 35), 36]

ASKS_OTHERS = {
    "server/app.py",
    "server/signing_in/discovery.py",
    "server/signing_in/introspection.py",
    "server/signing_in/issuer_keys.py",
    "server/signing_in/issuer_watch.py",
}
_CLIENTS = re.compile(r"^\s*(?:import|from) (?:httpx2?|urllib\.request|http\.client|requests|aiohttp|smtplib)\b", re.M)
FLOORS = ("domain", "authz", "persistence", "xml", "filing", "graph", "server")


def named_by_case() -> dict[int, list[str]]:
    page = (ROOT / "docs" / "abuse-cases.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| A-(\d\d) \|.*\| ([^|]+) \|$", page, re.MULTILINE)
    return {int(case): re.findall(r"`(test_\w+)`", tests) for case, tests in found}


def names_of_tests() -> set[str]:
    pattern = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)
    return {name for path in (ROOT / "tests").rglob("*.py") for name in pattern.findall(path.read_text("utf-8"))}


def test_each_case_names_tests_of_its_own_that_are_there() -> None:
    named = named_by_case()
    there = names_of_tests()

    assert list(named) == CASES
    assert {case for case, tests in named.items() if not tests} == set()
    for case, tests in named.items():
        assert [name for name in tests if not name.startswith(f"test_a_{case:02}_")] == []
    assert {name for tests in named.values() for name in tests} - there == set()


def test_a_27_nothing_but_signing_in_asks_another_server() -> None:
    modules = [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")]
    asking = {
        path.relative_to(ROOT).as_posix() for path in modules if _CLIENTS.search(path.read_text(encoding="utf-8"))
    }

    assert asking == ASKS_OTHERS
