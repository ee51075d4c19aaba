"""The strict reader of `policy.csv`: every line means what it seems to mean, or the file is refused whole.

All faults are reported at once, each with line, column, what was found and what was expected. casbin never sees a
file that this reader did not accept, and never an empty one.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from authz.dutch_terms import MEANT_BY
from authz.policy_faults import PolicyFault, PolicyRefused
from authz.policy_text import Cell, CommentRow, Row, decode, rows, shown
from authz.rules import WILDCARD, ActionRule, AnyRule, Comment, GrantRule, PolicyRules
from domain.vocabulary import Action, Effect, Relation, Role

_Word = TypeVar("_Word", bound=StrEnum)
_FIELDS = 5
"""The section and four more, in both sections."""


class Section(StrEnum):
    """ACTIONS: what a role may do with a thing. GRANTS: who may give which role."""

    ACTIONS = "p"
    GRANTS = "p2"


def read_policy(data: bytes) -> PolicyRules:
    """The rules of a policy file; raises `PolicyRefused` with every fault of its form."""
    text = decode(data)
    if isinstance(text, PolicyFault):
        raise PolicyRefused([text])
    faults: list[PolicyFault] = []
    read: list[AnyRule] = []
    comments: list[Comment] = []
    for row in rows(text):
        match row:
            case CommentRow():
                comments.append(Comment(row.line, row.text))
            case PolicyFault():
                faults.append(row)
            case Row():
                rule = _RuleReader(row, faults).read()
                if rule is not None:
                    read.append(rule)
    rules = _each_once(read, comments)
    if not faults:
        faults.extend(_empty_sections(rules))
    if faults:
        raise PolicyRefused(faults)
    return rules


class _RuleReader:
    """Reads one row and notes each of its faults."""

    def __init__(self, row: Row, faults: list[PolicyFault]) -> None:
        self._row = row
        self._faults = faults

    def read(self) -> AnyRule | None:
        """The rule, none when the row has a fault."""
        faults_before = len(self._faults)
        rule = self._rule() if self._has_right_form() else None
        return rule if len(self._faults) == faults_before else None

    def _has_right_form(self) -> bool:
        cells = self._row.cells
        for cell in cells:
            if "#" in cell.text:
                # casbin reads `deny # for now` as an effect that is neither allow nor deny, and denies nothing.
                self._fault("POLICY_COMMENT_IN_RULE", cell, found=shown(cell.text))
                return False
        if len(cells) != _FIELDS:
            place = cells[_FIELDS] if len(cells) > _FIELDS else cells[-1]
            self._fault("POLICY_FIELD_COUNT", place, found=str(len(cells)), expected=str(_FIELDS))
            return False
        return True

    def _rule(self) -> AnyRule | None:
        section_cell, first, second, third, effect_cell = self._row.cells
        section = self._word(section_cell, "section", Section)
        effect = self._word(effect_cell, "effect", Effect)
        relation = self._word_or_any(second, "relation", Relation)
        line = self._row.line
        # Without a section nothing can be said of the other fields; without an effect all of them can.
        if section is Section.ACTIONS:
            role, action = self._word_or_any(first, "role", Role), self._word_or_any(third, "action", Action)
            return None if effect is None else ActionRule(line, role, relation, action, effect)
        if section is Section.GRANTS:
            granter, role = self._word_or_any(first, "granter", Role), self._word_or_any(third, "role", Role)
            return None if effect is None else GrantRule(line, granter, relation, role, effect)
        return None

    def _word_or_any(self, cell: Cell, field: str, words: type[_Word]) -> _Word | None:
        """None for the wildcard, and after a fault."""
        return None if cell.text == WILDCARD else self._word(cell, field, words)

    def _word(self, cell: Cell, field: str, words: type[_Word]) -> _Word | None:
        # Upper case is taken for lower case: no two words differ by it, so nothing can be misread.
        found = cell.text.lower()
        values = [word.value for word in words]
        if found in values:
            return words(found)
        suggestion = _meant(found, values)
        if suggestion is not None:
            self._fault("POLICY_MISSPELT_WORD", cell, field=field, found=shown(cell.text), suggestion=suggestion)
        else:
            self._fault("POLICY_UNKNOWN_WORD", cell, field=field, found=shown(cell.text), expected=" ".join(values))
        return None

    def _fault(self, code: str, cell: Cell, **values: str) -> None:
        self._faults.append(PolicyFault(code, line=self._row.line, column=cell.column, values=values))


def _meant(found: str, words: Sequence[str]) -> str | None:
    """The word that was probably meant: from its Dutch name, or one that is spelled nearly so."""
    joined = "_".join(found.replace("-", " ").split())
    for word in (joined, MEANT_BY.get(joined)):
        if word in words:
            return word
    close = get_close_matches(joined, words, n=1, cutoff=0.7)
    return close[0] if close else None


def _each_once(read: list[AnyRule], comments: list[Comment]) -> PolicyRules:
    first: dict[str, AnyRule] = {}
    for rule in read:
        first.setdefault(rule.text, rule)
    return PolicyRules(
        actions=tuple(rule for rule in first.values() if isinstance(rule, ActionRule)),
        grants=tuple(rule for rule in first.values() if isinstance(rule, GrantRule)),
        comments=tuple(comments),
        repeats=tuple(rule for rule in read if first[rule.text] is not rule),
    )


def _empty_sections(rules: PolicyRules) -> list[PolicyFault]:
    """A file cut short, or saved empty, would refuse everything to everybody."""
    sections = ((Section.ACTIONS, rules.actions), (Section.GRANTS, rules.grants))
    return [PolicyFault("POLICY_EMPTY", values={"section": section.value}) for section, found in sections if not found]
