"""Fuzz the checking of collective files, led by coverage: `make fuzz`, ten minutes or `FUZZ_SECONDS=60 make fuzz`.

Every input goes through the gate, is cut and checked in all the ways that there are, and `judging` says what must hold:
no exception, no failed stage, the same rows and findings by every way of reading, a report of bounded size. An input
that takes longer than *SECONDS_EACH* counts as one that hangs. Some of the inputs are bytes that the fuzzer made up,
most are changed as `mutating` does. What fails is kept in `var/fuzz/findings`, and belongs into
`tests/validation/hostile` once it is mended; `tests/fuzzing/run.py --seconds 0 --folder var/fuzz FILE` judges it again.
"""

import argparse
import logging
import random
import shutil
import sys
import tempfile
from pathlib import Path

import atheris  # pyright: ignore[reportMissingModuleSource] -- installed by `make fuzz` alone

with atheris.instrument_imports(include=["validation"]):  # pyright: ignore[reportAttributeAccessIssue] -- no stub has it
    from judging import judge

from mutating import ASIDES, ATTRIBUTES, BROKEN, MARKUP, VALUES, changed

ROOT = Path(__file__).parents[2]
SEED_FOLDERS = (ROOT / "samples", ROOT / "tests" / "validation" / "hostile")
LARGEST_BYTES = 24 * 1024
SECONDS_EACH = 20
MEMORY_MEGABYTES = 1024
OWN_SHARE = 0.15
"""Of the inputs, that the fuzzer changes by itself."""
SEED_SHARE = 0.2
"""Of the others, that begin anew with one of ours."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, required=True, help="How long to go on when nothing fails.")
    parser.add_argument("--folder", type=Path, required=True, help="Where inputs are kept from one run to the next.")
    parser.add_argument("files", nargs="*", type=Path, help="Judge these files and nothing else.")
    given = parser.parse_args()
    if given.files:
        for path in given.files:
            judge(path)
        return
    corpus, findings = given.folder / "corpus", given.folder / "findings"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    seeds = _seeds(corpus)
    # A stage that fails logs its traceback; the judge says it too.
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "input.xml"

        def judge_bytes(data: bytes) -> None:
            path.write_bytes(data)
            judge(path)

        def mutate(data: bytes, max_size: int, seed: int) -> bytes:
            chance = random.Random(seed)  # noqa: S311 - a seed has to make the same change again
            if not data or chance.random() < OWN_SHARE:
                return atheris.Mutate(data, max_size)
            base = chance.choice(seeds) if chance.random() < SEED_SHARE else data
            return changed(base, seeds, chance)[:max_size]

        arguments = [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={given.seconds}",
            f"-max_len={LARGEST_BYTES}",
            f"-timeout={SECONDS_EACH}",
            f"-rss_limit_mb={MEMORY_MEGABYTES}",
            f"-artifact_prefix={findings}/",
            f"-dict={_dictionary(given.folder)}",
            "-print_final_stats=1",
        ]
        atheris.Setup(arguments, judge_bytes, custom_mutator=mutate)
        atheris.Fuzz()


def _seeds(corpus: Path) -> list[bytes]:
    """Our samples and the hostile files, copied to where the fuzzer begins; larger ones are left to the tests."""
    seeds: list[bytes] = []
    for folder in SEED_FOLDERS:
        for path in sorted(folder.glob("*.xml")):
            if path.stat().st_size <= LARGEST_BYTES:
                shutil.copyfile(path, corpus / path.name)
                seeds.append(path.read_bytes())
    return seeds


def _dictionary(folder: Path) -> Path:
    path = folder / "words.dict"
    words = sorted({word for word in (*VALUES, *ASIDES, *BROKEN, *MARKUP, *ATTRIBUTES) if word})
    spelled = ("".join(f"\\x{byte:02x}" for byte in word) for word in words)
    path.write_text("".join(f'"{each}"\n' for each in spelled), encoding="ascii")
    return path


if __name__ == "__main__":
    main()
