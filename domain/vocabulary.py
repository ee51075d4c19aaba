"""The closed vocabularies of the field, each an enum; `docs/glossary.md` gives the Dutch terms.

Values are what clients, `policy.csv` and the database see, so a value never changes its spelling.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a person may be in an organisation, by a role grant (the second mandate for secretariats)."""

    PROMOTOR = "promotor"
    UPLOADER = "uploader"
    SUBMITTER = "submitter"
    LOCAL_ADMINISTRATOR = "local_administrator"
    HELPDESK = "helpdesk"
    CASE_HANDLER = "case_handler"
    AUDITOR = "auditor"
    POLICY_ADMINISTRATOR = "policy_administrator"


class Relation(StrEnum):
    """How the acting organisation, or its user, stands to an object now.

    The last three are added to the others, so that a deny on them wins.
    """

    OWNER = "owner"
    MANDATED_TO_UPLOAD = "mandated_to_upload"
    MANDATED_TO_SUBMIT = "mandated_to_submit"
    OWN_ORGANISATION = "own_organisation"
    DEPARTMENT = "department"
    BLOCKED = "blocked"
    NOT_ADMITTED = "not_admitted"
    SELF = "self"


class Action(StrEnum):
    """Everything that can be allowed or refused."""

    UPLOAD = "upload"
    FILL_IN = "fill_in"
    TEST = "test"
    MODIFY = "modify"
    CONSULT = "consult"
    SUBMIT = "submit"
    READ_FINANCIAL_REPORTS = "read_financial_reports"
    READ_CONVENTION = "read_convention"
    GRANT_MANDATE = "grant_mandate"
    REVOKE_MANDATE = "revoke_mandate"
    READ_MANDATES = "read_mandates"
    READ_ROLES = "read_roles"
    ADMIT = "admit"
    READ_QUALITY = "read_quality"
    DECIDE = "decide"
    READ_POLICY = "read_policy"
    CHANGE_POLICY = "change_policy"
    READ_AUDIT = "read_audit"


class Effect(StrEnum):
    """What a line of `policy.csv` does: a deny wins over every allow."""

    ALLOW = "allow"
    DENY = "deny"


class OrganisationKind(StrEnum):
    PROMOTOR = "PROMOTOR"
    SECRETARIAT = "SECRETARIAT"
    DEPARTMENT = "DEPARTMENT"


class Programme(StrEnum):
    """Employment programmes (tewerkstellingsprogramma's). Source: domain dossier, section 4 (proposal)."""

    GESCO = "GESCO"
    GESCO_KB474 = "GESCO_KB474"
    DAC = "DAC"
    WERKERVARING = "WERKERVARING"
    SOCIALE_WERKPLAATS = "SOCIALE_WERKPLAATS"
    INVOEG = "INVOEG"
    ARBEIDSZORG = "ARBEIDSZORG"
    LDE = "LDE"


class MandateLevel(StrEnum):
    """How far the first mandate reaches: SUBMIT includes UPLOAD."""

    UPLOAD = "UPLOAD"
    SUBMIT = "SUBMIT"


class Mode(StrEnum):
    TEST = "TEST"
    PRODUCTION = "PRODUCTION"


class Source(StrEnum):
    """Where the lines of a revision come from."""

    COLLECTIVE_FILE = "COLLECTIVE_FILE"
    BY_HAND = "BY_HAND"


class Happening(StrEnum):
    """What can happen to a performance file, as its history tells."""

    UPLOADED = "UPLOADED"
    FILLED_IN = "FILLED_IN"
    MODIFIED = "MODIFIED"
    TESTED = "TESTED"
    SUBMITTED = "SUBMITTED"
    WITHDRAWN = "WITHDRAWN"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class Severity(StrEnum):
    """FILE refuses the whole file, BLOCKING keeps one part from being submitted, the others keep nothing back."""

    FILE = "FILE"
    BLOCKING = "BLOCKING"
    WARNING = "WARNING"
    INFO = "INFO"


class Verdict(StrEnum):
    """VALID only when every check ran and none found a FILE or BLOCKING fault."""

    VALID = "VALID"
    INVALID = "INVALID"
    NOT_FULLY_CHECKED = "NOT_FULLY_CHECKED"


class PartOutcome(StrEnum):
    """What became of one part (promotor × convention × month) of a collective file."""

    LOADED = "LOADED"
    LOADED_WITH_BLOCKING_FINDINGS = "LOADED_WITH_BLOCKING_FINDINGS"
    NOT_LOADED = "NOT_LOADED"


class DeliveryStatus(StrEnum):
    """Status aanlevering of a part: a first delivery, a replacement, or a deletion."""

    NEW = "1"
    REPLACED = "2"
    DELETED = "3"


class Judgement(StrEnum):
    """What a case handler decides on a submitted performance file."""

    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"


class Language(StrEnum):
    """Languages of messages; Dutch is the language of the field and the default."""

    NL = "nl"
    FR = "fr"
    DE = "de"
    EN = "en"
