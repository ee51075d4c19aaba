"""Whole numbers of the smallest unit as the decimals that people and clients read; exact both ways."""

from decimal import Decimal
from functools import lru_cache
from typing import Final

_MOST_REMEMBERED: Final = 4096
"""Amounts of a file repeat: the hours of a week, the days of a month."""


@lru_cache(_MOST_REMEMBERED)
def tenths(amount: int) -> Decimal:
    """Tenths, as days are kept, with one decimal."""
    return Decimal(amount).scaleb(-1)


@lru_cache(_MOST_REMEMBERED)
def hundredths(amount: int) -> Decimal:
    """Hundredths, as hours and cents are kept, with two decimals."""
    return Decimal(amount).scaleb(-2)


@lru_cache(_MOST_REMEMBERED)
def ten_thousandths(amount: int) -> Decimal:
    """Ten-thousandths, as full-time equivalents are kept, with four decimals."""
    return Decimal(amount).scaleb(-4)
