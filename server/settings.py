"""Settings: every choice of an operator in one frozen object, read once at start from variables `MANDAAT_*`.

`server/settings_at_start.py` reads them and says what is wrong with them. `docs/settings.md` is written from this class
and a test compares the two.
"""

from pathlib import Path
from typing import Annotated, Any, Self, cast

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.errors import CouldNotRun
from domain.vocabulary import Role
from server.setting_values import AccessTokens, Environment, LogLevel, RoleSource
from server.signing_in.client_certificates import networks
from server.signing_in.role_claims import roles_by_name

PREFIX = "MANDAAT_"
DEMO_ISSUER = "https://demo-issuer.mandaat.invalid"
"""The issuer that signs for personas; `.invalid` is a name that never exists, so nothing can pose as it."""

_FILE_URL = "file://"

_LARGEST_INT = 2**31 - 1
"""Clients are told the limits as `Int`."""

_SCHEMES = {
    "database_url": ("sqlite://", "postgres://", "postgresql://"),
    "file_store_url": (_FILE_URL, "s3://"),
    "oidc_issuer": ("https://", "http://"),
}

Words = Annotated[tuple[str, ...], NoDecode]
"""Several values in one variable, separated by commas."""


class SettingsRefused(CouldNotRun):
    """The start is refused; *reasons* are sentences for the operator, all of them at once."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(reasons))


def _in_demo(values: dict[str, Any]) -> bool:
    return values["environment"] is Environment.DEMO


class Settings(BaseSettings):
    """What an operator may choose. Names carry their unit; paths are relative to the working folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    environment: Environment = Field(
        default=Environment.DEMO,
        description="`demo` is for looking around with tokens of its own, `test` for trying things out with real ones, "
        "`production` refuses to start with anything that is unsafe.",
    )

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allowed_hosts: Words = Field(
        default=(),
        description="Host names that requests may ask for, separated by commas, `*.` for subdomains; "
        "empty checks nothing.",
    )

    database_url: str = Field(
        default="sqlite://var/mandaat.sqlite3",
        repr=False,
        description="`sqlite://PATH` (embedded) or `postgres://USER:PASSWORD@HOST:PORT/NAME`.",
    )
    file_store_url: str = Field(
        default="file://var/files",
        repr=False,
        description="Where uploaded bytes are kept: `file://PATH` or `s3://BUCKET/PREFIX`. Two databases never share "
        "one: each clears away the bytes of which it has no row, and so those of the other.",
    )
    policy_path: Path = Field(
        default=Path("policy.csv"), description="The policy that is accepted at start; an edit of it is taken up too."
    )
    policy_poll_seconds: float = Field(
        default=2.0, gt=0, description="Pause between two looks at that file; an edit counts when it looks alike twice."
    )
    casbin_model_path: Path = Field(default=Path("casbin_model.conf"), description="The model of that policy.")
    receipt_key_path: Path = Field(
        default=Path("var/keys/receipt.pem"),
        description="Ed25519 private key (PEM) that signs receipts; made when absent, except in `production`.",
    )

    oidc_issuer: str = Field(
        default=DEMO_ISSUER,
        description="Issuer of the bearer tokens, exactly as in their claim `iss`; its discovery document names the "
        "keys. The default is the demo issuer, which needs no network.",
    )
    oidc_audience: str = Field(default="mandaat", min_length=1, description="Claim `aud` that tokens must hold.")
    oidc_algorithms: Words = Field(
        default=("RS256", "ES256", "EdDSA"),
        description="Signatures accepted on tokens, separated by commas, out of `RS256`, `ES256`, `EdDSA`, `Ed25519`.",
    )
    oidc_access_tokens: AccessTokens = Field(
        default=AccessTokens.JWT,
        description="`jwt`: tokens are signed and judged by their signature. `introspection`: they are opaque and the "
        "issuer is asked (RFC 7662), again before every mutation, else at most once a minute.",
    )
    oidc_client_id: str = Field(default="", description="How the issuer knows this server; for `introspection`.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), repr=False, description="Its secret; for `introspection`."
    )
    oidc_scope: str = Field(
        default="",
        pattern=r"^[!#-\[\]-~]*$",
        description="Scope that a token must hold when the issuer's answer names no audience; for `introspection`. "
        "Empty refuses such tokens.",
    )
    oidc_roles: RoleSource = Field(
        default=RoleSource.DATABASE,
        description="`database`: roles are given by `roleGrant`. `claims`: by the role claim of the token instead, for "
        "the organisation that it acts for; a worker goes by the roles at the time of the upload.",
    )
    oidc_role_claim: str = Field(
        default="wsetwp_rol_3d", min_length=1, description="Claim with values `Role-context:KBO`; for `claims`."
    )
    oidc_role_names: Words = Field(
        default=(
            "TwpPromotor=promotor",
            "TwpSSOplader=uploader",
            "TwpSSIndiener=submitter",
            "TwpHelpdesk=helpdesk",
            "TwpDossierbeheerder=case_handler",
        ),
        description="What stands before the colon in that claim, as a whole, and the role that it gives; separated by "
        "commas. What is not on the list gives nothing.",
    )
    trusted_proxies: Words = Field(
        default=(),
        description="Addresses or networks of the proxies whose word on client certificates is believed, separated by "
        "commas; the header below is taken away from all other requests.",
    )
    certificate_header: str = Field(
        default="X-Client-Certificate-SHA256",
        pattern=r"^[A-Za-z0-9-]+$",
        description="Header in which they pass the SHA-256 of the client certificate, in base64url or hexadecimal; a "
        "token that is bound to a certificate (`cnf`, RFC 8705) needs it.",
    )
    demo_issuer_key_path: Path = Field(
        default=Path("var/keys/demo-issuer.pem"),
        description="Private key of the demo issuer; made when absent, never read in `production`.",
    )

    demo_data: bool = Field(
        default_factory=_in_demo, description="Whether the demo world may be loaded; on in `demo` only by default."
    )
    graphiql: bool = Field(
        default_factory=_in_demo, description="Whether `/graphql` shows browsers an IDE; on in `demo` only by default."
    )
    anonymous_introspection: bool = Field(
        default_factory=_in_demo,
        description="Whether the schema may be read without a token; on in `demo` only by default.",
    )

    upload_limit_bytes: int = Field(
        default=250 * 1024 * 1024, ge=1024, le=_LARGEST_INT, description="Largest collective file that is taken in."
    )
    uploads_at_once_limit: int = Field(
        default=4,
        ge=1,
        description="Most files that one organisation sends to one process at the same moment; the next is refused.",
    )
    resumable_uploads_limit: int = Field(
        default=20, ge=1, description="Most resumable uploads that one sender has under way; the next is refused."
    )
    resumable_upload_hours: int = Field(
        default=24, ge=1, le=24 * 7, description="How long a resumable upload may take; then its bytes are deleted."
    )
    request_limit_bytes: int = Field(
        default=1024 * 1024,
        ge=1024,
        le=_LARGEST_INT,
        description="Largest request body that is not an upload; the default takes a file of 5000 lines by hand.",
    )
    trusted_documents_path: Path | None = Field(
        default=None,
        description="Folder with `.graphql` files that clients may name by their hash; those of the tour always are.",
    )
    trusted_documents_only: bool = Field(
        default=False, description="Whether nothing but trusted documents is run; then nobody asks anything else."
    )
    graphql_document_limit_bytes: int = Field(
        default=16 * 1024, ge=256, description="Longest GraphQL document, in bytes of UTF-8."
    )
    graphql_token_limit: int = Field(
        default=2000,
        ge=10,
        description="Most tokens in one GraphQL document, and most fields in an operation with fragments written out.",
    )
    graphql_depth_limit: int = Field(
        default=12, ge=2, le=100, description="Deepest nesting of fields in one operation; introspection counts as one."
    )
    graphql_alias_limit: int = Field(
        default=15,
        ge=0,
        description="Most aliases in one operation; a field that stands twice in one selection counts too.",
    )
    graphql_cost_limit: int = Field(
        default=10_000,
        ge=10,
        description="Most objects that one operation may ask for, counting the sizes of its lists.",
    )
    graphql_directive_limit: int = Field(
        default=50, ge=1, description="Most directives in one operation, with its fragments written out."
    )
    graphql_fragment_limit: int = Field(
        default=50,
        ge=1,
        description="Most fragments that come together in one selection: validation compares each with all others.",
    )
    graphql_root_field_limit: int = Field(default=50, ge=1, description="Most fields at the top of one operation.")
    graphql_digit_limit: int = Field(
        default=100, ge=20, le=4000, description="Most characters of a number in a GraphQL document."
    )
    graphql_mutation_limit: int = Field(default=5, ge=1, description="Most mutations in one operation.")
    graphql_points_of_caller: int = Field(
        default=120_000,
        ge=20_000,
        description="Points that one caller may ask for in a minute, in each server process: ten a request, and one an "
        "object.",
    )
    graphql_points_of_organisation: int = Field(
        default=600_000, ge=20_000, description="The same for all callers of one organisation together."
    )
    operation_timeout_seconds: float = Field(
        default=10.0, gt=0, description="Longest run of one query or mutation that brings no file."
    )

    operations_a_connection: int = Field(
        default=20, ge=1, description="Most operations that run at a time on one WebSocket."
    )
    stream_limit: int = Field(
        default=1000,
        ge=1,
        le=_LARGEST_INT,
        description="Most WebSockets and event streams that one server process keeps open at once.",
    )
    stream_limit_of_organisation: int = Field(
        default=200, ge=1, le=_LARGEST_INT, description="Most of those by people and programs of one organisation."
    )
    stream_limit_of_caller: int = Field(
        default=20, ge=1, le=_LARGEST_INT, description="Most of those by one caller, in one organisation."
    )

    request_idle_seconds: float = Field(
        default=30.0, gt=0, description="Longest wait for the next byte of a request body; then it is refused."
    )

    worker_processes: int = Field(
        default=2, ge=1, le=64, description="Child processes in which one worker checks ranges of a file."
    )
    check_memory_limit_bytes: int = Field(
        default=512 * 1024 * 1024,
        ge=128 * 1024 * 1024,
        description="Most memory that one of them may take; a file that needs more is not fully checked. Files with "
        "every limit reached were seen to need an eighth of the default.",
    )
    check_cpu_limit_seconds: int = Field(
        default=60,
        ge=5,
        description="Longest run of one range of a file, in seconds of processor time. Ranges take a tenth of a "
        "second, cutting a file of 250 MB takes up to ten: whoever raises the upload limit raises this one.",
    )
    check_wall_limit_seconds: float = Field(
        default=300.0,
        gt=0,
        description="The same by the clock on the wall, for what hangs without working; with room for a busy machine.",
    )
    lease_seconds: int = Field(
        default=60, ge=5, description="How long a worker holds a file without a heartbeat before another takes over."
    )
    worker_poll_seconds: float = Field(default=0.5, gt=0, description="Pause between two looks for work.")
    worker_metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port on which a worker tells Prometheus its own numbers (docs/metrics.md), on the address of "
        "`MANDAAT_HOST`; 0 tells none. Workers on one address need a port each.",
    )
    readiness_timeout_seconds: float = Field(default=2.0, gt=0, description="Longest wait for one check of `/readyz`.")
    graceful_stop_seconds: int = Field(
        default=20, ge=0, description="How long running requests and checks may take to end after SIGTERM."
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="Least important event that is logged.")

    @property
    def uses_demo_issuer(self) -> bool:
        return self.oidc_issuer == DEMO_ISSUER

    @field_validator("allowed_hosts", "oidc_algorithms", "oidc_role_names", "trusted_proxies", mode="before")
    @classmethod
    def _split_words(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @field_validator("oidc_algorithms")
    @classmethod
    def _only_public_key_algorithms(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # A shared-secret algorithm here would let anyone sign with the issuer's public key.
        if not value or not set(value) <= {"RS256", "ES256", "EdDSA", "Ed25519"}:
            raise ValueError("expected one or more of RS256, ES256, EdDSA, Ed25519")
        return value

    @field_validator("oidc_role_names")
    @classmethod
    def _only_known_roles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            roles_by_name(value)
        except ValueError as error:
            raise ValueError(f"expected different names with a role each, NAME=ROLE, of {', '.join(Role)}") from error
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _only_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            networks(value)
        except ValueError as error:
            raise ValueError("expected addresses or networks, for example 10.0.0.7 or 10.0.0.0/24") from error
        return value

    @field_validator("database_url", "file_store_url", "oidc_issuer")
    @classmethod
    def _known_address(cls, value: str, field: ValidationInfo) -> str:
        schemes = _SCHEMES[cast("str", field.field_name)]
        if not any(value.startswith(scheme) and value != scheme for scheme in schemes):
            raise ValueError(f"expected an address that starts with {' or '.join(schemes)}")
        return value

    @field_validator("file_store_url")
    @classmethod
    def _absolute_file_url(cls, value: str) -> str:
        # The file store takes absolute file URLs only; a path of ours is relative to the working folder.
        if not value.startswith(_FILE_URL):
            return value
        return Path(value.removeprefix(_FILE_URL)).absolute().as_uri()

    @model_validator(mode="after")
    def _issuer_can_be_asked(self) -> Self:
        if self.oidc_access_tokens is AccessTokens.JWT:
            return self
        if self.uses_demo_issuer:
            raise ValueError(
                f"{PREFIX}OIDC_ACCESS_TOKENS is introspection with the demo issuer; "
                f"expected {PREFIX}OIDC_ISSUER to be the address of your identity provider"
            )
        if not self.oidc_client_id or not self.oidc_client_secret.get_secret_value():
            raise ValueError(
                f"{PREFIX}OIDC_CLIENT_ID or {PREFIX}OIDC_CLIENT_SECRET is empty; "
                f"expected both, because {PREFIX}OIDC_ACCESS_TOKENS is introspection"
            )
        return self

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        if self.worker_metrics_port and self.worker_metrics_port == self.port:
            raise ValueError(
                f"{PREFIX}WORKER_METRICS_PORT is {self.worker_metrics_port}, as {PREFIX}PORT; expected another port"
            )
        return self

    @model_validator(mode="after")
    def _worker_can_heartbeat(self) -> Self:
        if self.worker_poll_seconds * 3 > self.lease_seconds:
            raise ValueError(
                f"{PREFIX}WORKER_POLL_SECONDS is {self.worker_poll_seconds:g}; "
                f"expected at most a third of {PREFIX}LEASE_SECONDS ({self.lease_seconds})"
            )
        return self


def variable_of(field: str) -> str:
    return f"{PREFIX}{field.upper()}"
