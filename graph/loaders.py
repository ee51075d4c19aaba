"""Dataloaders of one request: the only door besides pages by which objects enter an answer.

Each loads many objects in one query under the caller's scope, so that what he may not see loads as none, whichever way
it was reached. Decisions on objects are batched the same way: one query for all objects of a tick.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from domain.caller import Caller
from domain.vocabulary import Action, Relation
from filing.gate import Gate
from filing.identification import Identified
from filing.subjects import OnConvention, Subject
from graph.batching import batched
from graph.collective_loaders import CollectiveLoaders
from graph.performance_loaders import PerformanceLoaders
from persistence.admissions import admissions_by_id
from persistence.conventions import conventions_by_id
from persistence.mandates import count_mandates_on_conventions, mandates_by_id, mandates_on_conventions
from persistence.models import AdmissionRow, ConventionRow, MandateRow, OrganisationRow, RoleGrantRow, UserRow
from persistence.organisations import organisations_by_id, users_by_id
from persistence.pages import Page, PageRequest
from persistence.role_grants import role_grants_by_id
from persistence.scope import Scope

_GRANTING_OTHERS = frozenset(
    {Relation.MANDATED_TO_UPLOAD, Relation.MANDATED_TO_SUBMIT, Relation.OWN_ORGANISATION, Relation.DEPARTMENT}
)


class Sight(Protocol):
    """Whose request it is: what loaders need of its context."""

    @property
    def gate(self) -> Gate: ...

    @property
    def caller(self) -> Caller: ...

    @property
    def known(self) -> Identified: ...

    def scope(self, action: Action) -> Scope: ...


class Loaders:
    """Loaders by key; never shared between requests, because what they hold is one caller's sight."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    @cached_property
    def performance(self) -> PerformanceLoaders:
        return PerformanceLoaders(self._sight)

    @cached_property
    def collective(self) -> CollectiveLoaders:
        return CollectiveLoaders(self._sight)

    async def permits(self, subject: Subject, action: Action) -> bool:
        """Whether the caller may do *action* on *subject*; conventions asked in the same tick share one query."""
        if isinstance(subject, OnConvention):
            return action in await self.actions(subject)
        return await self._sight.gate.permits(self._sight.caller, action, subject)

    async def actions(self, subject: OnConvention) -> frozenset[Action]:
        """Everything that the caller may do on *subject* now."""
        return await self._actions.load(subject)

    async def permits_as_owner(self, subject: OnConvention, action: Action) -> bool:
        """Whether the caller may do *action* on *subject* because his organisation is the promotor."""
        return action in await self._actions_as_owner.load(subject)

    @batched
    async def _actions_as_owner(self, subjects: list[OnConvention]) -> Sequence[frozenset[Action]]:
        table, pairs = await self._sight.gate.pairs_on(self._sight.caller, subjects)
        # What is added to other relations can only take away, and stays.
        return [
            table.actions_for(frozenset(pair for pair in held if pair[1] not in _GRANTING_OTHERS)) for held in pairs
        ]

    @batched
    async def _actions(self, subjects: list[OnConvention]) -> Sequence[frozenset[Action]]:
        table, pairs = await self._sight.gate.pairs_on(self._sight.caller, subjects)
        return [table.actions_for(held) for held in pairs]

    @batched
    async def conventions(self, ids: list[str]) -> Sequence[ConventionRow | None]:
        found = await conventions_by_id(self._sight.scope(Action.READ_CONVENTION), ids)
        return [found.get(one) for one in ids]

    @batched
    async def organisations(self, ids: list[str]) -> Sequence[OrganisationRow | None]:
        found = await organisations_by_id(ids)
        return [found.get(one) for one in ids]

    @batched
    async def users(self, ids: list[str]) -> Sequence[UserRow | None]:
        found = await users_by_id(ids)
        return [found.get(one) for one in ids]

    @batched
    async def mandates(self, ids: list[str]) -> Sequence[MandateRow | None]:
        found = await mandates_by_id(self._sight.scope(Action.READ_MANDATES), ids)
        return [found.get(one) for one in ids]

    @batched
    async def mandates_of_conventions(self, asked: list[tuple[str, PageRequest]]) -> Sequence[Page[MandateRow]]:
        scope = self._sight.scope(Action.READ_MANDATES)
        pages: dict[tuple[str, PageRequest], Page[MandateRow]] = {}
        for request in dict.fromkeys(request for _, request in asked):
            convention_ids = [convention_id for convention_id, of in asked if of == request]
            found = await mandates_on_conventions(scope, convention_ids, request)
            pages |= {(convention_id, request): page for convention_id, page in found.items()}
        return [pages[one] for one in asked]

    @batched
    async def mandate_counts(self, convention_ids: list[str]) -> Sequence[int]:
        found = await count_mandates_on_conventions(self._sight.scope(Action.READ_MANDATES), convention_ids)
        return [found[one] for one in convention_ids]

    @batched
    async def role_grants(self, ids: list[str]) -> Sequence[RoleGrantRow | None]:
        found = await role_grants_by_id(self._sight.scope(Action.READ_ROLES), ids)
        return [found.get(one) for one in ids]

    @batched
    async def admissions(self, ids: list[str]) -> Sequence[AdmissionRow | None]:
        found = await admissions_by_id(self._sight.scope(Action.READ_QUALITY), ids)
        return [found.get(one) for one in ids]
