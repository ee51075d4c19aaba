"""The tables of `docs/permissions.md`: who may do what, written out from a decision table, held equal by a test."""

from collections.abc import Collection, Iterable, Iterator

from authz.decision_table import DecisionTable
from authz.dutch_terms import ACTION_TERMS, RELATION_TERMS, ROLE_TERMS
from domain.decisions import Pair
from domain.vocabulary import Action, Effect, Relation, Role

BEGIN = "<!-- generated from policy.csv: begin -->"
END = "<!-- generated from policy.csv: end -->"


def permissions_page(page: str, table: DecisionTable) -> str:
    """*page* with what stands between the two marks written anew; raises `ValueError` when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks one of its marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{permissions_tables(table)}\n{END}{after}"


def permissions_tables(table: DecisionTable) -> str:
    """Three tables in Markdown: what roles may do, what takes it away, and who gives which role."""
    return "\n".join([*_rights(table), "", *_denials(table), "", *_grants(table), "", *_terms(), ""])


def _rights(table: DecisionTable) -> Iterator[str]:
    yield "### What a role may do"
    yield ""
    yield "A cell names how the organisation must stand to the thing; an empty cell is a no."
    yield ""
    yield from _head(["action", *(f"`{role}`" for role in Role)])
    for action in Action:
        granting = table.granting_pairs(action)
        cells = [_codes(relation for relation in Relation if (role, relation) in granting) for role in Role]
        yield _line([f"`{action}`", *cells])


def _denials(table: DecisionTable) -> Iterator[str]:
    yield "### What takes a right away, whatever else one holds"
    yield ""
    yield from _head(["while this holds", "for", "no one may"])
    denied: dict[tuple[Relation, tuple[Role, ...]], list[Action]] = {}
    for action in Action:
        vetoing = table.vetoing_pairs(action)
        for relation in Relation:
            roles = tuple(role for role in Role if (role, relation) in vetoing)
            if roles:
                denied.setdefault((relation, roles), []).append(action)
    for (relation, roles), actions in denied.items():
        yield _line([f"`{relation}`", _everybody_or(roles), _codes(actions)])


def _grants(table: DecisionTable) -> Iterator[str]:
    yield "### Who gives and takes away which role"
    yield ""
    yield from _head(["who", "how he stands to the receiver", "may give", "may never give"])
    effects: dict[Pair, dict[Effect, list[Role]]] = {}
    for (granter, relation, role), ruling in table.rulings.grants.items():
        effects.setdefault((granter, relation), {}).setdefault(ruling.effect, []).append(role)
    for (granter, relation), roles in effects.items():
        given, kept = roles.get(Effect.ALLOW, []), roles.get(Effect.DENY, [])
        yield _line([f"`{granter}`", f"`{relation}`", _codes(given), "any" if len(kept) == len(Role) else _codes(kept)])


def _terms() -> Iterator[str]:
    yield "### The words in Dutch"
    yield ""
    yield from _head(["word", "kind", "Dutch"])
    for kind, terms in (("role", ROLE_TERMS), ("relation", RELATION_TERMS), ("action", ACTION_TERMS)):
        for word, term in terms.items():
            yield _line([f"`{word}`", kind, term])


def _head(titles: Collection[str]) -> Iterator[str]:
    yield _line(titles)
    yield _line(["---"] * len(titles))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _everybody_or(roles: Collection[Role]) -> str:
    return "everybody" if len(roles) == len(Role) else _codes(roles)
