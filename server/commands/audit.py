"""`mandaat audit`: whether the audit trail is still what was written, its newest entry to keep elsewhere, and all of
it as text.
"""

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import orjson
from cyclopts import App, Parameter

from domain.errors import CouldNotRun, InvalidValue
from domain.months import BRUSSELS
from filing.audit_heads import HeadNotSigned, read_head, sign_head
from filing.receipts import keys_in, receipt_signer
from persistence.audit import head_of_chain, verify_chain
from persistence.audit_log import AuditWanted, entries_in_order
from server.commands.files import text_of
from server.offices import migrated_database
from server.receipt_key import load_receipt_key
from server.settings import Settings
from server.settings_at_start import load_settings

audit_app = App(name="audit", help="The audit trail.")


class NothingToSign(CouldNotRun):
    """The trail is empty: there is no newest entry yet."""


@audit_app.command
async def verify(*, head: Path | None = None, keys: Path | None = None) -> tuple[str, int]:
    """Read the whole chain and compute it anew; ends with 0 when it is whole, 1 when not, 2 when it could not run.

    Parameters
    ----------
    head
        What `mandaat audit head` printed earlier: it must still be in the chain, or something was cut off or made anew.
    keys
        Published keys of that time, a JSON Web Key Set; without it, the key of the settings.
    """
    settings = load_settings()
    known = keys_in(text_of(keys)) if keys else {"keys": [load_receipt_key(settings).public]}
    try:
        anchor = read_head(text_of(head), known) if head else None
    except HeadNotSigned:
        return f"not whole: {head} is not signed by the key, or was changed", 1
    async with migrated_database(settings):
        check = await verify_chain(anchor=anchor)
    if check.first_bad is None:
        return f"whole; entries: {check.entries}", 0
    return f"not whole: entry {check.first_bad} is not what was written, or is gone", 1


@audit_app.command
async def head() -> str:
    """Print the newest entry: sequence, hash and moment, signed by the receipt key. Keep it on another machine."""
    settings = load_settings()
    key = load_receipt_key(settings)
    async with migrated_database(settings):
        newest = await head_of_chain()
    if newest is None:
        raise NothingToSign("the audit trail is empty; there is nothing to sign yet")
    return str(sign_head(newest, receipt_signer(key.private, key.key_id)))


@audit_app.command
async def export(
    *,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    until: str | None = None,
) -> None:
    """Print entries as JSON, one a line, oldest first, with everything that their hashes cover.

    Parameters
    ----------
    since
        From this moment on, inclusive: `2026-11-01`, which is its beginning in Brussels, or with time and zone.
    until
        Before this moment, exclusive.
    """
    wanted = AuditWanted(since=_moment("from", since), until=_moment("until", until))
    settings: Settings = load_settings()
    async with migrated_database(settings):
        async for entry in entries_in_order(wanted):
            sys.stdout.write(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode() + "\n")


def _moment(name: str, text: str | None) -> datetime | None:
    """A day as its beginning in Brussels, or a moment with a zone; raises `InvalidValue` for anything else."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-11-01"):
            return datetime.combine(date.fromisoformat(text), time(), BRUSSELS)
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidValue(name, found=text[:40], expected="a day, or a moment with a time zone")
    return moment
