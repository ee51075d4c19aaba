"""From an `Authorization` header to a caller, the same for every door of the server."""

from dataclasses import dataclass

import structlog
from starlette.requests import HTTPConnection

from filing.identification import Identified, UnknownOrganisation, identify
from filing.office import Office
from graph.context import SignInUnavailable
from persistence.failures import TemporarilyUnavailable
from server.log_context import bind
from server.refusals import Refusal
from server.signing_in.client_certificates import refuse_other_certificate
from server.signing_in.identity import IssuerUnavailable, TokenRefused, Verifier, bearer_token
from server.signing_in.role_claims import RoleClaims

log = structlog.get_logger(__name__)

_RETRY_AFTER_SECONDS = "2"
"""A database that fails over is back in seconds."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Verifies tokens and looks up whom they are about; *role_claims* none when roles come from the database."""

    verifier: Verifier
    office: Office
    certificate_header: str
    role_claims: RoleClaims | None = None

    async def identified(
        self, connection: HTTPConnection, authorization: str | None, *, fresh: bool = False
    ) -> Identified:
        """The caller who brought *authorization* over *connection*; *fresh* when nothing remembered is good enough.

        Raises `TokenRefused`, `UnknownOrganisation` for a good token of an organisation unknown here,
        `SignInUnavailable` when the issuer does not answer, and `TemporarilyUnavailable` when the database does not.
        """
        try:
            token = await self.verifier.verify(bearer_token(authorization), fresh=fresh)
        except IssuerUnavailable as unavailable:
            log.warning("sign_in_unavailable", reason=unavailable.reason)
            raise SignInUnavailable from unavailable
        refuse_other_certificate(token, connection, self.certificate_header)
        bind(organisation=token.organisation_number)
        return await identify(
            self.office,
            subject=token.subject,
            name=token.name,
            enterprise_number=token.organisation_number,
            claimed_roles=self.role_claims.roles_of(token) if self.role_claims else None,
        )

    async def require(self, connection: HTTPConnection) -> Identified:
        """The caller of a request; raises `Refusal` 401, 403 or 503 without saying what was wrong with the token."""
        try:
            return await self.identified(connection, connection.headers.get("authorization"))
        except TokenRefused as refused:
            log.info("token_refused", reason=refused.reason)
            raise Refusal(401, "UNAUTHENTICATED", {}) from refused
        except UnknownOrganisation as unknown:
            raise Refusal(403, unknown.code, unknown.values) from unknown
        except SignInUnavailable as unavailable:
            raise Refusal(503, unavailable.code, {}) from unavailable
        except TemporarilyUnavailable as unavailable:
            log.warning("temporarily_unavailable", reason=type(unavailable.__cause__).__name__)
            raise Refusal(503, unavailable.code, {}, headers={"Retry-After": _RETRY_AFTER_SECONDS}) from unavailable
