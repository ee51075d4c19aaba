"""The audit trail, the accepted policies, answered idempotency keys, and the series of numbers."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from persistence.models.moments import MomentField


class AuditEntryRow(Model):
    """Who did or tried what; *hash* covers the row and *previous_hash*, so that no row can change or go unseen."""

    sequence: Any = fields.BigIntField(primary_key=True, generated=False)
    at = MomentField()
    user_id = fields.CharField(max_length=36, null=True)
    organisation_id = fields.CharField(max_length=36, null=True)
    action = fields.CharField(max_length=60)
    object_kind = fields.CharField(max_length=40)
    object_id = fields.CharField(max_length=60, null=True)
    outcome = fields.CharField(max_length=20)
    policy_version = fields.CharField(max_length=64)
    details: fields.JSONField[Any] = fields.JSONField()
    previous_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta(Model.Meta):
        table = "audit_entry"


class PolicyVersionRow(Model):
    """A policy that was accepted, stored whole with its tests; the row with the highest sequence is in force.

    *changes* are the rights that come and go with it, a line each; none for the first.
    """

    sequence: Any = fields.BigIntField(primary_key=True, generated=False)
    version = fields.CharField(max_length=64)
    policy = fields.TextField()
    author_id = fields.CharField(max_length=36, null=True)
    reason = fields.CharField(max_length=2000)
    activated_at = MomentField()
    tests: Any = fields.TextField(null=True)
    changes: Any = fields.TextField(null=True)

    class Meta(Model.Meta):
        table = "policy_version"


class PolicyProposalRow(Model):
    """A policy that waits for an administrator, or had him; it lapses when *base_version* is in force no more.

    Without *proposed_by* it comes from the file on disk.
    """

    id = fields.CharField(max_length=36, primary_key=True)
    version = fields.CharField(max_length=64)
    base_version = fields.CharField(max_length=64)
    policy = fields.TextField()
    tests: Any = fields.TextField(null=True)
    reason = fields.CharField(max_length=2000)
    proposed_by = fields.CharField(max_length=36, null=True)
    proposed_at = MomentField()
    approved_by = fields.CharField(max_length=36, null=True)
    approved_at = MomentField(null=True)

    class Meta(Model.Meta):
        table = "policy_proposal"


class IdempotencyRow(Model):
    """A key that was answered: for which request, and with which result, so that a retry gets the same answer."""

    id = fields.CharField(max_length=36, primary_key=True)
    organisation_id = fields.CharField(max_length=36)
    user_id = fields.CharField(max_length=36)
    key = fields.CharField(max_length=100)
    operation = fields.CharField(max_length=60)
    request_sha256 = fields.CharField(max_length=64)
    result_kind = fields.CharField(max_length=40)
    result_id = fields.CharField(max_length=60)
    created_at = MomentField()

    class Meta(Model.Meta):
        table = "idempotency"


class NumberSeriesRow(Model):
    """The next free number of a series: revisions, reports, audit entries, policy versions."""

    name = fields.CharField(max_length=40, primary_key=True)
    next_number = fields.BigIntField()

    class Meta(Model.Meta):
        table = "number_series"
