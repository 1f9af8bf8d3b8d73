from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.moderation.models import LogEntry


class Outcome(models.TextChoices):
    STANDS = "stands", _("it stands")
    UNDONE = "undone", _("it was undone")


class AppealQuerySet(models.QuerySet):
    """Appeals by whose they are to decide and what became of them."""

    def visible_to(self, moderator):
        """Those about acts that the moderator may see in the log."""
        return self.filter(entry__in=LogEntry.objects.visible_to(moderator))

    def open(self):
        return self.filter(decided_at=None)

    def decided(self):
        return self.filter(decided_at__isnull=False)

    def for_listing(self):
        return self.select_related(
            "member", "decided_by", "entry__moderator", "entry__comment__article", "entry__article"
        ).defer("entry__comment__text", "entry__article__text", "entry__article__html")


class Appeal(models.Model):
    """A member asks for a second look at an act that concerns them: once for each act."""

    entry = models.OneToOneField(LogEntry, models.PROTECT, related_name="appeal")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appeals")
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("made_at", "id", condition=Q(decided_at=None), name="appeal_open"),
            models.Index(F("decided_at").desc(), F("id").desc(), name="appeal_decided"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, outcome="")
                | Q(decided_at__isnull=False, decided_by__isnull=False, outcome__in=Outcome.values),
                name="appeal_decided_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.member}: {self.entry}"


class Note(models.Model):
    """What moderators keep in mind about a member. The member never reads it."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes", verbose_name=_("member")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
        editable=False,
    )
    text = models.TextField(_("note"), max_length=2000)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("note on a member")
        verbose_name_plural = _("notes on members")
        indexes = [
            models.Index(F("written_at").desc(), F("id").desc(), name="note_newest"),
        ]

    def __str__(self):
        return f"{self.member}: {self.text[:40]}"


class TakenOver(models.Model):
    """When a moderator last took over: what came since is on their page of handing over."""

    moderator = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="taken_over"
    )
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.moderator} {self.at:%Y-%m-%d %H:%M}"


class DayFigures(models.Model):
    """What a day brought, counted by a job (`forum.fairness.figures`)."""

    day = models.DateField(primary_key=True)
    comments = models.PositiveIntegerField(default=0)
    flags = models.PositiveIntegerField(default=0)
    flags_upheld = models.PositiveIntegerField(default=0)
    flags_rejected = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField(default=0)
    decisions = models.PositiveIntegerField(default=0)
    seconds_to_decision = models.PositiveIntegerField(
        null=True, help_text=_("Half of what was decided that day took no longer.")
    )
    appeals_decided = models.PositiveIntegerField(default=0)
    appeals_undone = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day"]

    def __str__(self):
        return str(self.day)


class ModeratorDay(models.Model):
    """What a moderator did on a day, counted by the same job. Appeals are against their acts."""

    day = models.DateField()
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="moderated_days"
    )
    decisions = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField(default=0)
    appeals_decided = models.PositiveIntegerField(default=0)
    appeals_undone = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "moderator"], name="moderator_day_once")
        ]

    def __str__(self):
        return f"{self.moderator} {self.day}"
