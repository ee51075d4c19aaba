"""Whole numbers of the smallest unit as the decimals that people and clients read; exact both ways."""

from decimal import Decimal


def tenths(amount: int) -> Decimal:
    """Tenths, as days are kept, with one decimal."""
    return Decimal(amount).scaleb(-1)


def hundredths(amount: int) -> Decimal:
    """Hundredths, as hours and cents are kept, with two decimals."""
    return Decimal(amount).scaleb(-2)


def ten_thousandths(amount: int) -> Decimal:
    """Ten-thousandths, as full-time equivalents are kept, with four decimals."""
    return Decimal(amount).scaleb(-4)
