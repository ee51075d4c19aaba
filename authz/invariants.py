"""What no policy may do, whoever edits it: each broken one refuses the file, with the line that breaks it.

They keep the two mandates apart (who prepares does not submit, who profits does not give the role), keep the auditor
out of what he audits, and keep the door open to mend the policy.
"""

from collections.abc import Callable, Iterator

from authz.policy_faults import PolicyFault
from authz.rules import ActionRule, AnyRule, PolicyRules
from domain.vocabulary import Action, Effect, Relation, Role

READING_ACTIONS = frozenset(
    {
        Action.CONSULT,
        Action.READ_FINANCIAL_REPORTS,
        Action.READ_CONVENTION,
        Action.READ_MANDATES,
        Action.READ_ROLES,
        Action.READ_QUALITY,
        Action.READ_POLICY,
        Action.READ_AUDIT,
    }
)
"""The actions that change nothing."""

ADDED_RELATIONS = frozenset({Relation.BLOCKED, Relation.NOT_ADMITTED, Relation.SELF})
"""Relations that hold beside others, also for things with which the organisation has nothing to do."""

_SECRETARIAT_ROLES = (Role.UPLOADER, Role.SUBMITTER)


def broken_invariants(rules: PolicyRules) -> list[PolicyFault]:
    """Every broken invariant, by line; those about the whole file last."""
    faults = [fault for invariant in INVARIANTS for fault in invariant(rules)]
    return sorted(faults, key=lambda fault: (fault.line is None, fault.line or 0))


def allows_name_what_they_allow(rules: PolicyRules) -> Iterator[PolicyFault]:
    """An allow with `*` also allows what will be invented later; it names role, relation and action (or role)."""
    for rule in _allows(rules):
        parts = _parts(rule)
        for name, part in parts.items():
            if part is None:
                yield _fault("POLICY_ALLOW_FOR_ANY", rule, field=name)


def added_relations_only_deny(rules: PolicyRules) -> Iterator[PolicyFault]:
    """Being blocked, not admitted or oneself says nothing of a link with the object, so it can give no right."""
    for rule in _allows(rules):
        if rule.relation is not None and rule.relation in ADDED_RELATIONS:
            yield _fault("POLICY_ALLOW_ON_ADDED_RELATION", rule, relation=rule.relation)


def uploader_never_submits(rules: PolicyRules) -> Iterator[PolicyFault]:
    """The promotor, or a submitter that he trusts with it, submits; that is what the level of a mandate is for."""
    for rule in _allowing(rules, Role.UPLOADER):
        if rule.action in (None, Action.SUBMIT):
            yield _fault("POLICY_UPLOADER_SUBMITS", rule)


def uploader_never_reads_financial_reports(rules: PolicyRules) -> Iterator[PolicyFault]:
    """Financial reports are the promotor's. Source: action matrix of the department."""
    for rule in _allowing(rules, Role.UPLOADER):
        if rule.action in (None, Action.READ_FINANCIAL_REPORTS):
            yield _fault("POLICY_UPLOADER_READS_REPORTS", rule)


def only_helpdesk_grants_secretariat_roles(rules: PolicyRules) -> Iterator[PolicyFault]:
    """The second mandate comes from the helpdesk, so that the promotor alone cannot complete both."""
    for rule in rules.grants:
        if rule.effect is Effect.ALLOW and rule.granter is not Role.HELPDESK:
            for role in _SECRETARIAT_ROLES:
                if rule.role in (None, role):
                    yield _fault("POLICY_SECOND_MANDATE_NOT_BY_HELPDESK", rule, role=role)


def auditor_only_reads(rules: PolicyRules) -> Iterator[PolicyFault]:
    """Who audits does not act, and gives no roles."""
    for rule in _allowing(rules, Role.AUDITOR):
        if rule.action not in READING_ACTIONS:
            yield _fault("POLICY_AUDITOR_ACTS", rule)
    for grant in rules.grants:
        if grant.effect is Effect.ALLOW and grant.granter in (None, Role.AUDITOR):
            yield _fault("POLICY_AUDITOR_ACTS", grant)


def policy_can_be_mended(rules: PolicyRules) -> Iterator[PolicyFault]:
    """A policy administrator keeps the right to read and change the policy, or nobody could undo the change."""
    for action in (Action.READ_POLICY, Action.CHANGE_POLICY):
        matching = [
            rule for rule in rules.actions if rule.matches(Role.POLICY_ADMINISTRATOR, Relation.DEPARTMENT, action)
        ]
        denying = next((rule for rule in matching if rule.effect is Effect.DENY), None)
        if denying is not None:
            yield _fault("POLICY_LOCKS_ITSELF_OUT", denying, action=action)
        elif not matching:
            yield PolicyFault("POLICY_LOCKS_ITSELF_OUT", values={"rule": "-", "action": action})


INVARIANTS: tuple[Callable[[PolicyRules], Iterator[PolicyFault]], ...] = (
    allows_name_what_they_allow,
    added_relations_only_deny,
    uploader_never_submits,
    uploader_never_reads_financial_reports,
    only_helpdesk_grants_secretariat_roles,
    auditor_only_reads,
    policy_can_be_mended,
)


def _allows(rules: PolicyRules) -> Iterator[AnyRule]:
    return (rule for rule in (*rules.actions, *rules.grants) if rule.effect is Effect.ALLOW)


def _allowing(rules: PolicyRules, role: Role) -> Iterator[ActionRule]:
    return (rule for rule in rules.actions if rule.effect is Effect.ALLOW and rule.role in (None, role))


def _parts(rule: AnyRule) -> dict[str, Role | Relation | Action | None]:
    if isinstance(rule, ActionRule):
        return {"role": rule.role, "relation": rule.relation, "action": rule.action}
    return {"granter": rule.granter, "relation": rule.relation, "role": rule.role}


def _fault(code: str, rule: AnyRule, **values: str) -> PolicyFault:
    return PolicyFault(code, line=rule.line, column=1, values={"rule": rule.text, **values})
