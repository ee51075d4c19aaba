"""Takes `policy.csv` through a real LibreOffice, headless, as people with Belgian and English settings save it.

    python tests/policy_roundtrip.py FOLDER

The committed files `harmless_edits/libreoffice-….csv` were made so; `make policy-roundtrip` does it again, live, and
holds each result to the shipped table.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from authz.decision_table import policy_version
from authz.policy_file import read_policy

MODEL = Path(__file__).parents[1] / "casbin_model.conf"
POLICY = Path(__file__).parents[1] / "policy.csv"
INSTALL = "LibreOffice is missing; get it with: sudo apt install libreoffice-calc"

# Token 1 separator, 2 quote, 3 encoding (76 UTF-8), 4 first line, 5 formats, 6 language, 7 quote all.
_READ = "--infilter=CSV:44,34,76,1,1/2/2/2/3/2/4/2/5/2"
SETTINGS = {
    "english": "44,34,76,1,,2057,false",
    "english-quoted": "44,34,76,1,,2057,true",
    "belgian-dutch": "59,34,76,1,,2067,false",
    "belgian-french": "59,34,76,1,,2060,true",
}
"""How a sheet is saved as text: separator, quotes, language."""


def round_trips(folder: Path, office: str) -> Iterator[Path]:
    """The policy saved as a sheet, and that again as text, for each kind of sheet and each setting."""
    with tempfile.TemporaryDirectory() as profile:
        run = [office, f"-env:UserInstallation=file://{profile}", "--headless"]
        for kind in ("ods", "xlsx"):
            _convert([*run, _READ, "--convert-to", kind], POLICY, folder)
            sheet = folder / f"policy.{kind}"
            for name, tokens in SETTINGS.items():
                filtered = f"csv:Text - txt - csv (StarCalc):{tokens}"
                _convert([*run, "--convert-to", filtered], sheet, folder)
                saved = folder / f"libreoffice-{kind}-{name}.csv"
                (folder / "policy.csv").rename(saved)
                yield saved


def _convert(command: list[str], source: Path, folder: Path) -> None:
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=120)


def main(folder: Path) -> int:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        sys.stderr.write(f"{INSTALL}\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    shipped = _version(POLICY)
    differing = 0
    for saved in round_trips(folder, office):
        is_same = _version(saved) == shipped
        differing += not is_same
        sys.stdout.write(f"{'same' if is_same else 'DIFFERENT'}  {saved}\n")
    return 1 if differing else 0


def _version(policy: Path) -> str:
    return policy_version(read_policy(policy.read_bytes()), MODEL.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
