"""`mandaat check` from an installed wheel, somewhere else and without a network: the wheel holds all that it needs."""

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
NO_NETWORK = """
import socket

def refuse(*_):
    raise SystemExit("the network was used")

socket.getaddrinfo = socket.create_connection = socket.socket.connect = refuse
"""


def succeed(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def mandaat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that has the wheel, and the pinned packages from where the tests have them."""
    folder = tmp_path_factory.mktemp("wheel")
    # A copy of what is under version control: a build leaves files in its folder, and takes in those of the last one.
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/", "benchmarks/")):
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "source" / name).write_bytes((ROOT / name).read_bytes())
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    offline = ("--no-deps", "--no-index", "--no-build-isolation")
    succeed(*pip, "wheel", *offline, "--wheel-dir", folder, folder / "source", cwd=folder)
    [wheel] = folder.glob("mandaat-*.whl")
    venv.create(folder / "fresh", with_pip=False, symlinks=True)
    python = folder / "fresh" / "bin" / "python"
    succeed(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    [packages] = (folder / "fresh").glob("lib/python*/site-packages")
    (packages / "pinned.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    (packages / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    return folder / "fresh" / "bin" / "mandaat"


def run(mandaat: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MANDAAT"))}
    return subprocess.run(
        [mandaat, *arguments],
        cwd=mandaat.parent,
        env=kept | {"LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_report_comes_from_an_installed_wheel_without_a_network(mandaat: Path) -> None:
    wrong = SAMPLES / "rules" / "N-401.xml"

    found = {name: run(mandaat, "check", wrong, "--format", name) for name in ("text", "json", "html")}

    assert {name: (one.returncode, one.stderr) for name, one in found.items()} == dict.fromkeys(found, (1, ""))
    assert all("N-401" in one.stdout for one in found.values())
    assert "N-401" in {count["code"] for count in json.loads(found["json"].stdout)["counts"]}
    assert "@media print" in found["html"].stdout


def test_the_wheel_is_what_runs_and_not_the_folder_of_the_tests(mandaat: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    asked = (
        "import importlib.metadata as metadata, validation, server;"
        "print(validation.__file__, server.__file__, metadata.version('mandaat'))"
    )

    told = subprocess.run(
        [mandaat.parent / "python", "-c", asked], cwd=mandaat.parent, capture_output=True, text=True, check=True
    )

    validation, server, installed = told.stdout.split()
    assert all(Path(file).is_relative_to(mandaat.parents[1]) for file in (validation, server))
    assert installed == version


def test_a_good_file_ends_with_0_and_an_absent_one_with_2(mandaat: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    assert run(mandaat, "generate", "--megabytes", "1", "--output", good).returncode == 0

    assert run(mandaat, "check", good).returncode == 0
    assert run(mandaat, "check", "absent.xml").returncode == 2
