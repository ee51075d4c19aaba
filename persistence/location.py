"""Where the database is: one URL, read once into what either engine needs.

`sqlite://var/mandaat.db` is a path from the working folder, `sqlite:///srv/mandaat.db` one from the root;
`postgresql://user:password@host:5432/name?sslmode=require`, or `?host=/folder` for a socket.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from domain.errors import InvalidValue

SslMode = Literal["disable", "prefer", "allow", "require", "verify-ca", "verify-full"]
_POSTGRESQL_OPTIONS = frozenset({"host", "port", "sslmode"})


class Dialect(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class SqliteLocation:
    path: Path

    @property
    def dialect(self) -> Dialect:
        return Dialect.SQLITE


@dataclass(frozen=True, slots=True)
class PostgresqlLocation:
    """*host* is a name, an address, or the folder of a socket; *ssl* one of libpq's modes, none for its default."""

    host: str
    port: int
    user: str
    password: str | None
    name: str
    ssl: SslMode | None

    @property
    def dialect(self) -> Dialect:
        return Dialect.POSTGRESQL


Location = SqliteLocation | PostgresqlLocation


def read_location(url: str) -> Location:
    """Raises `InvalidValue` on anything that is neither of the two forms; never repeats a password."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.netloc + parts.path)
        if not path or path.endswith("/") or path.startswith(":memory:") or parts.query:
            raise _unreadable("a file after sqlite://, without options")
        return SqliteLocation(Path(path))
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    raise _unreadable("sqlite://… or postgresql://…")


def _postgresql(url: str) -> PostgresqlLocation:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    unknown = sorted(options.keys() - _POSTGRESQL_OPTIONS)
    if unknown:
        raise _unreadable(f"no other options than host, port and sslmode (found {', '.join(unknown)})")
    try:
        port = int(options["port"]) if "port" in options else parts.port or 5432
    except ValueError as error:
        raise _unreadable("a port number") from error
    ssl = options.get("sslmode")
    if ssl is not None and ssl not in get_args(SslMode):
        raise _unreadable(f"sslmode {', '.join(get_args(SslMode))}")
    name = unquote(parts.path.removeprefix("/"))
    if not name or parts.username is None:
        raise _unreadable("a user and the name of a database")
    return PostgresqlLocation(
        host=options.get("host") or parts.hostname or "localhost",
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password) if parts.password else None,
        name=name,
        ssl=cast("SslMode | None", ssl),
    )


def _unreadable(expected: str) -> InvalidValue:
    return InvalidValue("databaseUrl", found="a URL that cannot be read", expected=expected)
