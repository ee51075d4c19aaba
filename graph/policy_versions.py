"""The policy as clients read it: its text, what is remarkable in it, its history, and what another would change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

import strawberry

from authz.difference import Difference
from authz.policy_faults import FaultLevel, PolicyFault
from authz.policy_file import read_policy
from authz.remarks import remarks
from authz.rules import PolicyRules
from authz.rulings import ActionCell, GrantCell, ruling_on
from domain.vocabulary import Action, Effect, Language, Relation, Role
from filing.policy_effect import Affected
from filing.policy_effect_on_conventions import RoleEffect
from filing.policy_in_force import encoded
from filing.policy_on_disk import FileState, file_standing
from graph.connections import After, Before, Connection, First, Last, connection_of
from graph.context import Info
from graph.nodes import opaque_id
from graph.organisations import User, user_with
from graph.problems import OWN_REQUEST
from graph.rights import public_type, reached_by
from persistence.models import PolicyProposalRow, PolicyVersionRow
from persistence.pages import PageRequest
from persistence.policies import count_policies, policy_history
from persistence.policy_proposals import waiting_proposals

strawberry.enum(
    FaultLevel,
    description="ERROR refuses it; CONFIRMATION too, unless its code is repeated in `confirm`; WARNING is advice.",
)


@public_type(OWN_REQUEST)
@strawberry.type(name="PolicyFault", description="What is wrong, or remarkable, in a policy text.")
class PolicyFaultType:
    code: str = strawberry.field(description="Stable and for programs.")
    level: FaultLevel = strawberry.field(description="Whether it refuses the policy.")
    line: int | None = strawberry.field(description="Line, counted from 1; null when it is about the whole text.")
    column: int | None = strawberry.field(description="Column in characters, counted from 1; null without a line.")
    message: str = strawberry.field(description="What was found and what was expected, in the language of the request.")

    @classmethod
    def from_fault(cls, fault: PolicyFault, language: Language) -> Self:
        return cls(
            code=fault.code,
            level=fault.level,
            line=fault.line,
            column=fault.column,
            message=fault.message(language),
        )


@reached_by(Action.READ_POLICY)
@strawberry.type(description="What a policy says of a role in one relation; other roles and relations of a person add.")
class PolicyRuling:
    allowed: bool = strawberry.field(description="Whether it allows the action.")
    line: int | None = strawberry.field(description="The line that says so; null when no line speaks of it.")
    rule: str | None = strawberry.field(description="That line, as the file writes it; null when there is none.")

    @classmethod
    def of(cls, rules: PolicyRules, role: Role, relation: Relation, action: Action) -> Self:
        ruling = ruling_on(rules, role, relation, action)
        if ruling is None:
            return cls(allowed=False, line=None, rule=None)
        return cls(allowed=ruling.effect is Effect.ALLOW, line=ruling.line, rule=ruling.text)


strawberry.enum(FileState, name="PolicyFileState", description="How the policy file stands to the policy in force.")


@reached_by(Action.READ_POLICY)
@strawberry.type(description="The policy file on the disk of the process that answers (beleidsbestand), read now.")
class PolicyFile:
    state: FileState = strawberry.field(description="How it stands to the policy in force.")
    version: str | None = strawberry.field(description="The version that it is or would be; null when it is refused.")
    faults: list[PolicyFaultType] = strawberry.field(
        description="Why it is refused, or what has to be confirmed; mostly empty."
    )


@reached_by(Action.READ_POLICY)
@strawberry.type(description="A policy that was accepted (beleid), stored whole.")
class PolicyVersion:
    row: strawberry.Private[PolicyVersionRow]
    sequence: int = strawberry.field(description="Its number in the history, from 1; the highest is in force.")
    version: str = strawberry.field(
        description="Hash of what it says, 64 hexadecimal characters; comments and the order of lines do not count."
    )
    text: str = strawberry.field(description="The whole text of `policy.csv`, comments included.")
    activated_at: datetime = strawberry.field(description="When it was put in force.")
    reason: str = strawberry.field(description="Why, in the words of its author; at most 2000 characters.")
    tests: str | None = strawberry.field(
        description="The text of `policy_tests.csv` that it passed; null when it was accepted without tests."
    )
    changes: list[str] | None = strawberry.field(
        description="The rights that came and went with it, as lines of the file with a sign (`+ p, …`, `- p, …`, "
        "`+ deny p, …`); null for the first version."
    )

    @classmethod
    def from_row(cls, row: PolicyVersionRow) -> Self:
        return cls(
            row=row,
            sequence=row.sequence,
            version=row.version,
            text=row.policy,
            activated_at=row.activated_at,
            reason=row.reason,
            tests=row.tests,
            changes=None if row.changes is None else row.changes.splitlines(),
        )

    @strawberry.field(description="The line by which a role in a relation may do an action, or may not.")
    def ruling(
        self,
        role: Annotated[Role, strawberry.argument(description="The role (rol).")],
        relation: Annotated[Relation, strawberry.argument(description="How his organisation stands to it (relatie).")],
        action: Annotated[Action, strawberry.argument(description="The action (actie).")],
    ) -> PolicyRuling:
        return PolicyRuling.of(read_policy(encoded(self.row.policy)), role, relation, action)

    @strawberry.field(description="Who put it in force; null when it came from the file or the command line.")
    async def author(self, info: Info) -> User | None:
        return await user_with(info.context, self.row.author_id) if self.row.author_id else None


@reached_by(Action.READ_POLICY)
@strawberry.type(description="A policy that waits for a second administrator (voorstel van beleid).")
class PolicyProposal:
    row: strawberry.Private[PolicyProposalRow]
    id: strawberry.ID = strawberry.field(description="For `policyApprove`.")
    version: str = strawberry.field(description="The version that it would be, 64 hexadecimal characters.")
    base_version: str = strawberry.field(
        description="The policy that it was made for; another one in force lets the proposal lapse."
    )
    text: str = strawberry.field(description="The whole text of `policy.csv`, comments included.")
    reason: str = strawberry.field(description="Why, in the words of who proposed it; at most 2000 characters.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")

    @classmethod
    def from_row(cls, row: PolicyProposalRow) -> Self:
        return cls(
            row=row,
            id=opaque_id("PolicyProposal", row.id),
            version=row.version,
            base_version=row.base_version,
            text=row.policy,
            reason=row.reason,
            proposed_at=row.proposed_at,
        )

    @strawberry.field(
        description="Who proposed it; somebody else approves it. Null for an edit of the file on disk: there, who "
        "approves first takes this place when more people would submit."
    )
    async def proposed_by(self, info: Info) -> User | None:
        return await user_with(info.context, self.row.proposed_by) if self.row.proposed_by else None


@reached_by(Action.READ_POLICY)
@strawberry.type(description="The policy in force: who may do what (beleid).")
class Policy(PolicyVersion):
    @strawberry.field(description="What is allowed in the text but probably not meant, by line.")
    def warnings(self, info: Info) -> list[PolicyFaultType]:
        found = remarks(read_policy(encoded(self.row.policy)))
        return [PolicyFaultType.from_fault(fault, info.context.language) for fault in found]

    @strawberry.field(description="The file that administrators edit; an edit that is refused or waits shows here.")
    async def file(self, info: Info) -> PolicyFile:
        office = info.context.office
        found = await file_standing(office.policy_path, office.policy)
        faults = [PolicyFaultType.from_fault(fault, info.context.language) for fault in found.faults]
        return PolicyFile(state=found.state, version=found.version, faults=faults)

    @strawberry.field(description="Policies that wait for an administrator, newest first; lapsed ones left out.")
    async def proposals(self) -> list[PolicyProposal]:
        return [PolicyProposal.from_row(row) for row in await waiting_proposals(self.version)]

    @strawberry.field(description="Every accepted version, newest first.")
    async def history(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[PolicyVersion]:
        page = await policy_history(PageRequest.read(int, first=first, after=after, last=last, before=before))
        return connection_of(page, PolicyVersion.from_row, count_policies)


@reached_by(Action.READ_POLICY)
@strawberry.type(description="A right: a role whose organisation stands in a relation to a thing may do an action.")
class PolicyCell:
    role: Role = strawberry.field(description="The role (rol).")
    relation: Relation = strawberry.field(description="How the organisation stands to the thing (relatie).")
    action: Action = strawberry.field(description="The action (actie).")


@reached_by(Action.READ_POLICY)
@strawberry.type(description="The right to give and take away a role.")
class PolicyGrantCell:
    granter: Role = strawberry.field(description="The role of who gives it.")
    relation: Relation = strawberry.field(description="How his organisation stands to that of the receiver (relatie).")
    role: Role = strawberry.field(description="The role that is given.")


@reached_by(Action.READ_POLICY)
@strawberry.type(description="How many people gain or lose an action, by the roles that they hold today.")
class PeopleAffected:
    action: Action = strawberry.field(description="The action.")
    gaining: int = strawberry.field(description="Number of people who can do it on something and could not before.")
    losing: int = strawberry.field(description="Number of people who could do it on something and no longer can.")


@reached_by(Action.READ_POLICY)
@strawberry.type(description="What a role gains or loses on conventions, counted on the database of today.")
class RoleAffected:
    role: Role = strawberry.field(description="The role (rol).")
    action: Action = strawberry.field(description="What is gained or lost.")
    is_gain: bool = strawberry.field(description="True when it is gained, false when it is lost.")
    users: int = strawberry.field(description="Number of people with the role whom it concerns.")
    conventions: int = strawberry.field(description="Number of different conventions on which.")


@reached_by(Action.READ_POLICY)
@strawberry.type(description="What a policy would decide otherwise than the one in force.")
class PolicyDifference:
    is_empty: bool = strawberry.field(description="Whether both decide everything the same way.")
    gained: list[PolicyCell] = strawberry.field(description="Rights that come.")
    lost: list[PolicyCell] = strawberry.field(description="Rights that go.")
    denied: list[PolicyCell] = strawberry.field(description="Denies that come; each wins over every right.")
    freed: list[PolicyCell] = strawberry.field(description="Denies that go.")
    grants_gained: list[PolicyGrantCell] = strawberry.field(description="Rights to give a role that come.")
    grants_lost: list[PolicyGrantCell] = strawberry.field(description="Rights to give a role that go.")
    grants_denied: list[PolicyGrantCell] = strawberry.field(description="Denies on giving a role that come.")
    grants_freed: list[PolicyGrantCell] = strawberry.field(description="Denies on giving a role that go.")
    people: list[PeopleAffected] = strawberry.field(description="The same in people; only actions that change.")
    roles: list[RoleAffected] = strawberry.field(description="The same by role, in people and conventions.")

    @classmethod
    def of(cls, found: Difference, affected: Iterable[Affected], effects: Iterable[RoleEffect]) -> Self:
        return cls(
            is_empty=found.is_empty,
            gained=_cells(found.gained),
            lost=_cells(found.lost),
            denied=_cells(found.denied),
            freed=_cells(found.freed),
            grants_gained=_grant_cells(found.grants_gained),
            grants_lost=_grant_cells(found.grants_lost),
            grants_denied=_grant_cells(found.grants_denied),
            grants_freed=_grant_cells(found.grants_freed),
            people=[PeopleAffected(action=one.action, gaining=one.gaining, losing=one.losing) for one in affected],
            roles=[
                RoleAffected(
                    role=one.role,
                    action=one.action,
                    is_gain=one.is_gain,
                    users=one.users,
                    conventions=one.conventions,
                )
                for one in effects
            ],
        )


def _cells(cells: Iterable[ActionCell]) -> list[PolicyCell]:
    return [PolicyCell(role=role, relation=relation, action=action) for role, relation, action in cells]


def _grant_cells(cells: Iterable[GrantCell]) -> list[PolicyGrantCell]:
    return [PolicyGrantCell(granter=granter, relation=relation, role=role) for granter, relation, role in cells]
