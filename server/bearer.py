"""From an `Authorization` header to a caller, the same for every door of the server."""

from dataclasses import dataclass

from filing.identification import Identified, identify
from filing.office import Office
from server.identity import TokenVerifier, bearer_token
from server.logs import bind_organisation


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
