from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.screening.trust import Level


class Kind(models.TextChoices):
    """What a rule looks at."""

    WORDS = "words", _("Words in the text")
    PATTERN = "pattern", _("A pattern in the text")
    DOMAINS = "domains", _("Links to these domains")
    FIRST = "first", _("First comments")
    LINKS = "links", _("More links than this")
    SPEED = "speed", _("More comments than this in a time")
    FORM = "form", _("Sent as machines send forms")
    SPAM = "spam", _("Like what moderators called spam")
    AKISMET = "akismet", _("Called spam by Akismet")


class Action(models.TextChoices):
    HOLD = "hold", _("Hold: a moderator decides")
    REFUSE = "refuse", _("Refuse: the writer is told why and keeps the text")


READS_TEXT = (Kind.WORDS, Kind.PATTERN, Kind.DOMAINS)


class Rule(models.Model):
    """What happens to a comment before it is out. The number means comments, links, seconds or a
    percentage, as its kind says; the database raises `RuleVersion` with every change."""

    name = models.CharField(
        _("name"), max_length=80, help_text=_("What moderators call it; writers do not see it.")
    )
    kind = models.CharField(_("looks at"), max_length=10, choices=Kind)
    terms = models.TextField(_("words, pattern or domains"), blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("in so many minutes"), null=True, blank=True)
    up_to_level = models.PositiveSmallIntegerField(
        _("for members up to"), choices=Level, default=Level.TRUSTED
    )
    action = models.CharField(_("what happens"), max_length=10, choices=Action, default=Action.HOLD)
    message = models.CharField(
        _("what the writer is told"),
        max_length=300,
        blank=True,
        help_text=_("Empty: the usual sentence for its kind. Do not name the words."),
    )
    suspended_at = models.DateTimeField(_("off since"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="rule_kind_is_known"),
            models.CheckConstraint(
                condition=Q(action__in=Action.values), name="rule_action_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=READS_TEXT) | ~Q(terms=""), name="rule_of_text_has_terms"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[Kind.FIRST, Kind.LINKS, Kind.SPEED, Kind.FORM, Kind.SPAM])
                | Q(number__isnull=False),
                name="rule_of_numbers_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.SPEED) | Q(minutes__gte=1), name="rule_of_speed_has_a_time"
            ),
        ]

    def __str__(self):
        return self.name


class RuleVersion(models.Model):
    """One row, whose number the database raises with every change of a rule (migration 0002):
    whoever keeps the rules asks for it to know whether they are still right."""

    version = models.PositiveBigIntegerField()

    def __str__(self):
        return str(self.version)


class Allowance(models.Model):
    """How much of a budget somebody has used: all of it is free again at `free_at`. Not logged by
    the database: after a crash everybody has their whole budget."""

    key = models.CharField(max_length=100, primary_key=True)
    free_at = models.DateTimeField(db_index=True)


class Lesson(models.Model):
    """What a moderator said of a text: spam or not. Of several decisions on it the latest counts;
    the others are kept so that what stood before can count again. The text itself is not kept."""

    subject = models.BigIntegerField(help_text=_("The comment's key."))
    is_spam = models.BooleanField()
    tokens = ArrayField(models.TextField())
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "decided_at"], name="lesson_of_decision_once"
            ),
        ]


class Token(models.Model):
    """In how many texts that were spam, and that were not, something stands. The empty token
    stands in all."""

    token = models.CharField(max_length=80, primary_key=True)
    spam = models.PositiveIntegerField(default=0)
    ham = models.PositiveIntegerField(default=0)
