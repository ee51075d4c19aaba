"""The filing office: everything that the use cases work with, built once by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from domain.months import Clock
from filing.gate import Gate
from filing.policy_in_force import PolicyInForce
from filing.uploads_at_once import UploadsAtOnce
from persistence.file_store import FileStore

Signer = Callable[[bytes], str]
"""Signs the bytes of a receipt; answers a compact JWS with detached payload, verifiable with the published key."""


@dataclass(frozen=True, slots=True)
class Office:
    """Services of the floors below, for one process; use cases take it with the caller and his request."""

    gate: Gate
    policy: PolicyInForce
    policy_path: Path
    clock: Clock
    store: FileStore
    sign: Signer
    upload_limit_bytes: int
    uploads_at_once: UploadsAtOnce
    resumable_uploads_limit: int
    """How many uploads a sender may have under way."""
    resumable_uploads_kept: timedelta
    """How long an upload may take, from its beginning."""
