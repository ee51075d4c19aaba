"""Roles by the claim of the identity provider: as configured, for the acting organisation, and nothing wider."""

from datetime import UTC, datetime

import pytest

from domain.identifiers import EnterpriseNumber
from domain.vocabulary import Role
from server.signing_in.identity import VerifiedToken
from server.signing_in.role_claims import RoleClaims

CLAIMS = RoleClaims({"TwpSSOplader": Role.UPLOADER, "TwpPromotor-centraal": Role.PROMOTOR})


@pytest.mark.parametrize(
    ("values", "roles"),
    [
        (("TwpSSOplader:0999000129",), {Role.UPLOADER}),
        (("TwpSSOplader:0999000327, 0999000129",), {Role.UPLOADER}),
        (("TwpPromotor-centraal:0999000129", "TwpSSOplader:0999000129"), {Role.UPLOADER, Role.PROMOTOR}),
        # Another organisation, another context, an unknown role, no organisation, another spelling: nothing.
        (("TwpSSOplader:0999000327",), set[Role]()),
        (("TwpPromotor:0999000129", "TwpSSOplader-filiaal:0999000129"), set[Role]()),
        (("uploader:0999000129", "TwpSSOplader", "TwpSSOplader:", "twpssoplader:0999000129", ""), set[Role]()),
        (("TwpSSOplader:09990001291", "TwpSSOplader:*"), set[Role]()),
    ],
)
def test_only_configured_values_for_the_acting_organisation_give_roles(
    values: tuple[str, ...], roles: set[Role]
) -> None:
    token = VerifiedToken("s", "n", EnterpriseNumber("0999000129"), datetime.now(UTC), role_values=values)

    assert CLAIMS.roles_of(token) == roles
