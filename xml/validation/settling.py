"""What a process that checks does once, when it is ready: it keeps the memory of one piece for the next one.

Results are tuples of plain values by the hundred thousand, which hold no cycles. At its usual pace the collector of
cycles goes through all of them again and again, and takes a tenth to a fifth of the processor time of checking. And
the C library gives memory back to the system after each piece, to ask for it again at the next, which takes as much.
"""

import gc
from typing import Final

_YOUNG: Final = 50_000
"""How many more objects there may be before the young ones are looked at."""
_KEPT_BYTES: Final = 8 * 1024 * 1024


def settle() -> None:
    """Leave what is there now alone for good, and look at what comes more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
    # A block that is given back shows glibc (`mallopt`, M_MMAP_THRESHOLD) that blocks up to this size come and go.
    bytes(_KEPT_BYTES)
