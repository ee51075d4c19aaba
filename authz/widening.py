"""What one policy administrator does not put in force alone: a wider right to submit, or a wide deny that goes."""

from authz.decision_table import DecisionTable
from authz.difference import difference
from authz.rules import WILDCARD, AnyRule
from domain.vocabulary import Action, Effect


def widened(before: DecisionTable, after: DecisionTable) -> tuple[str, ...]:
    """The rights by which *after* lets more people submit than *before*, and the denies with `*` that it narrows.

    Written as lines of the file. To give a role that submits counts too: who may give it decides who submits. Empty
    when one administrator is enough.
    """
    found = difference(before, after)
    submitting = [cell for cell in (*found.gained, *found.freed) if cell[2] is Action.SUBMIT]
    giving = [
        cell for cell in (*found.grants_gained, *found.grants_freed) if after.role_ever_permits(cell[2], Action.SUBMIT)
    ]
    wide = [
        *(
            rule.text
            for rule in before.rules.actions
            if _goes(rule, after) and any(rule.matches(*cell) for cell in found.freed)
        ),
        *(
            rule.text
            for rule in before.rules.grants
            if _goes(rule, after) and any(rule.matches(*cell) for cell in found.grants_freed)
        ),
    ]
    texts = [f"p, {', '.join(cell)}" for cell in submitting] + [f"p2, {', '.join(cell)}" for cell in giving] + wide
    return tuple(dict.fromkeys(texts))


def _goes(rule: AnyRule, after: DecisionTable) -> bool:
    """Whether it is a deny with an asterisk that the new file no longer has."""
    kept = {other.text for other in (*after.rules.actions, *after.rules.grants)}
    return rule.effect is Effect.DENY and WILDCARD in rule.fields and rule.text not in kept
