"""Questions about rights: may I do this and by which line of the policy, and who may do it on a convention."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.decisions import Decision
from domain.identifiers import EnterpriseNumber
from domain.months import Month
from domain.vocabulary import Action, Language, MandateLevel, Relation, Role
from filing.questions import Grantee, RightAsked, explain_right, who_can
from filing.what_if import WhatIf, explain_what_if
from graph.context import Info
from graph.guard import ForCaller, Scoped
from graph.nodes import key_of
from graph.organisations import Organisation, User, organisation_with, user_with
from graph.problems import MissingRight
from graph.rights import public_type, reached_by
from graph.vocabulary import Mode

strawberry.enum(Relation, description="How the acting organisation, or its user, stands to a thing now (relatie).")

_OWN_RIGHTS = (
    "tells the caller about his own rights, and the department's readers of roles about others;"
    " a convention out of sight answers as one that does not exist"
)


@public_type(_OWN_RIGHTS)
@strawberry.type(description="A role of the caller with how his organisation stands to the thing.")
class HeldPair:
    role: Role = strawberry.field(description="A role that he holds in the acting organisation today.")
    relation: Relation = strawberry.field(description="How that organisation stands to the thing.")


@public_type(_OWN_RIGHTS)
@strawberry.type(
    name="Decision", description="May the caller do this, by which line, else what is missing (beslissing)."
)
class DecisionType:
    allowed: bool = strawberry.field(description="Whether he may.")
    action: Action = strawberry.field(description="What was asked.")
    policy_version: str = strawberry.field(description="The version of the policy that decided.")
    line: int | None = strawberry.field(description="Number of the line that decided; null when no line did.")
    rule: str | None = strawberry.field(description="The text of that line; null when no line did.")
    pairs: list[HeldPair] = strawberry.field(description="All that the caller holds here.")
    missing: list[MissingRight] = strawberry.field(
        description="What is missing and whom to ask, the first thing to mend first; empty when he may."
    )

    @classmethod
    def from_decision(cls, decision: Decision, language: Language) -> "DecisionType":
        return cls(
            allowed=decision.allowed,
            action=decision.action,
            policy_version=decision.policy_version,
            line=decision.line,
            rule=decision.rule,
            pairs=[HeldPair(role=role, relation=relation) for role, relation in decision.pairs],
            missing=[MissingRight.from_missing(one, language) for one in decision.missing],
        )


@reached_by(Action.READ_MANDATES)
@strawberry.type(name="Grantee", description="A person who may do it, and for which organisation.")
class GranteeType:
    grantee: strawberry.Private[Grantee]
    roles: list[Role] = strawberry.field(description="His roles there that let him, in alphabetical order.")

    @strawberry.field(description="The person.")
    async def user(self, info: Info) -> User:
        return await user_with(info.context, self.grantee.user_id)

    @strawberry.field(description="The organisation that he does it for.")
    async def organisation(self, info: Info) -> Organisation:
        return await organisation_with(info.context, self.grantee.organisation_id)


@strawberry.input(
    description="Ask for somebody else or as if things were otherwise; for who may read the roles or the audit trail of"
    " everybody (helpdesk, auditor). What is left out is as it is."
)
class WhatIfInput:
    user_id: strawberry.ID | None = strawberry.field(default=None, description="This person instead of the caller.")
    organisation: EnterpriseNumber | None = strawberry.field(
        default=None, description="Acting for this organisation; needed with another person."
    )
    at: datetime | None = strawberry.field(
        default=None,
        description="At this moment: periods count as they are recorded now, what was revoked counts as never given.",
    )
    policy: str | None = strawberry.field(
        default=None, description="By this draft of `policy.csv`, at most 256 KiB; needs `READ_POLICY` too."
    )
    roles: list[Role] = strawberry.field(default_factory=list, description="With these roles beside those he has.")
    mandate: MandateLevel | None = strawberry.field(
        default=None, description="With a mandate of this level on the convention beside those there are."
    )

    def to_what_if(self) -> WhatIf:
        return WhatIf(
            user_id=key_of(self.user_id, "User") if self.user_id is not None else None,
            organisation=self.organisation,
            moment=self.at,
            policy=self.policy,
            roles=tuple(self.roles),
            mandate=self.mandate,
        )


@strawberry.type
class DecisionQueries:
    @strawberry.field(
        description="May the caller do this, and by which line of the policy; else what is missing and whom to ask."
        " Without a convention: on what belongs to his own organisation or to the department."
        " A convention out of sight answers as one that does not exist.",
        extensions=[ForCaller(_OWN_RIGHTS)],
    )
    async def explain(
        self,
        info: Info,
        action: Annotated[Action, strawberry.argument(description="What he would do.")],
        convention_number: Annotated[str | None, strawberry.argument(description="On this convention.")] = None,
        month: Annotated[
            Month | None, strawberry.argument(description="On something of this month; needs a convention.")
        ] = None,
        mode: Annotated[
            Mode | None, strawberry.argument(description="PRODUCTION asks for admission too; needs a convention.")
        ] = None,
        what_if: Annotated[
            WhatIfInput | None,
            strawberry.argument(description="For somebody else, another moment, a draft policy, an assumed right."),
        ] = None,
    ) -> DecisionType:
        asked = RightAsked(action, convention_number, month, mode)
        office, caller = info.context.office, info.context.caller
        if what_if is None:
            decision = await explain_right(office, caller, asked)
        else:
            decision = await explain_what_if(office, caller, asked, what_if.to_what_if())
        return DecisionType.from_decision(decision, info.context.language)

    @strawberry.field(
        description="Who may do this on the convention now, by organisation and name: its promotor, mandated"
        " secretariats and the department; for a secretariat without the people of other secretariats."
        " Empty when the convention or its mandates are out of sight.",
        extensions=[Scoped(Action.READ_MANDATES)],
    )
    async def who_can(
        self,
        info: Info,
        action: Annotated[Action, strawberry.argument(description="What they would do.")],
        convention_number: Annotated[str, strawberry.argument(description="On this convention.")],
    ) -> list[GranteeType]:
        found = await who_can(info.context.office, info.context.caller, action, convention_number)
        return [GranteeType(grantee=one, roles=list(one.roles)) for one in found]
