"""Roles from the identity provider: what its role claim says, translated as the operator configured it.

The Flemish access management writes `Role-context:KBO`. Only values for the organisation that the caller acts for
count, and only those that the settings name as they stand: a context narrows a role, so to leave it out would widen.
What a role may do is the policy's, and in which kind of organisation it can be held is the domain's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.vocabulary import Role
from server.signing_in.identity import VerifiedToken


def roles_by_name(words: Sequence[str]) -> Mapping[str, Role]:
    """What `NAME=ROLE` words say; raises `ValueError` for a name that stands twice and for a role that is none."""
    pairs = [word.rpartition("=") for word in words]
    names = [name for name, _, _ in pairs]
    if not all(names) or len(set(names)) < len(names):
        raise ValueError("a name is empty or stands twice")
    return {name: Role(role) for name, _, role in pairs}


@dataclass(frozen=True, slots=True)
class RoleClaims:
    """*roles* by the part before the colon, for example `TwpPromotor`."""

    roles: Mapping[str, Role]

    def roles_of(self, token: VerifiedToken) -> frozenset[Role]:
        """The roles that the token gives in its own organisation."""
        found: set[Role] = set()
        for value in token.role_values:
            name, _, organisations = value.partition(":")
            role = self.roles.get(name.strip())
            for_ours = token.organisation_number in [one.strip() for one in organisations.split(",")]
            if role is not None and for_ours:
                found.add(role)
        return frozenset(found)
