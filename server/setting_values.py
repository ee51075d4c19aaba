"""What a setting may be where it is one of a few: each with what it means to an operator."""

from enum import StrEnum


class Environment(StrEnum):
    """Where this instance runs: to look around, for senders to try their files, or for real."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class AccessTokens(StrEnum):
    """How a bearer token is judged: by its signature, or by asking the issuer."""

    JWT = "jwt"
    INTROSPECTION = "introspection"


class RoleSource(StrEnum):
    """Where the roles of a caller come from."""

    DATABASE = "database"
    CLAIMS = "claims"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
