"""The shipped policy and model, and what becomes of a changed copy: its table, or the faults that refuse it."""

from pathlib import Path

import pytest

from authz.decision_table import DecisionTable, load_decision_table
from authz.invariants import broken_invariants
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.policy_file import read_policy
from authz.rules import PolicyRules
from domain.vocabulary import Language

ROOT = Path(__file__).parents[1]
MODEL = (ROOT / "casbin_model.conf").read_text(encoding="utf-8")
SHIPPED = (ROOT / "policy.csv").read_text(encoding="utf-8")


def load(policy: str | bytes) -> DecisionTable:
    return load_decision_table(policy.encode() if isinstance(policy, str) else policy, MODEL)


def accepted(policy: str | bytes) -> PolicyRules:
    """The rules of *policy*, which breaks no invariant; quicker than its table."""
    rules = read_policy(policy.encode() if isinstance(policy, str) else policy)
    assert broken_invariants(rules) == []
    return rules


def faults_of(policy: str | bytes) -> tuple[PolicyFault, ...]:
    """Why *policy* is refused; fails when it is not, or when a fault cannot be told in some language."""
    with pytest.raises(PolicyRefused) as refused:
        load(policy)
    faults = refused.value.faults
    assert all(fault.message(language) for fault in faults for language in Language)
    return faults


def with_line(line: str) -> tuple[str, int]:
    """The shipped policy with one more line at its end, and the number of that line."""
    return f"{SHIPPED}{line}\n", SHIPPED.count("\n") + 1


def replaced(old: str, new: str) -> tuple[str, int]:
    """The shipped policy with its one line *old* replaced, and the number of that line."""
    lines = SHIPPED.split("\n")
    number = lines.index(old)
    lines[number] = new
    return "\n".join(lines), number + 1


EDITED = f"{SHIPPED}p, case_handler, department, read_mandates, allow\n"
"""An edit that takes nothing away and lets nobody submit."""
WITHOUT_SUBMIT = replaced("p, promotor, owner, submit, allow", "")[0]
"""An edit that is in force only when its loss is confirmed."""
WIDER = f"{SHIPPED}p, local_administrator, owner, submit, allow\n"
"""An edit that waits for a second policy administrator."""
POLICY_TESTS = "promotor, owner, submit, yes\n"
