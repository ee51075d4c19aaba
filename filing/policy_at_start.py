"""Which policy a starting process decides by: the file when somebody edited it, else the version in the database."""

import structlog

from domain.months import Clock
from filing.policy_in_force import Accepted, PolicyInForce, in_database
from filing.policy_on_disk import FileState, PolicyOnDisk, take_edit

log = structlog.get_logger(__name__)

_FROM_FILE = "policy file at start"


async def policy_at_start(policy: bytes, model: str, clock: Clock, tests: str | None = None) -> PolicyInForce:
    """Take the policy file into force, or the version in the database when the file waits or is a stale copy.

    An edited file becomes a new version in the history, with *tests* or else those of the version before. Raises
    `PolicyRefused` when the file is not acceptable: a server with a bad policy does not start.
    """
    taken = await take_edit(PolicyOnDisk(policy, tests), model, clock, _FROM_FILE)
    if taken.state is not FileState.IN_FORCE:
        log.warning("policy_file_left_aside", state=taken.state, file=taken.table.version, sequence=taken.sequence)
    return PolicyInForce(model, Accepted(taken.sequence, await in_database(taken.sequence, model, None)))
