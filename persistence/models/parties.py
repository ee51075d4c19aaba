"""Organisations, people, conventions, and who may act for whom."""

from tortoise import fields
from tortoise.models import Model

from domain.vocabulary import MandateLevel, OrganisationKind, Programme, Role
from persistence.models.moments import MomentField


class OrganisationRow(Model):
    """A promotor, a social secretariat or the department; blocked from a moment on, or not."""

    id = fields.CharField(max_length=36, primary_key=True)
    enterprise_number = fields.CharField(max_length=10, unique=True)
    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(OrganisationKind, max_length=20)
    blocked_since = MomentField(null=True)

    class Meta(Model.Meta):
        table = "organisation"


class UserRow(Model):
    """A person, known by the subject of the identity provider; never by an INSZ."""

    id = fields.CharField(max_length=36, primary_key=True)
    subject = fields.CharField(max_length=255, unique=True)
    name = fields.CharField(max_length=200)
    created_at = MomentField()

    class Meta(Model.Meta):
        table = "app_user"


class RoleGrantRow(Model):
    """A role of a person in an organisation, both days included; revoked, never deleted."""

    id = fields.CharField(max_length=36, primary_key=True)
    user_id = fields.CharField(max_length=36)
    organisation_id = fields.CharField(max_length=36)
    role = fields.CharEnumField(Role, max_length=30)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)
    granted_by = fields.CharField(max_length=36)
    granted_at = MomentField()
    revoked_by = fields.CharField(max_length=36, null=True)
    revoked_at = MomentField(null=True)

    class Meta(Model.Meta):
        table = "role_grant"


class ConventionRow(Model):
    """An agreement under which performances are delivered; *valid_until_month* none while open-ended."""

    id = fields.CharField(max_length=36, primary_key=True)
    number = fields.CharField(max_length=20, unique=True)
    programme = fields.CharEnumField(Programme, max_length=30)
    promotor_id = fields.CharField(max_length=36)
    valid_from_month = fields.CharField(max_length=7)
    valid_until_month = fields.CharField(max_length=7, null=True)
    approved_full_time_equivalents_hundredths = fields.IntField()
    blocked_since = MomentField(null=True)

    class Meta(Model.Meta):
        table = "convention"


class MandateRow(Model):
    """The first mandate: a secretariat may act under a convention, months included; no two overlap unrevoked."""

    id = fields.CharField(max_length=36, primary_key=True)
    convention_id = fields.CharField(max_length=36)
    secretariat_id = fields.CharField(max_length=36)
    level = fields.CharEnumField(MandateLevel, max_length=10)
    first_month = fields.CharField(max_length=7)
    last_month = fields.CharField(max_length=7, null=True)
    granted_by = fields.CharField(max_length=36)
    granted_at = MomentField()
    revoked_by = fields.CharField(max_length=36, null=True)
    revoked_at = MomentField(null=True)

    class Meta(Model.Meta):
        table = "mandate"


class AdmissionRow(Model):
    """An organisation may send to production from a day on, by whose decision and on which evidence."""

    id = fields.CharField(max_length=36, primary_key=True)
    organisation_id = fields.CharField(max_length=36)
    admitted_from = fields.DateField()
    evidence = fields.CharField(max_length=2000)
    admitted_by = fields.CharField(max_length=36)
    admitted_at = MomentField()
    suspended_by = fields.CharField(max_length=36, null=True)
    suspended_at = MomentField(null=True)
    suspension_reason = fields.CharField(max_length=2000, null=True)

    class Meta(Model.Meta):
        table = "admission"


class FicheRow(Model):
    """The department's approved record of one person on one convention, days included."""

    id = fields.CharField(max_length=36, primary_key=True)
    convention_id = fields.CharField(max_length=36)
    insz = fields.CharField(max_length=11)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta(Model.Meta):
        table = "fiche"


class InszSuccessionRow(Model):
    """An INSZ that was replaced by a newer number."""

    old_insz = fields.CharField(max_length=11, primary_key=True)
    new_insz = fields.CharField(max_length=11)

    class Meta(Model.Meta):
        table = "insz_succession"


class RelatedEnterpriseRow(Model):
    """An enterprise number under which a promotor may employ (gerelateerd ondernemingsnummer)."""

    id = fields.CharField(max_length=36, primary_key=True)
    promotor_id = fields.CharField(max_length=36)
    enterprise_number = fields.CharField(max_length=10)

    class Meta(Model.Meta):
        table = "related_enterprise"
