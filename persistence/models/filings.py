"""Collective files with their parts, performance files with their revisions, and reports on either."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domain.states import CollectiveFileState, PerformanceFileState
from domain.vocabulary import DeliveryStatus, Mode, PartOutcome, Programme, Source, Verdict
from persistence.models.moments import MomentField


class CollectiveFileRow(Model):
    """An uploaded file, and the work item of checking it: lease, attempt and progress stand in its own row.

    *checks_only* files are checked, never loaded. *attempt* is the fencing number of the worker that holds the lease;
    *interruptions* are its checks that an outage ended. *progress_bytes* of *size_bytes* are checked. *receipt* is the
    signed receipt as it was handed out. *claimed_roles*: those that the uploader's token gave him, with commas between;
    none when the database says them.
    """

    id = fields.CharField(max_length=36, primary_key=True)
    sender_id = fields.CharField(max_length=36)
    uploaded_by = fields.CharField(max_length=36)
    mode = fields.CharEnumField(Mode, max_length=10)
    checks_only = fields.BooleanField()
    reference = fields.CharField(max_length=60)
    schema_version = fields.CharField(max_length=10)
    file_name = fields.CharField(max_length=200)
    store_key = fields.CharField(max_length=100)
    sha256 = fields.CharField(max_length=64)
    size_bytes = fields.BigIntField()
    received_at = MomentField()
    receipt = fields.TextField()
    state = fields.CharEnumField(CollectiveFileState, max_length=20)
    stage = fields.CharField(max_length=30, null=True)
    progress_bytes = fields.BigIntField()
    attempt = fields.IntField()
    interruptions = fields.IntField(default=0)
    lease_owner = fields.CharField(max_length=100, null=True)
    lease_until = MomentField(null=True)
    first_revision_id = fields.BigIntField(null=True)
    last_revision_id = fields.BigIntField(null=True)
    report_id = fields.BigIntField(null=True)
    finished_at = MomentField(null=True)
    claimed_roles = fields.CharField(max_length=200, null=True)

    class Meta(Model.Meta):
        table = "collective_file"


class ResumableUploadRow(Model):
    """A file that comes in over several requests; *collective_file_id* once a mutation has taken it in."""

    id = fields.CharField(max_length=36, primary_key=True)
    organisation_id = fields.CharField(max_length=36)
    user_id = fields.CharField(max_length=36)
    file_name = fields.CharField(max_length=200)
    size_bytes: Any = fields.BigIntField()
    received_bytes: Any = fields.BigIntField()
    created_at = MomentField()
    expires_at = MomentField()
    collective_file_id = fields.CharField(max_length=36, null=True)

    class Meta(Model.Meta):
        table = "resumable_upload"


class CollectiveFilePartRow(Model):
    """One part of a file as its report gives it; convention and promotor as written, resolved where they are known."""

    id = fields.CharField(max_length=36, primary_key=True)
    collective_file_id = fields.CharField(max_length=36)
    number = fields.IntField()
    promotor_number = fields.CharField(max_length=10)
    convention_number = fields.CharField(max_length=20)
    convention_id = fields.CharField(max_length=36, null=True)
    month = fields.CharField(max_length=7)
    programme = fields.CharEnumField(Programme, max_length=30)
    reference = fields.CharField(max_length=60, null=True)
    delivery_status = fields.CharEnumField(DeliveryStatus, max_length=1)
    outcome = fields.CharEnumField(PartOutcome, max_length=40)
    employees = fields.IntField()
    lines = fields.IntField()
    hours_hundredths = fields.BigIntField()
    days_tenths = fields.BigIntField()
    blocking = fields.IntField()
    warnings = fields.IntField()
    performance_file_id = fields.CharField(max_length=36, null=True)
    revision_id = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "collective_file_part"


class PerformanceFileRow(Model):
    """Promotor × convention × month, one row a version; a correction is a new version that replaces.

    *revision* counts the changes of this version from 1 and is what a client names when he changes or submits;
    *current_revision_id* is the row with its lines and totals.
    """

    id = fields.CharField(max_length=36, primary_key=True)
    convention_id = fields.CharField(max_length=36)
    month = fields.CharField(max_length=7)
    version = fields.IntField()
    revision = fields.IntField()
    state = fields.CharEnumField(PerformanceFileState, max_length=20)
    current_revision_id = fields.BigIntField()
    created_at = MomentField()
    submitted_by = fields.CharField(max_length=36, null=True)
    submitted_for = fields.CharField(max_length=36, null=True)
    submitted_at = MomentField(null=True)
    withdrawn_by = fields.CharField(max_length=36, null=True)
    withdrawn_at = MomentField(null=True)
    decided_by = fields.CharField(max_length=36, null=True)
    decided_at = MomentField(null=True)
    decision_reason = fields.CharField(max_length=2000, null=True)

    class Meta(Model.Meta):
        table = "performance_file"


class PerformanceRevisionRow(Model):
    """One immutable set of lines; *report_id* is the latest check of it, *tested_at* set only by a test."""

    id = fields.BigIntField(primary_key=True, generated=False)
    performance_file_id = fields.CharField(max_length=36)
    revision = fields.IntField()
    source = fields.CharEnumField(Source, max_length=20)
    made_by = fields.CharField(max_length=36)
    made_for = fields.CharField(max_length=36)
    made_at = MomentField()
    collective_file_id = fields.CharField(max_length=36, null=True)
    part_number = fields.IntField(null=True)
    programme = fields.CharEnumField(Programme, max_length=30)
    employees = fields.IntField()
    lines = fields.IntField()
    hours_hundredths = fields.BigIntField()
    days_tenths = fields.BigIntField()
    full_time_equivalents_ten_thousandths = fields.BigIntField()
    report_id = fields.BigIntField(null=True)
    blocking = fields.IntField()
    warnings = fields.IntField()
    tested_at = MomentField(null=True)
    tested_by = fields.CharField(max_length=36, null=True)

    class Meta(Model.Meta):
        table = "performance_revision"


class ReportRow(Model):
    """The outcome of one run of checks, over a collective file or over a revision; its findings are bulk rows.

    *stages* and *counts* are lists of plain objects: `{name, state, seconds}` and `{code, severity, count}`.
    *schema_sha256* is that of the XML schema by which a file was checked, none where there is no file.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    collective_file_id = fields.CharField(max_length=36, null=True)
    revision_id = fields.BigIntField(null=True)
    verdict = fields.CharEnumField(Verdict, max_length=20)
    stages: fields.JSONField[Any] = fields.JSONField()
    counts: fields.JSONField[Any] = fields.JSONField()
    is_capped = fields.BooleanField()
    rule_set = fields.CharField(max_length=64)
    made_at = MomentField()
    schema_sha256 = fields.CharField(max_length=64, null=True)

    class Meta(Model.Meta):
        table = "report"
