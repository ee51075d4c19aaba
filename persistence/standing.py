"""How a caller stands to objects now: which (role, relation) pairs hold, in one query for many objects.

This is the first stage of a decision. Grants count by day in Brussels, mandates by month: for something with a month
the mandate covers that month, for a convention itself it has begun. An outdated mandate therefore still shows the
convention and the months that it covered, and nothing later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.decisions import Pair
from domain.months import Month, day_in_brussels
from domain.vocabulary import MandateLevel, OrganisationKind, Relation, Role
from persistence.database import Connection, as_day, as_moment, rows

NO_PAIRS: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """One object to be decided on: a convention, or something of it in one month.

    *in_production* asks for the admission of the acting organisation too.
    """

    convention_id: str
    month: Month | None = None
    in_production: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The pairs on each object asked, in the order asked, and the policy that is in force at that very moment."""

    pairs: tuple[frozenset[Pair], ...]
    policy_sequence: int | None


@dataclass(frozen=True, slots=True)
class Position:
    """What holds of the acting organisation and its user whatever the object is."""

    roles: frozenset[Role]
    kind: OrganisationKind
    is_blocked: bool
    is_admitted: bool
    policy_sequence: int | None


async def standing_on_conventions(
    user_id: str,
    organisation_id: str,
    asked: Sequence[Asked],
    moment: datetime,
    connection: Connection | None = None,
    *,
    claimed: frozenset[Role] | None = None,
) -> Standing:
    """The pairs that *user_id*, acting for *organisation_id*, holds on each of *asked* at *moment*.

    No pairs at all for a convention that does not exist. *claimed*: the roles that the token gives, instead of those
    in the database. One query.
    """
    if not asked:
        return Standing((), None)
    this_month = str(Month.at(moment))
    values: list[object] = []
    for place, one in enumerate(asked):
        month = str(one.month) if one.month else None
        values += [place, one.convention_id, month or this_month, month]
    position, position_values = _position(user_id, organisation_id, moment, claimed)
    placeholders = ", ".join(["(CAST(? AS INTEGER), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))"] * len(asked))
    found = await rows(
        f"""
        WITH asked(place, convention_id, begun_by, running_in) AS (VALUES {placeholders}),
        {position}
        SELECT asked.place, me.*,
          CASE WHEN c.promotor_id = me.organisation_id THEN 1 ELSE 0 END AS is_owner,
          CASE WHEN c.blocked_since IS NULL AND promotor.blocked_since IS NULL THEN 0 ELSE 1 END AS convention_blocked,
          (SELECT MAX(CASE m.level WHEN 'SUBMIT' THEN 2 ELSE 1 END) FROM mandate m
            WHERE m.convention_id = c.id AND m.secretariat_id = me.organisation_id AND m.revoked_at IS NULL
              AND m.first_month <= asked.begun_by
              AND (asked.running_in IS NULL OR m.last_month IS NULL OR m.last_month >= asked.running_in)) AS level
        FROM asked
        JOIN convention c ON c.id = asked.convention_id
        JOIN organisation promotor ON promotor.id = c.promotor_id
        CROSS JOIN me
        """,
        [*values, *position_values],
        connection,
    )
    pairs: list[set[Pair]] = [set() for _ in asked]
    sequence: int | None = None
    for row in found:
        sequence = row["policy_sequence"]
        if row["role"] is not None:
            at: int = row["place"]
            pairs[at] |= {(Role(row["role"]), relation) for relation in relations_in(row, asked[at])}
    return Standing(tuple(frozenset(held) for held in pairs), sequence)


async def position_of(
    user_id: str,
    organisation_id: str,
    moment: datetime,
    connection: Connection | None = None,
    *,
    claimed: frozenset[Role] | None = None,
) -> Position | None:
    """Roles in force and state of the acting organisation; none when there is no such organisation.

    *claimed* as for `standing_on_conventions`. One query.
    """
    position, values = _position(user_id, organisation_id, moment, claimed)
    found = await rows(f"WITH {position} SELECT me.* FROM me", values, connection)
    if not found:
        return None
    return Position(
        roles=frozenset(Role(row["role"]) for row in found if row["role"] is not None),
        kind=OrganisationKind(found[0]["kind"]),
        is_blocked=bool(found[0]["is_blocked"]),
        is_admitted=bool(found[0]["is_admitted"]),
        policy_sequence=found[0]["policy_sequence"],
    )


@dataclass(frozen=True, slots=True)
class MandateSeen:
    level: MandateLevel
    first: Month
    last: Month | None
    revoked_on: date | None

    @property
    def is_revoked(self) -> bool:
        return self.revoked_on is not None


@dataclass(frozen=True, slots=True)
class ConventionSeen:
    """A convention as one organisation stands to it: its own or not, blocked or not, and the mandates that it got.

    *blocked_on*: the first day on which it or its promotor was blocked.
    """

    is_owner: bool
    blocked_on: date | None
    mandates: tuple[MandateSeen, ...]

    @property
    def is_blocked(self) -> bool:
        return self.blocked_on is not None


@dataclass(frozen=True, slots=True)
class OrganisationPast:
    """Since when an organisation is blocked, and since when it has no admission any more; none where that is not so."""

    blocked_on: date | None = None
    admission_gone_on: date | None = None


async def convention_seen_from(
    convention_id: str, organisation_id: str, connection: Connection | None = None
) -> ConventionSeen:
    """How *organisation_id* stands to the convention, revoked mandates included, oldest first. One query."""
    found = await rows(
        """
        SELECT c.promotor_id, m.level, m.first_month, m.last_month, m.revoked_at,
          c.blocked_since AS convention_blocked, o.blocked_since AS promotor_blocked
        FROM convention c
        JOIN organisation o ON o.id = c.promotor_id
        LEFT JOIN mandate m ON m.convention_id = c.id AND m.secretariat_id = ?
        WHERE c.id = ? ORDER BY m.first_month
        """,
        [organisation_id, convention_id],
        connection,
    )
    return ConventionSeen(
        is_owner=any(row["promotor_id"] == organisation_id for row in found),
        blocked_on=min(
            (_day(row[block]) for row in found for block in ("convention_blocked", "promotor_blocked") if row[block]),
            default=None,
        ),
        mandates=tuple(
            MandateSeen(
                level=MandateLevel(row["level"]),
                first=Month.parse(row["first_month"]),
                last=Month.parse(row["last_month"]) if row["last_month"] else None,
                revoked_on=_day(row["revoked_at"]) if row["revoked_at"] else None,
            )
            for row in found
            if row["level"] is not None
        ),
    )


async def roles_gone(
    user_id: str, organisation_id: str, moment: datetime, connection: Connection | None = None
) -> dict[Role, date]:
    """The roles that *user_id* held for *organisation_id* and holds no more, with the first day without. One query."""
    today = day_in_brussels(moment)
    found = await rows(
        "SELECT role, valid_until, revoked_at FROM role_grant WHERE user_id = ? AND organisation_id = ?"
        " AND (revoked_at IS NOT NULL OR valid_until < ?)",
        [user_id, organisation_id, today],
        connection,
    )
    gone: dict[Role, date] = {}
    for row in found:
        ends = [
            _day(row["revoked_at"]) if row["revoked_at"] else None,
            as_day(row["valid_until"]) + timedelta(days=1) if row["valid_until"] else None,
        ]
        since = min(day for day in ends if day is not None)
        gone[Role(row["role"])] = max(since, gone.get(Role(row["role"]), since))
    return gone


async def past_of_organisation(organisation_id: str, connection: Connection | None = None) -> OrganisationPast:
    """What happened to its admission and whether it is blocked. One query."""
    found = await rows(
        "SELECT o.blocked_since, a.admitted_from, a.suspended_at FROM organisation o"
        " LEFT JOIN admission a ON a.organisation_id = o.id AND a.suspended_at IS NOT NULL WHERE o.id = ?",
        [organisation_id],
        connection,
    )
    suspended = [(as_day(row["admitted_from"]), _day(row["suspended_at"])) for row in found if row["suspended_at"]]
    return OrganisationPast(
        blocked_on=next((_day(row["blocked_since"]) for row in found if row["blocked_since"]), None),
        # One that was suspended before its day came never held.
        admission_gone_on=max((end for begin, end in suspended if begin <= end), default=None),
    )


async def hold_rights_still(
    user_id: str, organisation_id: str, convention_ids: Sequence[str], connection: Connection
) -> None:
    """Keep grants, mandates and policy from changing until this transaction ends.

    A revocation updates the same rows, so one of the two waits. SQLite needs nothing: its transaction is alone.
    """
    if not connection.locks_rows:
        return
    await rows("SELECT 1 FROM number_series WHERE name = 'policy_version' FOR SHARE", [], connection)
    await rows("SELECT 1 FROM organisation WHERE id = ? FOR SHARE", [organisation_id], connection)
    await rows(
        "SELECT 1 FROM role_grant WHERE user_id = ? AND organisation_id = ? FOR SHARE",
        [user_id, organisation_id],
        connection,
    )
    if convention_ids:
        marks = ", ".join("?" * len(convention_ids))
        await rows(
            f"SELECT 1 FROM convention WHERE id IN ({marks}) ORDER BY id FOR SHARE", [*convention_ids], connection
        )
        await rows(
            f"SELECT 1 FROM mandate WHERE secretariat_id = ? AND convention_id IN ({marks}) ORDER BY id FOR SHARE",
            [organisation_id, *convention_ids],
            connection,
        )


def _position(
    user_id: str, organisation_id: str, moment: datetime, claimed: frozenset[Role] | None
) -> tuple[str, list[object]]:
    """One row a role in force; one without a role where he has none, so that the organisation is still known."""
    today = day_in_brussels(moment)
    if claimed is None:
        held: list[object] = [user_id, today, today]
        roles = """LEFT JOIN role_grant g ON g.organisation_id = o.id AND g.user_id = ? AND g.revoked_at IS NULL
    AND g.valid_from <= ? AND (g.valid_until IS NULL OR g.valid_until >= ?)"""
    else:
        held = [*sorted(claimed)] or [None]
        roles = f"CROSS JOIN ({' UNION ALL '.join(['SELECT CAST(? AS TEXT) AS role'] * len(held))}) g"
    sql = f"""me AS (
  SELECT o.id AS organisation_id, o.kind, g.role,
    CASE WHEN o.blocked_since IS NULL THEN 0 ELSE 1 END AS is_blocked,
    CASE WHEN EXISTS (SELECT 1 FROM admission a WHERE a.organisation_id = o.id
      AND a.suspended_at IS NULL AND a.admitted_from <= ?) THEN 1 ELSE 0 END AS is_admitted,
    (SELECT MAX(sequence) FROM policy_version) AS policy_sequence
  FROM organisation o
  {roles}
  WHERE o.id = ?
)"""
    return sql, [today, *held, organisation_id]


def _day(stored: datetime | str) -> date:
    return day_in_brussels(as_moment(stored))


def relations_in(row: dict[str, Any], asked: Asked) -> list[Relation]:
    """The relations that a row of facts says: is_owner, level, kind, is_blocked, convention_blocked, is_admitted."""
    relations: list[Relation] = []
    if row["is_owner"]:
        relations.append(Relation.OWNER)
    if row["level"] is not None:
        relations.append(Relation.MANDATED_TO_UPLOAD)
    if row["level"] == 2:
        relations.append(Relation.MANDATED_TO_SUBMIT)
    if row["kind"] == OrganisationKind.DEPARTMENT:
        relations.append(Relation.DEPARTMENT)
    if row["is_blocked"] or row["convention_blocked"]:
        relations.append(Relation.BLOCKED)
    if asked.in_production and not row["is_admitted"]:
        relations.append(Relation.NOT_ADMITTED)
    return relations
