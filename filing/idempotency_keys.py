"""Keys that clients choose for requests which may be repeated: their form, and what makes two requests the same."""

import hashlib
import re

from domain.caller import Caller
from domain.errors import InvalidValue
from persistence.idempotency import IdempotencyKey

_FORM = re.compile(r"[!-~]{1,100}")


def require_key_form(key: str) -> None:
    """Raises `InvalidValue`, which does not repeat the key."""
    if _FORM.fullmatch(key) is None:
        raise InvalidValue(
            "idempotencyKey", found=f"{len(key)} characters", expected="1 to 100 visible ASCII characters"
        )


def idempotency_key(caller: Caller, key: str, *, operation: str, request: tuple[object, ...]) -> IdempotencyKey:
    """The key as *caller* uses it for *operation*; *request* is everything that makes two of his requests differ."""
    described = "\n".join(str(one) for one in request)
    return IdempotencyKey(
        organisation_id=caller.organisation_id,
        user_id=caller.user_id,
        key=key,
        operation=operation,
        request_sha256=hashlib.sha256(described.encode()).hexdigest(),
    )
