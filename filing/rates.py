"""Dated rates of the programmes, and the exact arithmetic of the amounts that follow from them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from domain.months import Month
from domain.vocabulary import Programme

_MONTHS_A_YEAR: Final = 12
_TEN_THOUSANDTHS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """What programmes pay for a full-time equivalent, in cents a year, from a month on; none reaches back for ever."""

    name: str
    programmes: frozenset[Programme]
    valid_from: Month | None
    cents_a_year: int
    advance_percent: int

    def premium_cents(self, full_time_equivalents_ten_thousandths: int) -> int:
        """The premium of one month, in cents, rounded half up once at the end."""
        return _rounded(full_time_equivalents_ten_thousandths * self.cents_a_year, _MONTHS_A_YEAR * _TEN_THOUSANDTHS)

    def advance_cents(self, premium_cents: int) -> int:
        """The advance on a premium, in cents, rounded half up."""
        return _rounded(premium_cents * self.advance_percent, 100)


@cache
def shipped_rates() -> tuple[Rate, ...]:
    """The rates that come with the package."""
    return parse_rates(files("filing").joinpath("rates.toml").read_text(encoding="utf-8"))


def parse_rates(text: str) -> tuple[Rate, ...]:
    """Read rates; raises `KeyError`, `ValueError` or `tomllib.TOMLDecodeError` when they are not as foreseen."""
    entries = cast("list[dict[str, Any]]", tomllib.loads(text)["rates"])
    return tuple(_rate(entry) for entry in entries)


def rate_of(rates: tuple[Rate, ...], programme: Programme, month: Month) -> Rate:
    """The rate of *programme* that holds in *month*: the one that began last; raises `LookupError` without any."""
    holding = [
        rate for rate in rates if programme in rate.programmes and (rate.valid_from is None or rate.valid_from <= month)
    ]
    if not holding:
        raise LookupError(f"no rate of {programme} holds in {month}")
    return max(holding, key=lambda rate: (rate.valid_from is not None, str(rate.valid_from)))


def _rate(entry: dict[str, Any]) -> Rate:
    valid_from = cast("str | None", entry.get("valid_from"))
    return Rate(
        name=entry["name"],
        programmes=frozenset(Programme(name) for name in entry["programmes"]),
        valid_from=None if valid_from is None else Month.parse(valid_from),
        cents_a_year=entry["cents_a_year"],
        advance_percent=entry["advance_percent"],
    )


def _rounded(numerator: int, denominator: int) -> int:
    """*numerator* / *denominator* to the nearest whole number, halves upwards; never a float."""
    return (2 * numerator + denominator) // (2 * denominator)
