"""What a process that checks does once, when it is ready: it keeps the collector of cycles from looking in vain.

Results are tuples of plain values by the hundred thousand, which hold no cycles. At its usual pace the collector goes
through all of them again and again, and takes a tenth to a fifth of the processor time of checking.
"""

import gc
from typing import Final

_YOUNG: Final = 50_000
"""How many more objects there may be before the young ones are looked at."""


def settle() -> None:
    """Leave what is there now alone for good, and look at what comes more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
