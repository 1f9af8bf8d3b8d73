from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.comments.models import Comment


class Reason(models.TextChoices):
    OFF_TOPIC = "off topic", _("Off topic")
    UNCIVIL = "uncivil", _("Uncivil: an insult, or about the person instead of the matter")
    SPAM = "spam", _("Spam or advertising")
    ILLEGAL = "illegal", _("Illegal")
    OTHER = "other", _("Something else")


class FlagQuerySet(models.QuerySet):
    """Flags by what became of them."""

    def open(self):
        return self.filter(withdrawn_at=None, upheld_at=None, rejected_at=None)

    def standing(self):
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)


class Flag(models.Model):
    """A member tells the moderators of a comment.

    `written_at` tells which text of the comment they saw: when it was written. Earlier texts are
    kept as revisions, so the words themselves are not stored twice. `weight` is what the member's
    word was worth when they flagged.
    """

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="flags")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="flags")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="flags_received",
        help_text=_("Of the comment."),
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    words = models.CharField(_("words"), max_length=500, blank=True)
    written_at = models.DateTimeField()
    weight = models.FloatField()
    network = models.BigIntegerField(
        null=True,
        help_text=_("The hash of the network address that it came from, for some days."),
    )
    flagged_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    upheld_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("member", F("flagged_at").desc(), name="flag_by_member"),
            models.Index("author", F("flagged_at").desc(), name="flag_of_author"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["comment", "member"], name="flag_once"),
            models.CheckConstraint(
                condition=Q(upheld_at__isnull=True) | Q(rejected_at__isnull=True),
                name="flag_upheld_or_rejected",
            ),
            models.CheckConstraint(
                condition=~Q(member=F("author")), name="flag_of_somebody_elses_comment"
            ),
        ]

    def __str__(self):
        return f"{self.member} flags {self.comment}"

    @property
    def is_open(self):
        return not (self.withdrawn_at or self.upheld_at or self.rejected_at)


class Record(models.Model):
    """How often a member's flags were right, counted when they are decided."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="flag_record"
    )
    upheld = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.member}: {self.upheld} of {self.upheld + self.rejected}"

    @property
    def weight(self) -> float:
        """What a flag of theirs is worth: the share of those upheld, as if one more had been
        upheld and one more rejected (Laplace's rule), so that a first flag weighs a half and
        nobody's weight is ever nothing."""
        return (self.upheld + 1) / (self.upheld + self.rejected + 2)
