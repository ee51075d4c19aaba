"""The newest entry of the audit trail, signed: kept at another place, it shows later that nothing was cut off or made
anew.

It is signed as a receipt is, by the same key; its content says that it is a head, so that neither passes for the other.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from domain.errors import DomainError, InvalidValue
from filing.office import Signer
from filing.receipts import Receipt, canonical, verify_receipt
from persistence.audit import Head

_KIND: Final = "auditHead"


class HeadNotSigned(DomainError):
    """The head was not signed by one of the keys, or was changed afterwards."""

    code = "AUDIT_HEAD_NOT_SIGNED"


def sign_head(head: Head, sign: Signer) -> Receipt:
    content = canonical(
        {
            "kind": _KIND,
            "sequence": head.sequence,
            "hash": head.hash,
            "at": head.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
    )
    return Receipt(content, sign(content.encode()))


def read_head(text: str, jwks: Mapping[str, Sequence[Mapping[str, str]]]) -> Head:
    """The head in *text*.

    Raises `InvalidValue` when it is none, `HeadNotSigned` when none of the keys signed it.
    """
    signed = Receipt.parse(text)
    if not verify_receipt(signed, jwks):
        raise HeadNotSigned
    try:
        values: Mapping[str, Any] = signed.values
        if values["kind"] != _KIND:
            raise ValueError(_KIND)  # noqa: TRY301 - one answer for every other form
        return Head(int(values["sequence"]), str(values["hash"]), datetime.fromisoformat(values["at"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidValue("head", found=signed.content[:40], expected="what `mandaat audit head` printed") from error
