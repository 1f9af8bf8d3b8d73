import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class MergeQuerySet(models.QuerySet):
    """Merges by whether they hold."""

    def standing(self):
        return self.filter(undone_at=None)


class Merge(models.Model):
    """Two accounts that became one: all of `gone` went to `kept`.

    `record` is what `forum.people.moving` needs to put everything back where it was. The database
    reads these rows too: the moderation log lets its entries follow a merge and nothing else, and
    what an account posts in the moment it is merged goes to the one that is kept (migration 0002).
    """

    kept = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="merges",
        verbose_name=_("kept account"),
    )
    gone = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="merged_into",
        verbose_name=_("merged account"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    is_claim = models.BooleanField(
        _("claim"),
        default=False,
        help_text=_("The member proved that the e-mail address of an import is theirs."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    record = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        indexes = [models.Index(F("at").desc(), F("id").desc(), name="merge_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
        ]

    def __str__(self):
        return f"{self.gone} → {self.kept}"


class DeclinedClaim(models.Model):
    """A member said that this person of an import is not them; they are not asked again."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    imported = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "imported"], name="declined_claim_once")
        ]

    def __str__(self):
        return f"{self.member}, {self.imported}"


class Export(models.Model):
    """Everything of a member's, in one file that only they can fetch, until it expires.

    The file lies in the data folder under the key, not among the uploads.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [models.Index("member", F("asked_at").desc(), name="export_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ready_at__isnull=True), name="export_made_once"
            )
        ]

    def __str__(self):
        return f"{self.member}, {self.asked_at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """An account that was erased at its owner's wish. Says nothing of who they were."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="erasure")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.account_id}, {self.at:%Y-%m-%d}"


# allauth's names of ways to sign in.
METHODS = {
    "password": _("password"),
    "password_reset": _("new password"),
    "code": _("code by mail"),
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery code"),
    "mfa": _("second factor"),
    "socialaccount": _("account elsewhere"),
}


class SignIn(models.Model):
    """A member signed in; from where is not kept."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(_("when"), default=timezone.now)
    method = models.CharField(_("method"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            models.Index("member", F("at").desc(), name="sign_in_newest"),
            models.Index("at", name="sign_in_oldest"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.method}"

    @property
    def how(self):
        """The method in words; there is none where confirming the address signed them in."""
        known = [str(METHODS.get(each, each)) for each in self.method.split(", ") if each]
        return ", ".join(dict.fromkeys(known)) or gettext("confirmed address")
