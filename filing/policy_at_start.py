"""Which policy a starting process decides by: the file when somebody edited it, else the version in the database.

An edit on disk passes the same gate as any other, but a file cannot confirm anything and shows nobody: what needs a
confirmation or a second administrator is left aside, and the last accepted version stays.
"""

import structlog

from domain.months import Clock
from filing.policy_acceptance import (
    NeedsSecondAdministrator,
    PolicyUnconfirmed,
    require_confirmed,
    require_one_is_enough,
    require_tests_pass,
)
from filing.policy_in_force import Accepted, PolicyChange, PolicyInForce, compile_policy, in_database, put_in_force
from persistence.database import Connection
from persistence.policies import (
    add_policy,
    hold_policy_still,
    latest_policy_sequence,
    policy_tests_with,
    policy_with_version,
)
from persistence.unit_of_work import unit_of_work

log = structlog.get_logger(__name__)

_FROM_FILE = "policy file at start"


async def policy_at_start(policy: bytes, model: str, clock: Clock, tests: str | None = None) -> PolicyInForce:
    """Take the policy file into force, or the version in the database when the file is a stale copy of an older one.

    An edited file becomes a new version in the history, with *tests* or else those of the version before. Raises
    `PolicyRefused` when the file is not acceptable: a server with a bad policy does not start.
    """
    table = await compile_policy(policy, model)
    moment = clock()

    async def work(connection: Connection) -> int:
        await hold_policy_still(connection)
        latest = await latest_policy_sequence(connection)
        # Read under the lock: of several processes that start with the same edited file, one makes the version.
        if latest is not None and await policy_with_version(table.version) is not None:
            return latest
        text = policy.decode("utf-8-sig")
        if latest is None:
            await require_tests_pass(table, tests)
            return await add_policy(
                connection,
                version=table.version,
                policy=text,
                author_id=None,
                reason=_FROM_FILE,
                moment=moment,
                tests=tests,
            )
        before = await in_database(latest, model, connection)
        asked = tests or await policy_tests_with(latest, connection)
        await require_tests_pass(table, asked)
        try:
            require_confirmed(before, table, ())
            require_one_is_enough(before, table)
        except (PolicyUnconfirmed, NeedsSecondAdministrator) as needed:
            log.warning("policy_file_left_aside", code=needed.code, needed=dict(needed.values), sequence=latest)
            return latest
        change = PolicyChange("policyActivate", text, table, _FROM_FILE, tests=asked)
        return await put_in_force(connection, change, before=before.version, author=None, moment=moment)

    sequence = await unit_of_work(work)
    in_force = await in_database(sequence, model, None)
    if in_force.version != table.version:
        log.warning("policy_file_is_stale", file=table.version, in_force=in_force.version, sequence=sequence)
    return PolicyInForce(model, Accepted(sequence, in_force))
