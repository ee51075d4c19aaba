"""May this caller send collective files at all, and which ones does he see?

What a file holds is known only when it has been read, so the question before the first byte is whether there is any
convention for which the answer could be yes; each part is decided on its own when the file is checked.
"""

from authz.decision_table import DecisionTable
from authz.explanation import Circumstances, MandateHeld, explain
from authz.invariants import ADDED_RELATIONS
from domain.caller import Caller
from domain.decisions import NotAllowed, Pair
from domain.months import Month, MonthPeriod
from domain.vocabulary import Action, MandateLevel, Mode, OrganisationKind, Relation
from filing.circumstances import past_behind
from filing.office import Office
from persistence.collective_files import FileSight
from persistence.database import Connection
from persistence.standing import OrganisationPast, Position, position_of


async def require_may_send(
    office: Office, caller: Caller, *, mode: Mode, checks_only: bool, connection: Connection | None = None
) -> DecisionTable:
    """Return when *caller* may send something; answers the table by which it was decided.

    Raises `NotAllowed` without a role that may upload (or test, for *checks_only*), when his organisation is blocked,
    and in production before its admission.
    """
    moment = office.clock()
    action = Action.TEST if checks_only else Action.UPLOAD
    needs_admission = mode is Mode.PRODUCTION and not checks_only
    position = await position_of(
        caller.user_id, caller.organisation_id, moment, connection, claimed=caller.claimed_roles
    )
    if position is None or position.policy_sequence is None:
        table = await office.policy.table()
    else:
        table = await office.policy.table_of(position.policy_sequence, connection)
    pairs = frozenset[Pair]() if position is None else _best_pairs(table, position, action, needs_admission)
    if table.permits(pairs, action):
        return table
    this_month = Month.at(moment)
    if position is None:
        circumstances = Circumstances(organisation_kind=caller.organisation_kind, this_month=this_month)
    else:
        is_admitted = position.is_admitted or not needs_admission
        past = await past_behind(caller.organisation_id, position, is_admitted=is_admitted, connection=connection)
        circumstances = _circumstances(position, past, this_month, is_admitted=is_admitted)
    raise NotAllowed(explain(table, pairs, action, circumstances))


def files_in_sight(caller: Caller, table: DecisionTable) -> FileSight:
    """The collective files that *caller* sees: the department all, a sender those of his organisation."""
    seeing = (Action.READ_QUALITY, Action.CONSULT)
    if caller.organisation_kind is OrganisationKind.DEPARTMENT and any(
        role in caller.roles and relation is Relation.DEPARTMENT
        for action in seeing
        for role, relation in table.granting_pairs(action)
    ):
        return FileSight(everything=True)
    if any(table.role_ever_permits(role, Action.UPLOAD) for role in caller.roles):
        return FileSight(organisation_id=caller.organisation_id)
    return FileSight()


def _best_pairs(table: DecisionTable, position: Position, action: Action, needs_admission: bool) -> frozenset[Pair]:  # noqa: FBT001
    """The pairs on the convention to which the organisation stands best, with what takes rights away everywhere."""
    added: set[Relation] = set()
    if position.is_blocked:
        added.add(Relation.BLOCKED)
    if needs_admission and not position.is_admitted:
        added.add(Relation.NOT_ADMITTED)
    best = {
        (role, relation)
        for role, relation in table.granting_pairs(action)
        if role in position.roles and relation not in ADDED_RELATIONS
    }
    return frozenset(best | {(role, relation) for role in position.roles for relation in added})


def _circumstances(
    position: Position, past: OrganisationPast, this_month: Month, *, is_admitted: bool
) -> Circumstances:
    """As for a convention to which the organisation stands best, so that only role, admission and block can lack."""
    return Circumstances(
        organisation_kind=position.kind,
        this_month=this_month,
        roles=position.roles,
        mandates=(MandateHeld(MandateLevel.SUBMIT, MonthPeriod(this_month, None)),),
        is_owner=position.kind is OrganisationKind.PROMOTOR,
        is_admitted=is_admitted,
        admission_gone_since=past.admission_gone_on,
        is_blocked=position.is_blocked,
        blocked_since=past.blocked_on,
    )
