"""Collective files as they come in and as those who may see them find them again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.caller import Caller
from domain.identifiers import EnterpriseNumber
from domain.states import CollectiveFileState
from domain.vocabulary import Mode, OrganisationKind, Role
from persistence.database import Connection, rows
from persistence.models import CollectiveFileRow
from persistence.pages import Page, PageRequest
from persistence.placeholders import a_list
from persistence.scope import EVERYTHING, NOTHING, Predicate
from persistence.visible_pages import count_of, visible_page


@dataclass(frozen=True, slots=True)
class FileSight:
    """Whose collective files a caller sees: all of them, those that his organisation sent, or none."""

    organisation_id: str | None = None
    everything: bool = False

    def files(self, alias: str) -> Predicate:
        """Visible rows of `collective_file`, named *alias*."""
        if self.everything:
            return EVERYTHING
        return NOTHING if self.organisation_id is None else (f"{alias}.sender_id = ?", [self.organisation_id])


@dataclass(frozen=True, slots=True)
class CollectiveFilesWanted:
    """What a list is narrowed to; none means all."""

    states: tuple[CollectiveFileState, ...] | None = None
    mode: Mode | None = None
    reference: str | None = None


async def visible_collective_files(
    sight: FileSight, wanted: CollectiveFilesWanted, request: PageRequest
) -> Page[CollectiveFileRow]:
    """Collective files within *sight*, newest first."""
    source, values = _source(sight, wanted)
    return await visible_page(CollectiveFileRow, source, values, alias="f", request=request, newest_first=True)


async def count_visible_collective_files(sight: FileSight, wanted: CollectiveFilesWanted) -> int:
    return await count_of(*_source(sight, wanted))


async def collective_files_by_id(sight: FileSight, ids: Sequence[str]) -> Mapping[str, CollectiveFileRow]:
    """Those of *ids* that lie within *sight*."""
    visible, values = sight.files("f")
    found = await rows(
        f"SELECT f.* FROM collective_file f WHERE f.id IN {a_list(len(ids))} AND {visible}", [*ids, *values]
    )
    return {row["id"]: CollectiveFileRow(**row) for row in found}


async def collective_file_with_id(identifier: str, connection: Connection | None = None) -> CollectiveFileRow:
    """The collective file, whoever may see it; raises `LookupError` when there is none."""
    found = await rows("SELECT * FROM collective_file WHERE id = ?", [identifier], connection)
    if not found:
        raise LookupError(f"no collective file {identifier}")
    return CollectiveFileRow(**found[0])


async def sender_of(file: CollectiveFileRow) -> Caller:
    """Who sent the file, for whom; without roles, which every decision reads again unless his token gave them."""
    found = await rows(
        "SELECT u.name AS user_name, o.name, o.enterprise_number, o.kind FROM app_user u, organisation o"
        " WHERE u.id = ? AND o.id = ?",
        [file.uploaded_by, file.sender_id],
    )
    return Caller(
        user_id=file.uploaded_by,
        user_name=found[0]["user_name"],
        organisation_id=file.sender_id,
        organisation_name=found[0]["name"],
        enterprise_number=EnterpriseNumber(found[0]["enterprise_number"]),
        organisation_kind=OrganisationKind(found[0]["kind"]),
        roles=frozenset(),
        claimed_roles=_roles_in(file.claimed_roles),
    )


def _roles_in(claimed: str | None) -> frozenset[Role] | None:
    return None if claimed is None else frozenset(Role(role) for role in claimed.split(",") if role)


async def collective_file_under_reference(
    connection: Connection, sender_id: str, mode: Mode, reference: str
) -> CollectiveFileRow | None:
    """The file that occupies *reference*: sent to be loaded and not rejected."""
    found = await rows(
        "SELECT * FROM collective_file WHERE sender_id = ? AND mode = ? AND reference = ?"
        " AND NOT checks_only AND state <> 'REJECTED'",
        [sender_id, mode.value, reference],
        connection,
    )
    return CollectiveFileRow(**found[0]) if found else None


async def add_collective_file(connection: Connection, row: CollectiveFileRow) -> None:
    """Keep a file that was taken in; from the commit on, a worker will find it."""
    await row.save(using_db=connection.client, force_create=True)


async def store_keys_in_use(keys: Iterable[str]) -> frozenset[str]:
    """Those of *keys* of the file store that belong to a collective file."""
    wanted = list(keys)
    if not wanted:
        return frozenset()
    found = await rows(f"SELECT store_key FROM collective_file WHERE store_key IN {a_list(len(wanted))}", wanted)
    return frozenset(row["store_key"] for row in found)


def _source(sight: FileSight, wanted: CollectiveFilesWanted) -> Predicate:
    visible, values = sight.files("f")
    sql = f"FROM collective_file f WHERE {visible}"
    if wanted.states is not None:
        sql += f" AND f.state IN {a_list(len(wanted.states))}" if wanted.states else " AND 1 = 0"
        values = [*values, *(state.value for state in wanted.states)]
    if wanted.mode is not None:
        sql += " AND f.mode = ?"
        values = [*values, wanted.mode.value]
    if wanted.reference is not None:
        sql += " AND f.reference = ?"
        values = [*values, wanted.reference]
    return sql, values
