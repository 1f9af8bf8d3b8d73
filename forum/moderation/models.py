from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.articles.models import Article
from forum.comments.models import Comment


class Verb(models.TextChoices):
    HIDE = "hide", _("hid a comment")
    RESTORE = "restore", _("restored a comment")
    LOCK = "lock", _("locked a discussion")
    UNLOCK = "unlock", _("unlocked a discussion")
    BAN = "ban", _("banned a member")
    UNBAN = "unban", _("lifted a ban")
    MOVE = "move", _("moved a comment")
    MERGE_MEMBERS = "merge_members", _("merged an account into another")
    UNMERGE_MEMBERS = "unmerge_members", _("took merged accounts apart")
    SPLIT = "split", _("made a thread of a reply")
    MERGE = "merge", _("brought a discussion into another")
    HIDE_BRANCH = "hide_branch", _("hid a comment with its branch")
    RESTORE_BRANCH = "restore_branch", _("restored a comment with its branch")
    LOCK_BRANCH = "lock_branch", _("closed a branch")
    UNLOCK_BRANCH = "unlock_branch", _("opened a branch again")
    REDACT = "redact", _("took the words out of an earlier text")
    APPROVE = "approve", _("approved a comment")
    SEND_BACK = "send_back", _("sent a comment back to its author")
    HOLD = "hold", _("held a comment")
    MESSAGE = "message", _("wrote to a member")
    WARN = "warn", _("warned a member")
    UNWARN = "unwarn", _("took a warning back")
    REOPEN = "reopen", _("took an approval back")
    ROLE = "role", _("gave a role")
    REMOVE_PICTURE = "remove_picture", _("took the picture of a member away")
    REMOVE_FACTOR = "remove_factor", _("took the second factor of a member away")
    LET_STAND = "let_stand", _("let an act stand after an appeal")
    GRANT = "grant", _("undid an act after an appeal")


def verbs():
    """What the log's field takes: as a function, so that migrations do not repeat the list."""
    return Verb.choices


class Sweep(models.Model):
    """Several comments hidden or held at once, and members banned with them; its lines in the log
    say which. What it did bears its moment `at`, by which it is undone."""

    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sweeps", verbose_name=_("moderator")
    )
    sought = models.CharField(_("what was sought"), max_length=500)
    undone_at = models.DateTimeField(null=True)
    is_spam = models.BooleanField(
        default=False, help_text=_("The classifier learned that what it hid is spam.")
    )

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        indexes = [models.Index(F("at").desc(), F("id").desc(), name="sweep_newest")]

    def __str__(self):
        return self.sought


class Message(models.Model):
    """What a moderator wrote to a member, about a comment of theirs or about all they do."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="moderators_messages"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    sent_at = models.DateTimeField(default=timezone.now)
    is_warning = models.BooleanField(default=False)

    def __str__(self):
        return f"{self.by} to {self.member}"


class LogEntryQuerySet(models.QuerySet):
    """Acts by who may see them."""

    def visible_to(self, moderator):
        """All, or for a moderator of some categories what was done in their discussions."""
        if moderator.is_staff:
            return self
        return self.filter(article__in=Article.objects.moderated_by(moderator))


class LogEntry(models.Model):
    """One act of a moderator. Rows are only ever added: the table refuses all else."""

    at = models.DateTimeField(_("when"), default=timezone.now)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="moderation_acts",
        verbose_name=_("moderator"),
    )
    verb = models.CharField(_("act"), max_length=20, choices=verbs)
    comment = models.ForeignKey(
        Comment, models.PROTECT, null=True, related_name="+", verbose_name=_("comment")
    )
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, related_name="+", verbose_name=_("article")
    )
    into = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("into"),
        help_text=_("Where the discussion of the article went."),
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("member"),
        help_text=_("Whom it concerns."),
    )
    sweep = models.ForeignKey(
        Sweep, models.PROTECT, null=True, related_name="entries", verbose_name=_("sweep")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    until = models.DateTimeField(_("until"), null=True)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("moderation log")
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="moderation_log_newest"),
            models.Index(
                "moderator", F("at").desc(), F("id").desc(), name="moderation_log_by_moderator"
            ),
        ]

    def __str__(self):
        return f"{self.moderator} {self.get_verb_display()}"
