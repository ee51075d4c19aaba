"""What a caller sees, as SQL: the same decision as on one object, turned into a predicate for lists.

A scope is made from the policy's table: which relations let the caller do the action with the roles that he holds, and
which of them take it away. Counts and pages can then not differ from what is visible.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.months import Month
from domain.vocabulary import OrganisationKind, Relation

Predicate = tuple[str, list[object]]
"""SQL that is true for what is visible, with `?` for its values."""

NOTHING: Predicate = ("1 = 0", [])
EVERYTHING: Predicate = ("1 = 1", [])


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose sight this is, and the relations that give it (*granting*) or take it away (*vetoing*)."""

    organisation_id: str
    organisation_kind: OrganisationKind
    granting: frozenset[Relation]
    vetoing: frozenset[Relation]
    moment: datetime

    def conventions(self, alias: str) -> Predicate:
        """Visible rows of `convention`, named *alias*: a mandate counts when it has begun."""
        return self._where(alias, f"{alias}.id", None)

    def of_a_month(self, convention_alias: str, month_column: str) -> Predicate:
        """Visible rows of something with a month, joined to its convention: a mandate counts when it covers it."""
        return self._where(convention_alias, f"{convention_alias}.id", month_column)

    def organisations(self, id_column: str) -> Predicate:
        """Visible rows of something that belongs to an organisation: a role grant, an admission."""
        granted = [self._on_organisation(relation, id_column) for relation in sorted(self.granting)]
        vetoed = [self._on_organisation(relation, id_column) for relation in sorted(self.vetoing)]
        return _granted_and_not_vetoed(granted, vetoed)

    @property
    def sees_department(self) -> bool:
        """Whether the caller sees as the department does, whatever the object."""
        return Relation.DEPARTMENT in self.granting and self.organisation_kind is OrganisationKind.DEPARTMENT

    @property
    def sees_own_organisation(self) -> bool:
        return Relation.OWN_ORGANISATION in self.granting

    def _where(self, convention: str, convention_id: str, month_column: str | None) -> Predicate:
        granted = [
            self._relation(relation, convention, convention_id, month_column) for relation in sorted(self.granting)
        ]
        vetoed = [
            self._relation(relation, convention, convention_id, month_column) for relation in sorted(self.vetoing)
        ]
        return _granted_and_not_vetoed(granted, vetoed)

    def _relation(self, relation: Relation, convention: str, convention_id: str, month_column: str | None) -> Predicate:
        match relation:
            case Relation.OWNER:
                return f"{convention}.promotor_id = ?", [self.organisation_id]
            case Relation.MANDATED_TO_UPLOAD:
                return self._mandated(convention_id, month_column, ("UPLOAD", "SUBMIT"))
            case Relation.MANDATED_TO_SUBMIT:
                return self._mandated(convention_id, month_column, ("SUBMIT",))
            case Relation.DEPARTMENT:
                return EVERYTHING if self.organisation_kind is OrganisationKind.DEPARTMENT else NOTHING
            case Relation.BLOCKED:
                sql = (
                    f"{convention}.blocked_since IS NOT NULL OR EXISTS (SELECT 1 FROM organisation o "
                    f"WHERE o.blocked_since IS NOT NULL AND o.id IN (?, {convention}.promotor_id))"
                )
                return sql, [self.organisation_id]
            case Relation.OWN_ORGANISATION | Relation.NOT_ADMITTED | Relation.SELF:
                # Never held on a convention: they belong to organisations, uploads and role grants.
                return NOTHING

    def _on_organisation(self, relation: Relation, id_column: str) -> Predicate:
        match relation:
            case Relation.OWN_ORGANISATION:
                return f"{id_column} = ?", [self.organisation_id]
            case Relation.DEPARTMENT:
                return EVERYTHING if self.organisation_kind is OrganisationKind.DEPARTMENT else NOTHING
            case Relation.BLOCKED:
                return "EXISTS (SELECT 1 FROM organisation o WHERE o.id = ? AND o.blocked_since IS NOT NULL)", [
                    self.organisation_id
                ]
            case _:
                # Owners and mandates belong to conventions; a missing admission and oneself to single acts.
                return NOTHING

    def _mandated(self, convention_id: str, month_column: str | None, levels: tuple[str, ...]) -> Predicate:
        marks = ", ".join("?" * len(levels))
        held = f"secretariat_id = ? AND revoked_at IS NULL AND level IN ({marks})"
        if month_column is None:
            # IN (subquery) starts from the secretariat's mandates; a correlated EXISTS visits every convention.
            sql = f"{convention_id} IN (SELECT convention_id FROM mandate WHERE {held} AND first_month <= ?)"
            return sql, [self.organisation_id, *levels, str(Month.at(self.moment))]
        sql = (
            f"{convention_id} IN (SELECT convention_id FROM mandate WHERE {held} AND first_month <= {month_column} "
            f"AND (last_month IS NULL OR last_month >= {month_column}))"
        )
        return sql, [self.organisation_id, *levels]


def _granted_and_not_vetoed(granted: list[Predicate], vetoed: list[Predicate]) -> Predicate:
    """Any of *granted* and none of *vetoed*, as the table decides on pairs."""
    if not granted:
        return NOTHING
    sql = " OR ".join(f"({text})" for text, _ in granted)
    values = [value for _, found in granted for value in found]
    for text, found in vetoed:
        sql = f"({sql}) AND NOT ({text})"
        values += found
    return f"({sql})", values
