from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet

from forum.articles.models import MARKUP, Article
from forum.comments.tree import ThreadManager
from forum.comments.urgency import DUE, WAITS
from forum.screening.models import Rule

# Of a moderator who looks at a case; then others are offered it.
CLAIMED_FOR = timedelta(minutes=5)
# Of a comment that was sent back: who has not posted it again by then will not.
EXPECTED_BACK_FOR = timedelta(days=30)
BETWEEN_TEXTS = "\n\n"
OUT_OF_SIGHT = Q(withdrawn_at__isnull=False) | Q(hidden_at__isnull=False) | Q(held_at__isnull=False)


class CommentQuerySet(TreeQuerySet):
    """Comments by who may read them and in which order they are read."""

    def visible(self):
        """Those whose text everybody may read, as far as the comment itself goes."""
        return self.exclude(OUT_OF_SIGHT)

    def readable_by(self, user):
        """Visible comments of articles the user may read; one's own also while held; for
        moderators all that they moderate."""
        if user.is_authenticated and user.is_staff:
            return self
        published = self.filter(article__published_at__lte=timezone.now())
        if not user.is_authenticated:
            return published.visible()
        readable = ~OUT_OF_SIGHT | Q(author=user, withdrawn_at__isnull=True, hidden_at__isnull=True)
        if user.is_moderator:
            readable |= Q(article__in=Article.objects.moderated_by(user))
        return published.filter(readable)

    def moderated_by(self, user):
        """Those of the discussions that the person moderates, in sight or not."""
        if user.is_authenticated and user.is_active and user.is_staff:
            return self
        return self.filter(article__in=Article.objects.moderated_by(user))

    def shown(self):
        """What has a place on the page: the visible, and those out of sight with a visible
        answer somewhere below (they stand there as tombstones)."""
        below = Comment.objects.filter(
            tree_id=OuterRef("tree_id"), lft__gt=OuterRef("lft"), lft__lt=OuterRef("rght")
        ).visible()
        return self.filter(~OUT_OF_SIGHT | Exists(below.order_by()))

    def with_flags_above(self):
        """With `flags_above`: how many flags wait on each comment and on those that it answers,
        by an index that holds flagged comments alone."""
        above = Comment.objects.filter(
            tree_id=OuterRef("tree_id"),
            lft__lte=OuterRef("lft"),
            rght__gte=OuterRef("rght"),
            open_flags__gt=0,
        ).order_by()
        summed = above.values("tree_id").annotate(flags=Sum("open_flags")).values("flags")
        return self.annotate(flags_above=Coalesce(Subquery(summed), 0))

    def in_context(self):
        """With what a list says of each: its author, its article, and whom it answers with what."""
        return self.select_related("author", "article", "parent__author").defer("parent__text")

    def in_thread_order(self):
        return self.order_by("tree_id", "lft")

    def in_time_order(self):
        """As it was said. Where comments came from another discussion their numbers say when
        they came, not when they were said."""
        return self.order_by("posted_at", "number")

    def below(self, comment):
        """The branch of a comment: all that answers it, directly or not, and itself."""
        return self.filter(tree_id=comment.tree_id, lft__gte=comment.lft, rght__lte=comment.rght)

    def knowing_locks(self):
        """With `branch_lock_reason`: why nobody can answer or edit there, of the nearest lock above
        the comment or its own; None where it is open."""
        locked = Comment.objects.filter(
            tree_id=OuterRef("tree_id"),
            lft__lte=OuterRef("lft"),
            rght__gte=OuterRef("rght"),
            locked_at__isnull=False,
        )
        return self.annotate(
            branch_lock_reason=models.Subquery(locked.order_by("-lft").values("lock_reason")[:1])
        )

    def newest_first(self):
        return self.order_by("-posted_at", "-pk")


class Comment(MPTTModel):
    """An answer to an article or to another comment.

    `number` is its place in time within the discussion and never changes while the comment stays
    with its article. The four columns of its place in the thread are written by
    `forum.comments.tree` alone; everything else by the flows, which hold the article's row.
    """

    article = models.ForeignKey(
        Article, models.PROTECT, related_name="comments", verbose_name=_("article")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="comments",
        verbose_name=_("author"),
    )
    parent = TreeForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("answers"),
    )
    tree_id = models.BigIntegerField(editable=False)
    text = models.TextField(_("text"))
    markup = models.CharField(max_length=10, choices=MARKUP, default="markdown", editable=False)
    html = models.TextField(editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    posted_at = models.DateTimeField(_("posted"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, editable=False)
    hidden_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    hidden_with = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        help_text=_("The comment with whose branch it was hidden, and comes back."),
    )
    held_at = models.DateTimeField(_("held"), null=True, editable=False)
    held_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    locked_at = models.DateTimeField(
        _("branch locked"),
        null=True,
        editable=False,
        help_text=_("Since then nobody can answer the comment, nor what is below it."),
    )
    lock_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    former_id = models.BigIntegerField(
        null=True,
        editable=False,
        help_text=_("Its number on the site it came from, which links made there name."),
    )
    like_count = models.PositiveIntegerField(_("likes"), default=0, editable=False)
    open_flags = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text=_("Flags that wait for an answer; where they gather, answers wait too."),
    )
    post_key = models.UUIDField(
        null=True, editable=False, help_text=_("Given by the composer, so that one text is one.")
    )

    objects = ThreadManager.from_queryset(CommentQuerySet)()

    # Said by `knowing_locks`; else nothing is known of locks above.
    branch_lock_reason: str | None = None

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            # Of these two fields, or MPTT adds an index of its own, which the unique place is.
            models.Index(
                fields=["tree_id", "lft"],
                condition=Q(parent__isnull=True),
                name="comment_thread_starts",
            ),
            models.Index("author", F("posted_at").desc(), F("id").desc(), name="comment_by_author"),
            models.Index(F("posted_at").desc(), F("id").desc(), name="comment_newest"),
            models.Index(
                F("posted_at").desc(),
                F("id").desc(),
                condition=OUT_OF_SIGHT,
                name="comment_out_of_sight",
            ),
            models.Index(
                fields=["tree_id", "lft"],
                condition=Q(open_flags__gt=0),
                name="comment_flags_in_thread",
            ),
            models.Index(
                fields=["tree_id"],
                condition=Q(locked_at__isnull=False),
                name="comment_locked_branches",
            ),
            models.Index(
                fields=["hidden_with"],
                condition=Q(hidden_with__isnull=False),
                name="comment_hidden_with",
            ),
            models.Index(fields=["article", "posted_at", "number"], name="comment_in_time"),
            # For the lists of the desk.
            models.Index(
                F("posted_at").desc(),
                F("id").desc(),
                condition=Q(withdrawn_at__isnull=False),
                name="comment_withdrawn",
            ),
            models.Index(
                F("posted_at").desc(),
                F("id").desc(),
                condition=Q(edited_at__isnull=False),
                name="comment_edited",
            ),
            models.Index(
                fields=["former_id"],
                condition=Q(former_id__isnull=False),
                name="comment_former_id",
            ),
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="comment_text_trgm"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="comment_number_once"),
            # What the foreign key of the parent (migration 0002) points at: a parent is of the
            # same article and thread. Reading a discussion by thread uses its index.
            models.UniqueConstraint(fields=["article", "tree_id", "id"], name="comment_thread"),
            models.UniqueConstraint(fields=["author", "post_key"], name="comment_posted_once"),
            models.UniqueConstraint(
                fields=["tree_id", "lft"],
                deferrable=models.Deferrable.DEFERRED,
                name="comment_place_once",
            ),
            models.CheckConstraint(
                condition=Q(lft__gte=1, lft__lt=F("rght")), name="comment_place_has_width"
            ),
            models.CheckConstraint(
                condition=Q(level=0, lft=1) | Q(level__gte=1, lft__gte=2),
                name="comment_thread_starts_at_one",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="comment_number_from_one"),
        ]

    def __str__(self):
        return f"#{self.number}"

    def get_absolute_url(self):
        """The permalink: stays right when the comment moves to another page or article."""
        return reverse("comment", args=[self.pk])

    @property
    def anchor(self):
        return f"comment-{self.number}"

    @property
    def edit_mark(self):
        """Tells one edit of the comment from the next; empty where there was none."""
        return str(self.edited_at.timestamp()) if self.edited_at else ""

    @property
    def is_visible(self):
        return self.withdrawn_at is None and self.hidden_at is None and self.held_at is None


class Origin(models.Model):
    """From where a comment was posted, as `forum.screening.networks` keeps it: good for nothing but
    to find others from there, and deleted after some days. Shown to nobody."""

    comment = models.OneToOneField(Comment, models.CASCADE, primary_key=True, related_name="origin")
    network = models.BigIntegerField(db_index=True)

    def __str__(self):
        return f"origin of {self.comment}"


class Finding(models.Model):
    """Why a comment was held: the rule that caught it and what of it, for moderators alone.

    `rule_name` stays when the rule goes. Settled when a moderator let the comment out or hid it,
    or its author withdrew it; what was settled is kept, and tells how long people wait.
    """

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="findings")
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, related_name="findings")
    rule_name = models.CharField(_("rule"), max_length=80)
    words = models.CharField(_("what it found"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [
            models.Index(
                F("settled_at").desc(),
                condition=Q(settled_at__isnull=False),
                name="finding_settled_newest",
            ),
        ]

    def __str__(self):
        return f"{self.rule_name}: {self.words}" if self.words else self.rule_name


class Verdict(models.TextChoices):
    APPROVED = "approved", _("approved")
    HIDDEN = "hidden", _("hidden")
    SENT_BACK = "sent back", _("sent back")


class CaseQuerySet(models.QuerySet):
    """Cases by what they wait for and how they were decided."""

    def moderated_by(self, user):
        """Those of the discussions that the person moderates."""
        if user.is_authenticated and user.is_active and user.is_staff:
            return self
        return self.filter(comment__article__in=Article.objects.moderated_by(user))

    def waiting(self):
        return self.filter(WAITS)

    def reported(self):
        return self.waiting().filter(flag_count__gt=0)

    def held(self):
        return self.waiting().filter(is_held=True)

    def unmoderated(self):
        """First comments of new members, which nobody has looked at yet."""
        return self.waiting().filter(is_newcomers=True)

    def decided(self, verdict):
        return self.filter(verdict=verdict, decided_at__isnull=False)

    def with_their_authors(self):
        """Those that were sent back lately and that their author still has: the text as it was
        given, or a draft in its place where they have posted nothing since."""
        author = OuterRef("comment__author")
        drafts = Draft.objects.filter(member=author, comment=None)
        since = Comment.objects.filter(author=author, posted_at__gt=OuterRef("decided_at"))
        return self.decided(Verdict.SENT_BACK).filter(
            _in_their_place(drafts.exclude(returned=""))
            | _in_their_place(drafts) & ~_in_their_place(since),
            decided_at__gt=timezone.now() - EXPECTED_BACK_FOR,
            is_withdrawn=False,
        )

    def free_for(self, moderator):
        """Those that no other moderator is looking at."""
        return self.filter(
            Q(claimed_by=None)
            | Q(claimed_by=moderator)
            | Q(claimed_at__lte=timezone.now() - CLAIMED_FOR)
        )

    def worst_first(self):
        return self.order_by("due_at", "comment")


def _in_their_place(rows):
    """Whether there is a row where the comment of a case stood: below the same comment, or among
    the threads of its article."""
    threads = rows.filter(parent=None, article=OuterRef("comment__article"))
    answers = rows.filter(parent=OuterRef("comment__parent"))
    return Q(comment__parent=None) & Q(Exists(threads)) | Q(Exists(answers))


class Case(models.Model):
    """A comment that a moderator should look at, or has looked at; see `forum.comments.urgency`.

    `is_held` and `is_withdrawn` repeat what the comment says, for the indexes; the database keeps
    them so (migration 0016).
    """

    comment = models.OneToOneField(
        Comment, models.CASCADE, primary_key=True, related_name="case", verbose_name=_("comment")
    )
    opened_at = models.DateTimeField(_("waits since"), default=timezone.now)
    is_held = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False)
    is_newcomers = models.BooleanField(default=False)
    flag_count = models.PositiveIntegerField(_("flags"), default=0)
    flag_weight = models.FloatField(_("weight of the flags"), default=0)
    reach = models.PositiveIntegerField(default=0)
    due_at = models.GeneratedField(
        expression=DUE, output_field=models.DateTimeField(), db_persist=True
    )
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index("due_at", "comment", condition=WAITS, name="case_waits"),
            models.Index(
                "due_at", "comment", condition=WAITS & Q(flag_count__gt=0), name="case_reported"
            ),
            models.Index("due_at", "comment", condition=WAITS & Q(is_held=True), name="case_held"),
            models.Index(
                "due_at",
                "comment",
                condition=WAITS & Q(is_newcomers=True),
                name="case_unmoderated",
            ),
            models.Index(
                "verdict",
                F("decided_at").desc(),
                F("comment").desc(),
                condition=Q(decided_at__isnull=False),
                name="case_decided",
            ),
            models.Index("claimed_by", condition=Q(claimed_by__isnull=False), name="case_claimed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, verdict="")
                | Q(decided_at__isnull=False) & ~Q(verdict=""),
                name="case_decided_with_a_verdict",
            ),
            models.CheckConstraint(
                condition=Q(flag_weight__gte=0), name="case_flags_weigh_something"
            ),
        ]

    def __str__(self):
        return f"case of {self.comment}"

    @property
    def is_waiting(self):
        return (
            self.decided_at is None
            and not self.is_withdrawn
            and (self.is_held or self.is_newcomers or self.flag_count > 0)
        )


class Like(models.Model):
    """A member likes a comment: once, and never one of their own."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="likes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes")
    liked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "member"], name="like_once"),
        ]

    def __str__(self):
        return f"{self.member} likes {self.comment}"


class LikesReceivedQuerySet(models.QuerySet):
    """Likes received by where."""

    def public(self):
        """Those of what everybody may read."""
        return self.filter(article__published_at__lte=timezone.now())


class LikesReceived(models.Model):
    """How often others like what a member said in a discussion and everybody there can see. The
    database keeps it (migration 0027), so nothing else writes it."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="likes_received"
    )
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    likes = models.PositiveIntegerField()

    objects = LikesReceivedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "article"], name="likes_received_once")
        ]

    def __str__(self):
        return f"{self.author} in {self.article}: {self.likes}"


class DraftQuerySet(models.QuerySet):
    """Drafts by where their text is going."""

    def of(self, member, *, article, parent=None, comment=None):
        """The one of an edit of `comment`, of a reply to `parent`, or of a thread."""
        if comment or parent:
            return self.filter(member=member, parent=parent, comment=comment)
        return self.filter(member=member, article=article, parent=None, comment=None)

    def unknown_to(self, post_key):
        """Those to which a moderator gave a text back since the composer with this key was
        opened: what it sends is not all there is."""
        return self.exclude(returned="").exclude(post_key=post_key)

    def known_to(self, post_key):
        """The others: what that composer sends is all there is."""
        return self.filter(Q(returned="") | Q(post_key=post_key))


class Draft(models.Model):
    """What a member typed and has not posted: a reply to `parent`, a thread of its own, or other
    words for their `comment`. What a moderator gave back is `returned` until a composer that was
    opened since, which `post_key` tells, has taken it into its text."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    article = models.ForeignKey(Article, models.CASCADE, related_name="drafts")
    parent = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="drafts")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="edit_drafts")
    text = models.TextField()
    returned = models.TextField(default="", db_default="")
    post_key = models.UUIDField(
        null=True, help_text=_("Of the composer, so that the draft is posted once on all screens.")
    )
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "article"],
                condition=Q(parent__isnull=True, comment__isnull=True),
                name="draft_of_thread_once",
            ),
            models.UniqueConstraint(
                fields=["member", "parent"],
                condition=Q(parent__isnull=False),
                name="draft_of_reply_once",
            ),
            models.UniqueConstraint(fields=["member", "comment"], name="draft_of_edit_once"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(comment__isnull=True),
                name="draft_of_one_thing",
            ),
        ]

    def __str__(self):
        return f"{self.member}: {self.words[:20]}"

    @property
    def words(self):
        """All that stands in a composer that is opened now."""
        return BETWEEN_TEXTS.join(filter(None, [self.returned, self.text]))


class CommentRevision(models.Model):
    """A text that a comment had before it was edited. Redacted, it is a marker without words."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="revisions")
    text = models.TextField()
    markup = models.CharField(max_length=10, choices=MARKUP, default="markdown")
    html = models.TextField()
    html_version = models.PositiveSmallIntegerField(default=0)
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["written_at"]

    def __str__(self):
        return f"{self.comment} {self.written_at:%Y-%m-%d %H:%M}"


class ReplyLink(models.Model):
    """One comment answers another by name.

    `handle` is what was written behind the @, in small letters, with #number where there was one.
    A prefix is not in the text: it came as data from an import and is drawn before the text.
    """

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reply_links")
    target = models.ForeignKey(Comment, models.CASCADE, related_name="answered_by")
    handle = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_prefix = models.BooleanField(default=False)
    is_guessed = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "handle", "is_prefix"], name="reply_link_handle_once"
            ),
            models.CheckConstraint(
                condition=~Q(comment=F("target")), name="reply_link_to_another_comment"
            ),
        ]

    def __str__(self):
        return f"@{self.handle}"


class Untold(models.Model):
    """A comment that says something new to those whom it answers or names, until they are told.

    Written with the comment, in its transaction. There may be several of one comment: what is told
    of this moment is a row that is about to go, and an edit needs one that stays.
    """

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="+")

    def __str__(self):
        return str(self.comment)


class Mention(models.Model):
    """A member named in a discussion they took no part in."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    handle = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "handle"], name="mention_handle_once")
        ]

    def __str__(self):
        return f"@{self.handle}"


class FormerPlace(models.Model):
    """A number that a comment had in another article before it was moved; never given again."""

    article = models.ForeignKey(Article, models.CASCADE)
    number = models.PositiveIntegerField()
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="former_places")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="former_place_once")
        ]

    def __str__(self):
        return f"#{self.number}"
