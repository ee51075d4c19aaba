"""What production never runs with: what is for looking around, secrets that everybody knows, doors left open."""

from persistence.location import PostgresqlLocation, read_location
from server.network_drives import network_drive_of
from server.settings import PREFIX, Environment, LogLevel, Settings, SettingsRefused
from server.signing_in.client_certificates import networks

_KNOWN_TO_ALL = frozenset(
    {"", "admin", "changeit", "changeme", "change-me", "default", "demo", "example", "geheim", "mandaat", "password"}
    | {"postgres", "secret", "test", "wachtwoord", "welkom"}
)


def refuse_unsafe(settings: Settings) -> None:
    """Refuse, with all reasons at once, to run in production what is meant for looking around."""
    if settings.environment is not Environment.PRODUCTION:
        return
    reasons = [*_for_looking_around(settings), *_known_secrets(settings), *_open_doors(settings), *_drive(settings)]
    if reasons:
        raise SettingsRefused([f"{reason} ({PREFIX}ENVIRONMENT is production)" for reason in reasons])


def _for_looking_around(settings: Settings) -> list[str]:
    reasons: list[str] = []
    if settings.uses_demo_issuer:
        reasons.append(
            f"{PREFIX}OIDC_ISSUER is absent or the demo issuer; expected the address of your identity provider"
        )
    elif not settings.oidc_issuer.startswith("https://"):
        reasons.append(f"{PREFIX}OIDC_ISSUER is {settings.oidc_issuer}; expected an address that starts with https://")
    if settings.demo_data:
        reasons.append(f"{PREFIX}DEMO_DATA is on; expected off, because demo data has no place among real files")
    if settings.anonymous_introspection:
        reasons.append(f"{PREFIX}ANONYMOUS_INTROSPECTION is on; expected off, callers with a token can introspect")
    if settings.graphiql:
        reasons.append(f"{PREFIX}GRAPHIQL is on; expected off, it is served outside production only")
    if settings.log_level is LogLevel.DEBUG:
        reasons.append(f"{PREFIX}LOG_LEVEL is debug; expected info or less, the inner life of libraries is no record")
    return reasons


def _known_secrets(settings: Settings) -> list[str]:
    """Secrets that stand in every example, or that repeat the name beside them."""
    secret = settings.oidc_client_secret.get_secret_value()
    reasons: list[str] = []
    if settings.oidc_client_id and _is_known(secret, settings.oidc_client_id):
        reasons.append(f"{PREFIX}OIDC_CLIENT_SECRET is one that anybody would guess; expected one made at random")
    location = read_location(settings.database_url)
    if (
        isinstance(location, PostgresqlLocation)
        and location.password is not None
        and _is_known(location.password, location.user)
    ):
        reasons.append(f"{PREFIX}DATABASE_URL has a password that anybody would guess; expected one made at random")
    return reasons


def _is_known(secret: str, name: str) -> bool:
    return secret.lower() in _KNOWN_TO_ALL | {name.lower()}


def _open_doors(settings: Settings) -> list[str]:
    if any(network.prefixlen == 0 for network in networks(settings.trusted_proxies)):
        return [f"{PREFIX}TRUSTED_PROXIES holds every address; expected those of your proxies only"]
    return []


def _drive(settings: Settings) -> list[str]:
    location = read_location(settings.database_url)
    if isinstance(location, PostgresqlLocation):
        return []
    kind = network_drive_of(location.path)
    if kind is None:
        return []
    reason = f"{PREFIX}DATABASE_URL is a SQLite file on a network drive ({kind}), where locks do not hold"
    return [f"{reason}; expected a local disk, or PostgreSQL"]
