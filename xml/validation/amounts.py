"""Amounts as people read them in a message: in the notation of the file, with a point."""

from datetime import date


def hours_text(hundredths: int) -> str:
    """Hundredths of an hour as `76.00`."""
    return _fixed(hundredths, 2)


def days_text(tenths: int) -> str:
    """Tenths of a day as `20.0`."""
    return _fixed(tenths, 1)


def full_time_equivalents_text(ten_thousandths: int) -> str:
    """Ten-thousandths of a full-time equivalent as `0.5000`."""
    return _fixed(ten_thousandths, 4)


def period_text(first: date, last: date | None) -> str:
    """Days from first to last as `2026-10-05 – 2026-10-07`; an open end stays open, one day is one day."""
    if last == first:
        return str(first)
    return f"{first} – {'' if last is None else last}".rstrip()


def _fixed(value: int, places: int) -> str:
    whole, rest = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}d}"
