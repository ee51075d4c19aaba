"""The one gate in front of everything: may this caller do this with this thing, now?

It joins the two stages of a decision: the database says which pairs hold, the accepted policy's table decides. A caller
who may not even see a thing learns that it does not exist; one who sees it learns what he lacks and whom to ask.
"""

from collections.abc import Collection, Sequence

from authz.decision_table import DecisionTable
from authz.explanation import explain, explain_grant
from domain.caller import Caller
from domain.decisions import Decision, GrantNotAllowed, NotAllowed, Pair
from domain.errors import NotFound
from domain.months import Clock
from domain.vocabulary import Action, Mode, OrganisationKind, Relation, Role
from filing.circumstances import circumstances_of
from filing.policy_in_force import PolicyInForce
from filing.subjects import AtDepartment, OnConvention, OnOrganisation, Subject
from persistence.database import Connection
from persistence.scope import Scope
from persistence.standing import Asked, Position, Standing, hold_rights_still, position_of, standing_on_conventions


class Gate:
    """Decides, for every floor above; holds no rights of its own and remembers none."""

    def __init__(self, policy: PolicyInForce, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock

    async def pairs_on(
        self, caller: Caller, subjects: Sequence[OnConvention], connection: Connection | None = None
    ) -> tuple[DecisionTable, list[frozenset[Pair]]]:
        """The pairs held on each of *subjects*, with the table to decide by; one query however many they are."""
        asked = [Asked(one.convention_id, one.month, one.mode is Mode.PRODUCTION) for one in subjects]
        standing = await standing_on_conventions(
            caller.user_id,
            caller.organisation_id,
            asked,
            self._clock(),
            connection,
            claimed=caller.claimed_roles,
        )
        return await self._table_for(standing, connection), list(standing.pairs)

    async def decide(
        self, caller: Caller, action: Action, subject: Subject, connection: Connection | None = None
    ) -> Decision:
        """The decision with its reason: the line of the policy, or what is missing and whom to ask."""
        table, pairs = await self._held(caller, subject, connection)
        circumstances = await circumstances_of(caller, subject, self._clock(), connection)
        return explain(table, pairs, action, circumstances)

    async def permits(
        self, caller: Caller, action: Action, subject: Subject, connection: Connection | None = None
    ) -> bool:
        table, pairs = await self._held(caller, subject, connection)
        return table.permits(pairs, action)

    async def require(
        self,
        caller: Caller,
        action: Action,
        subject: Subject,
        *,
        thing: str,
        seen_by: Action | None,
        connection: Connection | None = None,
    ) -> None:
        """Return when *caller* may do *action* with *subject*.

        Raises `NotFound` for *thing* when he may not do *seen_by* either, so that what he may not see answers as
        what does not exist; `NotAllowed` with the decision when he sees it. Without *seen_by* everybody sees it.
        """
        table, pairs = await self._held(caller, subject, connection)
        if table.permits(pairs, action):
            return
        if seen_by is not None and not table.permits(pairs, seen_by):
            raise NotFound(thing)
        raise NotAllowed(
            explain(table, pairs, action, await circumstances_of(caller, subject, self._clock(), connection))
        )

    async def require_in_write(
        self,
        caller: Caller,
        action: Action,
        subject: Subject,
        connection: Connection,
        *,
        thing: str,
        seen_by: Action | None,
    ) -> None:
        """`require` inside the transaction of a write: rights are kept from changing until it ends."""
        conventions = [subject.convention_id] if isinstance(subject, OnConvention) else []
        await hold_rights_still(caller.user_id, caller.organisation_id, conventions, connection)
        await self.require(caller, action, subject, thing=thing, seen_by=seen_by, connection=connection)

    def scope(self, table: DecisionTable, caller: Caller, action: Action) -> Scope:
        """What *caller* may do *action* with, as a predicate for lists; *table* is the one pinned for his request."""
        return Scope(
            organisation_id=caller.organisation_id,
            organisation_kind=caller.organisation_kind,
            granting=_relations(table.granting_pairs(action), caller),
            vetoing=_relations(table.vetoing_pairs(action), caller),
            moment=self._clock(),
        )

    async def require_grant(self, caller: Caller, role: Role, subject: OnOrganisation, connection: Connection) -> None:
        """Return when *caller* may give or take away *role* in an organisation; inside the transaction of the write.

        Raises `GrantNotAllowed`; who may grant is no secret, and organisations are public.
        """
        await hold_rights_still(caller.user_id, caller.organisation_id, [], connection)
        table, pairs = await self._held(caller, subject, connection)
        if not table.may_grant(pairs, role):
            raise GrantNotAllowed(explain_grant(table, pairs, role))

    async def _held(
        self, caller: Caller, subject: Subject, connection: Connection | None
    ) -> tuple[DecisionTable, frozenset[Pair]]:
        if isinstance(subject, OnConvention):
            table, pairs = await self.pairs_on(caller, [subject], connection)
            return table, pairs[0]
        position = await position_of(
            caller.user_id, caller.organisation_id, self._clock(), connection, claimed=caller.claimed_roles
        )
        if position is None:
            return await self._policy.table(), frozenset()
        return await self._table_for(position, connection), _pairs_elsewhere(caller, position, subject)

    async def _table_for(self, read: Standing | Position, connection: Connection | None) -> DecisionTable:
        """The table of the policy that was in force when the pairs were read: never an older one."""
        if read.policy_sequence is None:
            return await self._policy.table()
        return await self._policy.table_of(read.policy_sequence, connection)


def _pairs_elsewhere(caller: Caller, position: Position, subject: OnOrganisation | AtDepartment) -> frozenset[Pair]:
    relations: set[Relation] = set()
    if position.kind is OrganisationKind.DEPARTMENT:
        relations.add(Relation.DEPARTMENT)
    if isinstance(subject, OnOrganisation):
        if subject.organisation_id == caller.organisation_id:
            relations.add(Relation.OWN_ORGANISATION)
        if subject.user_id == caller.user_id:
            relations.add(Relation.SELF)
    if position.is_blocked:
        relations.add(Relation.BLOCKED)
    return frozenset((role, relation) for role in position.roles for relation in relations)


def _relations(pairs: Collection[Pair], caller: Caller) -> frozenset[Relation]:
    return frozenset(relation for role, relation in pairs if role in caller.roles)
