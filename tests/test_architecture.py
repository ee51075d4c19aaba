"""The house: who may import whom, and how it is laid out. Each test also fails on a planted violation."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from architecture import (
    FLOORS,
    UNIT_OF_WORK,
    circle,
    folders_without_init,
    imports,
    long_modules,
    modules,
    transactions_elsewhere,
    violations,
)

ROOT = Path(__file__).parents[1]


def tracked(root: Path) -> list[Path]:
    """Files under version control, and those that would come with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    return [root / name for name in listed if name and (root / name).is_file()]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house in order, with one empty package on each floor."""
    for folder in FLOORS.values():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").write_text("")
    return tmp_path


def plant(house: Path, file: str, text: str) -> None:
    (house / file).parent.mkdir(parents=True, exist_ok=True)
    (house / file).write_text(text)


def test_imports_run_down_the_floors_only() -> None:
    assert len(imports(ROOT)) > 100
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("domain/x.py", "import authz.table"),
        ("domain/x.py", "import lxml"),
        ("domain/x.py", "def later():\n    from server import settings"),
        ("authz/x.py", "from persistence.pairs import held"),
        ("authz/x.py", "from validation import report"),
        ("authz/x.py", "import structlog"),
        ("persistence/x.py", "from authz.table import DecisionTable"),
        ("persistence/x.py", "import casbin"),
        ("persistence/x.py", "from lxml import etree"),
        ("persistence/models/x.py", "from ...filing import upload"),
        ("xml/validation/x.py", "from persistence import files"),
        ("xml/validation/x.py", "import tortoise"),
        ("filing/x.py", "from graph.types import Convention"),
        ("filing/x.py", "from starlette.requests import Request"),
        ("filing/x.py", "from tortoise import Tortoise"),
        ("graph/x.py", "from server.settings import Settings"),
        ("graph/x.py", "from validation.report import Report"),
        ("graph/x.py", "from starlette.responses import Response"),
        ("graph/x.py", "from starlette import responses"),
        ("server/x.py", "from tortoise.contrib import starlette"),
        ("server/x.py", "import casbin as c"),
    ],
)
def test_an_import_up_or_sideways_is_found(house: Path, file: str, text: str) -> None:
    plant(house, file, text)

    assert [fault.partition(":")[0] for fault in violations(house)] == [file]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("domain/x.py", "import json\nfrom domain.y import Y"),
        ("authz/x.py", "import casbin\nfrom domain.y import Y"),
        ("persistence/x.py", "import sqlite3, asyncpg, tortoise, obstore"),
        ("xml/validation/x.py", "import xml.etree.ElementTree\nfrom lxml import etree\nfrom . import y"),
        ("filing/x.py", "import authz.x, persistence.x, validation.x, domain.x"),
        ("graph/x.py", "import strawberry\nimport filing.x\nfrom starlette.datastructures import UploadFile"),
        ("server/x.py", "import starlette.routing, graph.x, lxml.etree"),
    ],
)
def test_an_import_down_is_fine(house: Path, file: str, text: str) -> None:
    plant(house, file, text)

    assert violations(house) == []


def test_modules_import_each_other_in_no_circle() -> None:
    assert circle(ROOT) == []


@pytest.mark.parametrize(
    "texts",
    [
        {"domain/a.py": "import domain.b", "domain/b.py": "from domain.a import A"},
        {"domain/a.py": "from domain import b", "domain/b.py": "from . import c", "domain/c.py": "from .a import A"},
        {"domain/a.py": "def later():\n    from domain.b import B", "domain/b.py": "import domain.a"},
        {"domain/__init__.py": "from domain.a import A", "domain/a.py": "from domain import B"},
    ],
)
def test_a_circle_is_found(house: Path, texts: dict[str, str]) -> None:
    for file, text in texts.items():
        plant(house, file, text)

    assert len(circle(house)) >= 3


def test_two_modules_that_share_a_third_are_no_circle(house: Path) -> None:
    plant(house, "domain/a.py", "from domain import b, c")
    plant(house, "domain/b.py", "from domain import c")
    plant(house, "domain/c.py", "")

    assert circle(house) == []


def test_transactions_begin_in_the_unit_of_work_only(house: Path) -> None:
    assert transactions_elsewhere(ROOT) == []

    plant(house, UNIT_OF_WORK, "from persistence.transaction import transaction")
    plant(house, "persistence/x.py", "import tortoise.transactions as t")
    plant(house, "filing/x.py", "from persistence.transaction import transaction as begin")
    assert transactions_elsewhere(house) == [
        "persistence/x.py:1 imports tortoise.transactions",
        "filing/x.py:1 imports persistence.transaction.transaction",
    ]


def test_no_module_is_longer_than_a_reader_can_hold(house: Path) -> None:
    assert long_modules(ROOT) == []

    plant(house, "graph/x.py", "x = 1\n" * 401)
    plant(house, "graph/y.py", "x = 1\n" * 400)
    assert long_modules(house) == ["graph/x.py has 401 lines"]


def test_every_folder_of_code_is_a_package(house: Path) -> None:
    assert folders_without_init(ROOT) == []

    plant(house, "persistence/models/x.py", "")
    assert folders_without_init(house) == ["persistence/models"]


def test_xml_is_a_plain_folder_and_never_hides_the_standard_library() -> None:
    where = subprocess.run(
        [sys.executable, "-c", "import xml.etree.ElementTree as e, sys; print(e.__file__)"],
        cwd=ROOT,  # the folder of the program comes first on the path
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()

    assert not (ROOT / "xml" / "__init__.py").exists()
    assert not Path(where).is_relative_to(ROOT)
    assert Path(where).parts[-3:] == ("xml", "etree", "ElementTree.py")


def test_nothing_under_tests_is_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_what_is_installed_is_the_floors() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]

    assert setuptools["packages"]["find"]["where"] == [".", "xml"]
    assert setuptools["packages"]["find"]["include"] == [
        pattern for package in FLOORS for pattern in (package, f"{package}.*")
    ]
    assert setuptools["package-dir"] == {"validation": FLOORS["validation"]}


def test_every_module_says_its_idea_in_its_first_line() -> None:
    silent = [name for name, path in modules(ROOT).items() if not path.read_text(encoding="utf-8").startswith('"""')]

    assert silent == []


def test_no_tracked_text_names_where_packages_are_downloaded() -> None:
    # Put together here, so that this file does not name them itself.
    hosts = "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(?:org|com)"])
    named = re.compile(rf"{hosts}|^\s*--?(?:index-url|extra-index-url|find-links|i)[ =]", re.MULTILINE)
    found: list[str] = []
    for path in tracked(ROOT):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in named.finditer(text)]

    assert found == []


def test_all_requirements_are_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        entries = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        assert len(entries) > 30
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
