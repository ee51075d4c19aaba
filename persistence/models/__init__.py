"""The tables as Tortoise models, for small reads and small writes.

`persistence/migrations/` is what makes the tables, constraints and indexes; these classes only name the columns, and a
test holds the two together. Lines, findings and employees by month have no model: only `persistence.bulk` writes them.
Ids are uuid7 text, months are text `2026-10`, amounts whole numbers of the smallest unit.
"""

from persistence.models.administration import (
    AuditEntryRow,
    IdempotencyRow,
    NumberSeriesRow,
    PolicyProposalRow,
    PolicyVersionRow,
)
from persistence.models.filings import (
    CollectiveFilePartRow,
    CollectiveFileRow,
    PerformanceFileRow,
    PerformanceRevisionRow,
    ReportRow,
    ResumableUploadRow,
)
from persistence.models.parties import (
    AdmissionRow,
    ConventionRow,
    FicheRow,
    InszSuccessionRow,
    MandateRow,
    OrganisationRow,
    RelatedEnterpriseRow,
    RoleGrantRow,
    UserRow,
)

__all__ = [
    "AdmissionRow",
    "AuditEntryRow",
    "CollectiveFilePartRow",
    "CollectiveFileRow",
    "ConventionRow",
    "FicheRow",
    "IdempotencyRow",
    "InszSuccessionRow",
    "MandateRow",
    "NumberSeriesRow",
    "OrganisationRow",
    "PerformanceFileRow",
    "PerformanceRevisionRow",
    "PolicyProposalRow",
    "PolicyVersionRow",
    "RelatedEnterpriseRow",
    "ReportRow",
    "ResumableUploadRow",
    "RoleGrantRow",
    "UserRow",
]
