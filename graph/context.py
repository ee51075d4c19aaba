"""What every resolver may use: who asks, in which language, and the services of the floors below."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from strawberry.types.info import Info as StrawberryInfo

from domain.caller import Caller
from domain.errors import DomainError
from domain.vocabulary import Action, Language
from filing.gate import Gate
from filing.identification import Identified
from filing.office import Office
from filing.reading import Readings
from graph.allowances import Allowances
from graph.loaders import Loaders
from graph.patience import Deadline, Patience
from persistence.scope import Scope


class Unauthenticated(DomainError):
    """The request has no token, or no longer a good one; told as an error, whatever was asked for."""

    code = "UNAUTHENTICATED"


class SignInUnavailable(DomainError):
    """The identity provider does not answer, so that nobody can tell who asks; nothing was done."""

    code = "SIGN_IN_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """Limits that clients are told of (`limits`); each is a setting."""

    upload_limit_bytes: int
    resumable_uploads: int
    resumable_upload_hours: int
    request_limit_bytes: int
    document_bytes: int
    tokens: int
    depth: int
    aliases: int
    directives: int
    fragments: int
    root_fields: int
    mutations: int
    digits: int
    cost: int
    operation_seconds: float
    trusted_documents_only: bool
    points_of_caller: int
    points_of_organisation: int
    streams: int
    streams_of_organisation: int
    streams_of_caller: int
    operations_a_connection: int


@dataclass(slots=True)
class Context:
    """One request, or one WebSocket connection.

    *allowances* count what was asked lately. *identified* is none for a request without a token. *connection_params* is
    what a WebSocket client sent at its start. *deadline*, of *patience*, ends the operation that runs. *identify_again*
    looks again who asks; given true it asks the issuer itself. *may_be_outdated*: what is known of the caller may be
    older than his question, because the issuer's answer was remembered. *readings*: what the answer shows of other
    organisations, for the audit trail.
    """

    office: Office
    limits: ServiceLimits
    allowances: Allowances
    patience: Patience
    language: Language
    correlation_id: str
    identified: Identified | None
    identify_again: Callable[["Context", bool], Awaitable[Identified | None]]
    connection_params: Mapping[str, Any] | None = None
    deadline: Deadline | None = None
    may_be_outdated: bool = False
    readings: Readings = field(default_factory=Readings)
    _loaders: Loaders | None = field(init=False, default=None)

    @property
    def loaders(self) -> Loaders:
        """Made when one is asked for: many requests load nothing."""
        if self._loaders is None:
            self._loaders = Loaders(self)
        return self._loaders

    async def refresh(self, *, fresh: bool = False) -> None:
        """Look again who the caller is and forget what was loaded; a subscription does so before each event.

        Afterwards `known` raises `Unauthenticated` when his token has expired, and scopes follow what he may now.
        *fresh*: a remembered answer of the issuer is not good enough. Raises `SignInUnavailable`.
        """
        self.identified = await self.identify_again(self, fresh)
        self._loaders = None

    async def confirm(self) -> None:
        """Before a write: make sure that the caller is still who he was, where that could have changed.

        Afterwards `known` raises `Unauthenticated` when his token was revoked. Raises `SignInUnavailable`.
        """
        if self.may_be_outdated:
            await self.refresh(fresh=True)

    def take_as_long_as_a_file_takes(self) -> None:
        """Let the operation run for as long as its file comes in and is kept; what comes in has a clock of its own."""
        if self.deadline is not None:
            self.deadline.lift()

    @property
    def gate(self) -> Gate:
        return self.office.gate

    @property
    def known(self) -> Identified:
        """Caller and table; raises `Unauthenticated` when the request had no token."""
        if self.identified is None:
            raise Unauthenticated
        return self.identified

    @property
    def caller(self) -> Caller:
        """The caller; raises `Unauthenticated` when the request had no token."""
        return self.known.caller

    def scope(self, action: Action) -> Scope:
        """What the caller may do *action* with, for lists; no query, the table is pinned for the request."""
        known = self.known
        return self.gate.scope(known.table, known.caller, action)


Info = StrawberryInfo[Context, None]
