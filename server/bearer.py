"""From an `Authorization` header to a caller, the same for every door of the server."""

from dataclasses import dataclass

import structlog
from starlette.requests import HTTPConnection

from filing.identification import Identified, UnknownOrganisation, identify
from filing.office import Office
from server.identity import TokenRefused, TokenVerifier, bearer_token
from server.logs import bind_organisation
from server.refusals import Refusal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Verifies tokens and looks up whom they are about."""

    verifier: TokenVerifier
    office: Office

    async def identified(self, authorization: str | None) -> Identified:
        """The caller.

        Raises `TokenRefused`, or `UnknownOrganisation` for a good token of an organisation unknown here.
        """
        token = await self.verifier.verify(bearer_token(authorization))
        bind_organisation(token.organisation_number)
        return await identify(
            self.office, subject=token.subject, name=token.name, enterprise_number=token.organisation_number
        )

    async def require(self, connection: HTTPConnection) -> Identified:
        """The caller of a request; raises `Refusal` 401 or 403 without saying what was wrong with the token."""
        try:
            return await self.identified(connection.headers.get("authorization"))
        except TokenRefused as refused:
            log.info("token_refused", reason=refused.reason)
            raise Refusal(401, "UNAUTHENTICATED", {}) from refused
        except UnknownOrganisation as unknown:
            raise Refusal(403, unknown.code, unknown.values) from unknown
