"""Placeholders of plain SQL: written `?` everywhere, numbered for PostgreSQL."""

import re
from functools import lru_cache
from itertools import count
from typing import Final

_TEXT_OR_PLACEHOLDER = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|\?")

_MOST_REMEMBERED: Final = 256


@lru_cache(_MOST_REMEMBERED)
def numbered(sql: str) -> str:
    """Turn each `?` outside quotes and comments into `$1`, `$2`, …"""
    numbers = count(1)

    def replaced(match: re.Match[str]) -> str:
        return f"${next(numbers)}" if match[0] == "?" else match[0]

    return _TEXT_OR_PLACEHOLDER.sub(replaced, sql)


def a_list(length: int) -> str:
    """`(?, ?, …)` for an IN of so many values, at least one."""
    return f"({', '.join(['?'] * length)})"
