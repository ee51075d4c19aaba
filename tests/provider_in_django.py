"""An OpenID provider of PyPI in a process of its own: Django OAuth Toolkit, with the claims of the Flemish access
management, on a free port of this machine.

Accounts and clients come as JSON on the command line. Its tokens are opaque and its ID tokens are signed with RS256.
Beside it: POST /test/rotate signs with a new key and keeps showing the old one, POST /test/withdraw stops showing that.
"""

import json
import os
import sys
import threading
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

WORLD: dict[str, Any] = json.loads(sys.argv[1])
HOURS = 4 * 3600


def new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    # No history of the tables, which are made anew for each run.
    MIGRATION_MODULES=dict.fromkeys(["auth", "contenttypes", "oauth2_provider"]),
    # The others take half a second for each secret, on purpose.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SECRET_KEY="of a test",
    LOGIN_URL="/login",
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": new_key(),
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
        "SCOPES": {"openid": "Who", "wse_twp": "Filing"},
        "ACCESS_TOKEN_EXPIRE_SECONDS": HOURS,
        "ID_TOKEN_EXPIRE_SECONDS": HOURS,
    },
)
django.setup()

# What needs the settings comes after them.
from django.contrib.auth import get_user_model, login  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.decorators import method_decorator  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from oauth2_provider.models import AccessToken, Application  # noqa: E402
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402
from oauth2_provider.settings import oauth2_settings  # noqa: E402
from oauth2_provider.views import IntrospectTokenView  # noqa: E402

tokens: Any = AccessToken
"""Django tells no type checker of the managers that it adds."""


class Validator(OAuth2Validator):
    """Its ID tokens say what the access management says of a person."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        name = request.user.get_username()
        return {"sub": name, **WORLD["accounts"][name]}


@method_decorator(csrf_exempt, name="dispatch")
class Introspection(IntrospectTokenView):
    """Its answers say the same of opaque tokens, of persons and of programs."""

    @staticmethod
    def get_token_response(token_value: str | None = None) -> JsonResponse:
        answer = json.loads(IntrospectTokenView.get_token_response(token_value).content)
        if answer.get("active"):
            token = tokens.objects.select_related("user", "application").get(token=token_value)
            if token.user is None:
                answer |= claims_of_client(token.application.client_id)
            else:
                name = token.user.get_username()
                answer |= {"sub": name, **WORLD["accounts"][name]}
        return JsonResponse(answer)


def claims_of_client(client_id: str) -> dict[str, Any]:
    return next(one["claims"] for one in WORLD["clients"] if one["client_id"] == client_id)


def log_in(request: Any) -> HttpResponse:
    if request.method == "GET":
        return HttpResponse(b'<form method="post"><input type="text" name="user"></form>')
    login(request, get_user_model().objects.get(username=request.POST["user"]))
    return HttpResponseRedirect(request.GET["next"])


def rotate(_request: HttpRequest) -> HttpResponse:
    keys = settings.OAUTH2_PROVIDER
    keys["OIDC_RSA_PRIVATE_KEYS_INACTIVE"] = [keys["OIDC_RSA_PRIVATE_KEY"]]
    keys["OIDC_RSA_PRIVATE_KEY"] = new_key()
    oauth2_settings.reload()
    return HttpResponse(status=204)


def withdraw(_request: HttpRequest) -> HttpResponse:
    settings.OAUTH2_PROVIDER["OIDC_RSA_PRIVATE_KEYS_INACTIVE"] = []
    oauth2_settings.reload()
    return HttpResponse(status=204)


urlpatterns = [
    path("introspect/", Introspection.as_view()),
    path("login", log_in),
    path("test/rotate", csrf_exempt(rotate)),
    path("test/withdraw", csrf_exempt(withdraw)),
    path("", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


def register(described: dict[str, Any]) -> None:
    is_program = "client_credentials" in described.get("grant_types", ["authorization_code"])
    Application.objects.create(
        client_id=described["client_id"],
        client_secret=described["client_secret"],
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=(
            Application.GRANT_CLIENT_CREDENTIALS if is_program else Application.GRANT_AUTHORIZATION_CODE
        ),
        redirect_uris=" ".join(described["redirect_uris"]),
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class calls it
        """Say nothing of requests that go well."""


def main() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    for name in WORLD["accounts"]:
        get_user_model().objects.create(username=name)
    for described in WORLD["clients"]:
        register(described)
    application: Any = get_wsgi_application()
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        # Whoever started it closes this pipe when he is done.
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
