"""What changes for people when one policy takes the place of another: cells gained and cells lost."""

from dataclasses import dataclass

from authz.decision_table import DecisionTable
from authz.rulings import ACTION_CELLS, GRANT_CELLS, ActionCell, GrantCell, Ruling
from domain.vocabulary import Effect


@dataclass(frozen=True, slots=True)
class Difference:
    """Cells (role, relation, action) and grants (granter, relation, role), in the order of the vocabulary.

    *gained* and *lost* are what one pair alone allows and did not, or no longer does. *denied* and *freed* are the
    denies that come and go: these reach further, because a deny wins over the allow of every other pair.
    """

    gained: tuple[ActionCell, ...]
    lost: tuple[ActionCell, ...]
    denied: tuple[ActionCell, ...]
    freed: tuple[ActionCell, ...]
    grants_gained: tuple[GrantCell, ...]
    grants_lost: tuple[GrantCell, ...]
    grants_denied: tuple[GrantCell, ...]
    grants_freed: tuple[GrantCell, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both policies decide everything the same way."""
        return not (
            self.gained
            or self.lost
            or self.denied
            or self.freed
            or self.grants_gained
            or self.grants_lost
            or self.grants_denied
            or self.grants_freed
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Written as lines of the file, with a sign: `+ p, …` comes, `- p, …` goes, `+ deny p, …` takes away."""
        signed = (
            ("+ p", self.gained),
            ("- p", self.lost),
            ("+ deny p", self.denied),
            ("- deny p", self.freed),
            ("+ p2", self.grants_gained),
            ("- p2", self.grants_lost),
            ("+ deny p2", self.grants_denied),
            ("- deny p2", self.grants_freed),
        )
        return tuple(f"{sign}, {', '.join(cell)}" for sign, cells in signed for cell in cells)


def difference(before: DecisionTable, after: DecisionTable) -> Difference:
    """What *after* decides otherwise than *before*."""
    old, new = before.rulings, after.rulings
    actions = [(cell, _effect(old.actions.get(cell)), _effect(new.actions.get(cell))) for cell in ACTION_CELLS]
    grants = [(cell, _effect(old.grants.get(cell)), _effect(new.grants.get(cell))) for cell in GRANT_CELLS]
    allow, deny = Effect.ALLOW, Effect.DENY
    return Difference(
        gained=tuple(cell for cell, was, becomes in actions if becomes is allow and was is not allow),
        lost=tuple(cell for cell, was, becomes in actions if was is allow and becomes is not allow),
        denied=tuple(cell for cell, was, becomes in actions if becomes is deny and was is not deny),
        freed=tuple(cell for cell, was, becomes in actions if was is deny and becomes is not deny),
        grants_gained=tuple(cell for cell, was, becomes in grants if becomes is allow and was is not allow),
        grants_lost=tuple(cell for cell, was, becomes in grants if was is allow and becomes is not allow),
        grants_denied=tuple(cell for cell, was, becomes in grants if becomes is deny and was is not deny),
        grants_freed=tuple(cell for cell, was, becomes in grants if was is deny and becomes is not deny),
    )


def _effect(ruling: Ruling | None) -> Effect | None:
    return None if ruling is None else ruling.effect
