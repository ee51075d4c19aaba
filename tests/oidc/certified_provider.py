"""Signing in with a certified OpenID provider that is not ours: npm `oidc-provider`. `make oidc` runs this file."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from identity_provider import IdentityProvider, started_provider
from signing_in_cases import (
    OpaqueTokens,
    OpaqueTokensForOthers,
    OtherSignatures,
    SignedAccessTokens,
    SignedIdentities,
    TimePasses,
)

_HERE = Path(__file__).parent


def oidc_provider(log: Path) -> AbstractAsyncContextManager[IdentityProvider]:
    return started_provider(["node", str(_HERE / "provider.mjs")], log)


class TestSigned(SignedIdentities, SignedAccessTokens):
    open_provider = staticmethod(oidc_provider)


class TestOpaque(OpaqueTokens, OpaqueTokensForOthers):
    open_provider = staticmethod(oidc_provider)


class TestTime(TimePasses, OtherSignatures):
    open_provider = staticmethod(oidc_provider)
