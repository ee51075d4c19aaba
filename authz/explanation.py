"""Why a caller may or may not: the line of the policy that says so, or each thing that he lacks and whom to ask."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from authz.decision_table import DecisionTable
from authz.invariants import ADDED_RELATIONS
from domain.decisions import Ask, Decision, GrantDecision, Lack, Missing, Pair
from domain.months import Month, MonthPeriod
from domain.role_places import ROLE_PLACES
from domain.vocabulary import Action, MandateLevel, OrganisationKind, Relation, Role

_ORDER: dict[str, int] = {word: index for words in (Role, Relation) for index, word in enumerate(words)}
_NOT_FORESEEN = Missing(Lack.NOT_FORESEEN, Ask.NOBODY)
_LEVEL_NEEDED = {
    Relation.MANDATED_TO_UPLOAD: MandateLevel.UPLOAD,
    Relation.MANDATED_TO_SUBMIT: MandateLevel.SUBMIT,
}
_IN_THE_WAY = {
    Relation.NOT_ADMITTED: Missing(Lack.ADMISSION, Ask.HELPDESK),
    Relation.BLOCKED: Missing(Lack.BLOCKED, Ask.HELPDESK),
    Relation.SELF: Missing(Lack.SELF, Ask.NOBODY),
}


@dataclass(frozen=True, slots=True)
class MandateHeld:
    """A mandate of the acting organisation on the convention that is asked about."""

    level: MandateLevel
    period: MonthPeriod
    revoked_on: date | None = None

    @property
    def is_revoked(self) -> bool:
        return self.revoked_on is not None

    @property
    def gone_since(self) -> date | None:
        """The first day on which it does not hold any more; none while it has no end."""
        ends = [self.revoked_on, self.period.last.plus(1).first_day if self.period.last else None]
        return min((day for day in ends if day is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the database knows that helps to say what is missing; it never decides, the pairs do.

    *roles* are those that the caller holds in the acting organisation now; *roles_gone* those that he held there, with
    the first day without. *month* is the month of what is asked about,
    none for a convention itself; *this_month* is now. *is_owner*: the acting organisation is the promotor of the
    convention. *is_admitted* is also true where no admission is needed; *admission_gone_since* is the first day without
    one that held before. *is_blocked* is about the acting organisation, *is_convention_blocked* about the convention or
    its promotor, and is not told to who has nothing to do with it; each with the first day of it, where that is known.
    """

    organisation_kind: OrganisationKind
    this_month: Month
    roles: frozenset[Role] = frozenset()
    roles_gone: Mapping[Role, date] = field(default_factory=dict[Role, date])
    month: Month | None = None
    mandates: tuple[MandateHeld, ...] = ()
    is_owner: bool = False
    is_own_organisation: bool = False
    is_admitted: bool = True
    is_blocked: bool = False
    is_convention_blocked: bool = False
    is_self: bool = False
    admission_gone_since: date | None = None
    blocked_since: date | None = None
    convention_blocked_since: date | None = None

    @property
    def is_linked(self) -> bool:
        """Whether the acting organisation knows that the convention exists."""
        return self.is_owner or bool(self.mandates) or self.organisation_kind is OrganisationKind.DEPARTMENT


def explain(table: DecisionTable, pairs: Collection[Pair], action: Action, circumstances: Circumstances) -> Decision:
    """The decision of *table* on *pairs*, with its reason.

    What is missing is told for the one way to the right that is nearest to what the caller has: mandate before role,
    role before what stands in the way of everybody. Never empty when the answer is no. For a thing with which the
    organisation has nothing to do, the answer is the same as for one that does not exist.
    """
    if all(relation in ADDED_RELATIONS for _, relation in pairs):
        # A block or a missing admission alone is found on things that exist; naming its line would tell that they do.
        pairs = ()
    ruling = table.deciding_line(pairs, action)
    allowed = table.permits(pairs, action)
    return Decision(
        allowed=allowed,
        action=action,
        pairs=_in_order(pairs),
        policy_version=table.version,
        line=ruling.line if ruling else None,
        rule=ruling.text if ruling else None,
        missing=() if allowed else _missing(table, pairs, action, circumstances),
    )


def explain_grant(table: DecisionTable, pairs: Collection[Pair], role: Role) -> GrantDecision:
    """The decision on giving, or taking away, *role*, with its reason; *pairs* are the giver's own.

    Who lacks the right is sent to those who have it.
    """
    ruling = table.deciding_grant_line(pairs, role)
    allowed = table.may_grant(pairs, role)
    return GrantDecision(
        allowed=allowed,
        role=role,
        pairs=_in_order(pairs),
        policy_version=table.version,
        line=ruling.line if ruling else None,
        rule=ruling.text if ruling else None,
        missing=() if allowed else _missing_for_grant(table, pairs, role),
    )


def _missing(
    table: DecisionTable, pairs: Collection[Pair], action: Action, circumstances: Circumstances
) -> tuple[Missing, ...]:
    vetoing = table.vetoing_pairs(action)
    if any(pair in vetoing and pair[1] not in ADDED_RELATIONS for pair in pairs):
        # A line takes this right away from the caller as he is; nothing that he could ask for gives it back.
        return (_NOT_FORESEEN,)
    in_the_way = {relation for _, relation in pairs} & ADDED_RELATIONS | _added_relations(circumstances)
    ways = [
        (*lacking, *_denied_by(in_the_way, circumstances.roles | {role}, vetoing, circumstances))
        for role, relation in _in_order(table.granting_pairs(action))
        if (lacking := _lacking(table, role, relation, circumstances)) is not None
    ]
    # The first of the shortest: `min` keeps the order of the vocabulary.
    return min(ways, key=len, default=()) or (_NOT_FORESEEN,)


def _lacking(
    table: DecisionTable, role: Role, relation: Relation, circumstances: Circumstances
) -> tuple[Missing, ...] | None:
    """What the caller lacks to hold this pair; none when it is out of reach for his organisation."""
    missing_role: list[Missing] = []
    if role not in circumstances.roles:
        granters = table.granters_of(role)
        if circumstances.organisation_kind not in ROLE_PLACES[role] or not granters:
            return None
        missing_role.append(
            Missing(Lack.ROLE, _ask_granter(granters), {"role": role}, circumstances.roles_gone.get(role))
        )
    match relation:
        case Relation.OWNER:
            within_reach = circumstances.is_owner
        case Relation.OWN_ORGANISATION:
            within_reach = circumstances.is_own_organisation
        case Relation.DEPARTMENT:
            within_reach = circumstances.organisation_kind is OrganisationKind.DEPARTMENT
        case Relation.MANDATED_TO_UPLOAD | Relation.MANDATED_TO_SUBMIT:
            if circumstances.organisation_kind is not OrganisationKind.SECRETARIAT:
                return None
            return (*_lacking_of_mandate(_LEVEL_NEEDED[relation], circumstances), *missing_role)
        case Relation.BLOCKED | Relation.NOT_ADMITTED | Relation.SELF:
            # Invariants see to it that these never give a right.
            within_reach = False
    return tuple(missing_role) if within_reach else None


def _lacking_of_mandate(needed: MandateLevel, circumstances: Circumstances) -> Iterator[Missing]:
    held = [mandate for mandate in circumstances.mandates if not mandate.is_revoked]
    if not held:
        yield Missing(Lack.FIRST_MANDATE, Ask.PROMOTOR, {"level": needed}, _gone_since(circumstances.mandates))
        return
    running = [mandate for mandate in held if _counts(mandate, circumstances)]
    if not running:
        latest = max(held, key=lambda mandate: mandate.period.first)
        month = circumstances.month or circumstances.this_month
        is_over = latest.period.last is not None and latest.period.last < month
        yield Missing(
            Lack.MANDATE_PERIOD,
            Ask.PROMOTOR,
            {"period": _period(latest.period), "month": str(month)},
            _gone_since(circumstances.mandates) if is_over else None,
        )
    if needed is MandateLevel.SUBMIT and all(mandate.level is MandateLevel.UPLOAD for mandate in running or held):
        submitting = [mandate for mandate in circumstances.mandates if mandate.level is MandateLevel.SUBMIT]
        values = {"found": str(MandateLevel.UPLOAD), "needed": str(needed)}
        yield Missing(Lack.MANDATE_LEVEL, Ask.PROMOTOR, values, _gone_since(submitting))


def _gone_since(mandates: Collection[MandateHeld]) -> date | None:
    """Since when the last of them is gone; none when there was none."""
    return max((mandate.gone_since for mandate in mandates if mandate.gone_since is not None), default=None)


def _counts(mandate: MandateHeld, circumstances: Circumstances) -> bool:
    """For something with a month the mandate covers that month, for a convention itself it has begun."""
    if circumstances.month is not None:
        return mandate.period.covers(circumstances.month)
    return mandate.period.first <= circumstances.this_month


def _added_relations(circumstances: Circumstances) -> set[Relation]:
    added = (
        (not circumstances.is_admitted, Relation.NOT_ADMITTED),
        (
            circumstances.is_blocked or (circumstances.is_convention_blocked and circumstances.is_linked),
            Relation.BLOCKED,
        ),
        (circumstances.is_self, Relation.SELF),
    )
    return {relation for holds, relation in added if holds}


def _denied_by(
    relations: Collection[Relation], roles: Collection[Role], vetoing: Collection[Pair], circumstances: Circumstances
) -> Iterator[Missing]:
    """What stands in the way of these roles, whatever else they hold."""
    for relation, missing in _IN_THE_WAY.items():
        if relation in relations and any((role, relation) in vetoing for role in roles):
            yield replace(missing, since=_in_the_way_since(relation, circumstances))


def _in_the_way_since(relation: Relation, circumstances: Circumstances) -> date | None:
    if relation is Relation.NOT_ADMITTED:
        return circumstances.admission_gone_since
    if relation is not Relation.BLOCKED:
        return None
    blocks = [circumstances.blocked_since, circumstances.convention_blocked_since if circumstances.is_linked else None]
    return min((day for day in blocks if day is not None), default=None)


def _missing_for_grant(table: DecisionTable, pairs: Collection[Pair], role: Role) -> tuple[Missing, ...]:
    if any(relation is Relation.SELF for _, relation in pairs) and table.may_grant(
        [(held, relation) for held, relation in pairs if relation is not Relation.SELF], role
    ):
        return (Missing(Lack.SELF, Ask.NOBODY),)
    granters = table.granters_of(role)
    holds_one_elsewhere = any(held in granters for held, _ in pairs)
    if not granters or holds_one_elsewhere:
        return (_NOT_FORESEEN,)
    granter = min(granters, key=_ORDER.__getitem__)
    return (Missing(Lack.ROLE, _ask_holder(granter), {"role": granter}),)


def _ask_granter(granters: Collection[Role]) -> Ask:
    """The nearest of those who may give a role."""
    asks = [_ask_holder(granter) for granter in granters]
    for nearest in (Ask.LOCAL_ADMINISTRATOR, Ask.PROMOTOR, Ask.HELPDESK):
        if nearest in asks:
            return nearest
    return Ask.NOBODY


def _ask_holder(role: Role) -> Ask:
    match role:
        case Role.PROMOTOR:
            return Ask.PROMOTOR
        case Role.LOCAL_ADMINISTRATOR:
            return Ask.LOCAL_ADMINISTRATOR
        case Role.HELPDESK:
            return Ask.HELPDESK
        case _:
            return Ask.NOBODY


def _in_order(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pairs, key=lambda pair: (_ORDER[pair[0]], _ORDER[pair[1]])))


def _period(period: MonthPeriod) -> str:
    """Both ends, in no language: `2026-01 – 2026-06`, an open end as `…`."""
    return f"{period.first} – {period.last or '…'}"
