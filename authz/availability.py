"""What filing needs of the policy to go on: a policy that takes it away is put in force only when that is confirmed.

A freeze of submissions can be meant; a promotor who can no longer submit because a line was lost in a spreadsheet is
not. So each loss has a code, which who activates repeats with his reason.
"""

from collections.abc import Collection
from dataclasses import dataclass

from authz.decision_table import DecisionTable
from authz.policy_faults import FaultLevel, PolicyFault
from domain.decisions import Pair
from domain.vocabulary import Action, Effect, Relation, Role

PREPARING = (Action.UPLOAD, Action.FILL_IN, Action.TEST, Action.MODIFY, Action.CONSULT)
_OWNER: frozenset[Pair] = frozenset({(Role.PROMOTOR, Relation.OWNER)})
_UPLOADER: frozenset[Pair] = frozenset({(Role.UPLOADER, Relation.MANDATED_TO_UPLOAD)})
_PREPARER: frozenset[Pair] = frozenset({(Role.SUBMITTER, Relation.MANDATED_TO_UPLOAD)})
_SUBMITTER: frozenset[Pair] = _PREPARER | {(Role.SUBMITTER, Relation.MANDATED_TO_SUBMIT)}
_HELPDESK: frozenset[Pair] = frozenset({(Role.HELPDESK, Relation.DEPARTMENT)})
_LOCAL: frozenset[Pair] = frozenset({(Role.LOCAL_ADMINISTRATOR, Relation.OWN_ORGANISATION)})


@dataclass(frozen=True, slots=True)
class Needed:
    """What holders of *pairs* keep: *actions*, and *grants*, the roles that they may give."""

    code: str
    pairs: frozenset[Pair]
    actions: tuple[Action, ...] = ()
    grants: tuple[Role, ...] = ()


NEEDED: tuple[Needed, ...] = (
    Needed("POLICY_STOPS_PROMOTOR", _OWNER, (*PREPARING, Action.SUBMIT, Action.READ_FINANCIAL_REPORTS)),
    Needed("POLICY_STOPS_FIRST_MANDATE", _OWNER, (Action.GRANT_MANDATE, Action.REVOKE_MANDATE)),
    Needed("POLICY_STOPS_UPLOADER", _UPLOADER, PREPARING),
    Needed("POLICY_STOPS_SUBMITTER", _PREPARER, PREPARING),
    Needed("POLICY_STOPS_SUBMITTER", _SUBMITTER, (Action.SUBMIT,)),
    Needed(
        "POLICY_STOPS_HELPDESK",
        _HELPDESK,
        (Action.ADMIT, Action.READ_ROLES),
        (Role.UPLOADER, Role.SUBMITTER, Role.LOCAL_ADMINISTRATOR),
    ),
    Needed("POLICY_STOPS_LOCAL_ADMINISTRATOR", _LOCAL, (), (Role.PROMOTOR,)),
    Needed(
        "POLICY_STOPS_CASE_HANDLER",
        frozenset({(Role.CASE_HANDLER, Relation.DEPARTMENT)}),
        (Action.CONSULT, Action.DECIDE),
    ),
    Needed("POLICY_STOPS_AUDITOR", frozenset({(Role.AUDITOR, Relation.DEPARTMENT)}), (Action.READ_AUDIT,)),
)
CODES: tuple[str, ...] = tuple(dict.fromkeys(needed.code for needed in NEEDED))


def stops(table: DecisionTable) -> list[PolicyFault]:
    """What *table* takes from those who file: one fault for each right, with the deny that does it when one does."""
    found = [fault for needed in NEEDED for fault in _stopped(table, needed)]
    return sorted(found, key=lambda fault: (fault.line is None, fault.line or 0))


def unconfirmed(found: Collection[PolicyFault], confirmed: Collection[str]) -> tuple[PolicyFault, ...]:
    """Those of *found* of which the code was not repeated."""
    return tuple(fault for fault in found if fault.code not in confirmed)


def _stopped(table: DecisionTable, needed: Needed) -> list[PolicyFault]:
    role, relation = max(needed.pairs)
    gone = [
        (str(action), table.deciding_line(needed.pairs, action))
        for action in needed.actions
        if not table.permits(needed.pairs, action)
    ]
    gone += [
        (f"p2 {given}", table.deciding_grant_line(needed.pairs, given))
        for given in needed.grants
        if not table.may_grant(needed.pairs, given)
    ]
    return [
        PolicyFault(
            needed.code,
            FaultLevel.CONFIRMATION,
            line=ruling.line if ruling is not None and ruling.effect is Effect.DENY else None,
            column=1 if ruling is not None and ruling.effect is Effect.DENY else None,
            values={"role": role, "relation": relation, "right": right, "rule": ruling.text if ruling else "-"},
        )
        for right, ruling in gone
    ]
