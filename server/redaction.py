"""Keeps what nobody may read out of logs: social security numbers, tokens and passwords, wherever they turn up."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

_SECRET_KEYS = re.compile(
    r"authorization|cookie|password|passwd|secret|token|api_?key|private_?key|insz", re.IGNORECASE
)
# Eleven digits, also as 85.07.30-033.28; a UUID may end in eleven digits too and is kept.
_ELEVEN_DIGITS = 10**10
_UUID = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
_INSZ = r"(?<![0-9])[0-9]{2}(?:[ ./-]?[0-9]{2}){2}[ ./-]?[0-9]{3}[ ./-]?[0-9]{2}(?![0-9])"
_UUID_OR_INSZ = re.compile(f"(?P<uuid>{_UUID})|{_INSZ}", re.IGNORECASE)
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
_BEARER = re.compile(r"\b(bearer|basic)\s+[^\s\"',;]+", re.IGNORECASE)
_PASSWORD_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]+@", re.IGNORECASE)
_MANY_DIGITS = re.compile(r"[0-9][0-9 ./-]{9,}[0-9]")


def redacted_text(text: str) -> str:
    """*text* with everything secret or personal in it replaced by a word in brackets."""
    if not _is_suspect(text):
        return text
    text = _JSON_WEB_TOKEN.sub("[token]", text)
    text = _BEARER.sub(r"\1 [token]", text)
    text = _PASSWORD_IN_ADDRESS.sub(r"\1:[password]@", text)
    return _UUID_OR_INSZ.sub(lambda match: match["uuid"] or "[insz]", text)


def _is_suspect(text: str) -> bool:
    """Whether anything could be replaced in *text*, which in most texts is nothing.

    Where letters are others than ours, what is upper case of what is no plain matter.
    """
    if not text.isascii() or _MANY_DIGITS.search(text) is not None:
        return True
    lowered = text.lower()
    return "://" in lowered or "eyj" in lowered or "bearer" in lowered or "basic" in lowered


def is_harmless(key: str, value: object) -> bool:
    """Whether *value* may be logged under *key* as it is; false also where only a closer look can tell."""
    if _is_secret(key):
        return value is None
    kind = type(value)
    if kind is str:
        return not _is_suspect(cast("str", value))
    return kind is float or (kind is int and -_ELEVEN_DIGITS < cast("int", value) < _ELEVEN_DIGITS)


def redacted(value: object) -> object:
    """The same value in the same shape, safe to log; what is no text, number or container is shown by `repr`."""
    if isinstance(value, str):
        return redacted_text(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        is_short = abs(value) < _ELEVEN_DIGITS
        return value if is_short or redacted_text(str(value)) == str(value) else "[insz]"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {redacted_text(str(key)): redacted_entry(str(key), entry) for key, entry in pairs.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(each) for each in cast("list[object]", value)]
    return redacted_text(repr(value))


def redacted_entry(key: str, value: object) -> object:
    """*value* as it may be logged under *key*: hidden whole when the name says that it is a secret."""
    if value is not None and _is_secret(key):
        return "[hidden]"
    return redacted(value)


@lru_cache(1024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEYS.search(key) is not None
