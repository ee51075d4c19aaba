"""Signing in with an OpenID provider that is not ours: Django OAuth Toolkit, beside a started server.

`make oidc` does the same, and more, with a certified provider from npm.
"""

import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from identity_provider import IdentityProvider, started_provider
from signing_in_cases import OpaqueTokens, SignedIdentities, TimePasses

pytestmark = pytest.mark.only_on("sqlite", because="no provider knows on which engine we keep our data")
_PROVIDER = Path(__file__).parents[1] / "provider_in_django.py"


def django_oauth_toolkit(log: Path) -> AbstractAsyncContextManager[IdentityProvider]:
    return started_provider([sys.executable, str(_PROVIDER)], log)


class TestSigned(SignedIdentities):
    open_provider = staticmethod(django_oauth_toolkit)


class TestOpaque(OpaqueTokens):
    """Its answers name no audience, so that our scope decides."""

    open_provider = staticmethod(django_oauth_toolkit)
    opaque = ""


class TestTime(TimePasses):
    open_provider = staticmethod(django_oauth_toolkit)
    opaque = ""
