"""Runs one program and writes what it took: `python -S -E one_run.py RESULT PROGRAM [ARGUMENT ...]`.

Nothing else, because the kernel counts the memory of whoever starts a program as the program's own peak: a launcher of
a few megabytes is the least that can be.
"""

import json
import os
import sys
import time


def main() -> None:
    result, *command = sys.argv[1:]
    begun = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    took = {
        "wall_seconds": time.perf_counter() - begun,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_rss_bytes": usage.ru_maxrss * 1024,
        "exit_code": os.waitstatus_to_exitcode(status),
    }
    with open(result, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be most of this process
        json.dump(took, file)


if __name__ == "__main__":
    main()
