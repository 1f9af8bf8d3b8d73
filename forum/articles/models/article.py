from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, JSONObject, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.cards.models import LinkCard
from forum.pictures import stored_at
from forum.tags.models import Category, Tag

MARKUP = [("markdown", "Markdown"), ("html", "HTML")]


class CommentsPolicy(models.TextChoices):
    """Who may comment on an article, as its author wishes."""

    OPEN = "open", _("Open to members")
    HELD = "held", _("Open; new comments wait for a moderator")
    CLOSED = "closed", _("Closed")


class CommentsFrom(models.IntegerChoices):
    """From which level of trust on members may comment (`forum.screening.trust`)."""

    ALL = 0, _("All members")
    MEMBERS = 1, _("Members who are no longer new")
    TRUSTED = 3, _("Trusted members")


class ArticleQuerySet(models.QuerySet):
    """Articles by who may read them and how they are shown."""

    def published(self):
        """What everybody may read at this moment; scheduled articles are not out yet."""
        return self.filter(published_at__lte=timezone.now())

    def by(self, person):
        """Those a person wrote, alone or with others."""
        shared = Article.co_authors.through.objects.filter(user=person).values("article")
        return self.filter(Q(author=person) | Q(pk__in=shared))

    def readable_by(self, user):
        """The published, an author's own, and for editors and moderators all."""
        if not user.is_authenticated:
            return self.published()
        if user.edits_all:
            return self
        shared = Article.co_authors.through.objects.filter(user=user).values("article")
        return self.filter(Q(published_at__lte=timezone.now()) | Q(author=user) | Q(pk__in=shared))

    def moderated_by(self, user):
        """Those whose discussions the person moderates: all, or the published of their
        categories."""
        if not (user.is_authenticated and user.is_moderator):
            return self.none()
        if user.is_staff:
            return self
        filed = Article.categories.through.objects.filter(category__in=user.moderated_categories)
        return self.published().filter(pk__in=filed.values("article"))

    def editable_by(self, user):
        """A writer's own, alone or with others; for editors and moderators all."""
        if user.edits_all:
            return self
        return self.by(user) if user.may_write else self.none()

    def submitted(self):
        """Drafts that wait for an editor, those handed in first before the others."""
        return self.filter(submitted_at__isnull=False).order_by("submitted_at", "pk")

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def for_listing(self):
        """With all a list of articles shows, and without the text."""
        return (
            self.select_related("author")
            .defer("text", "html")
            .annotate(with_authors=_with_authors())
            .prefetch_related("categories")
        )

    def for_reading(self):
        """With all the page of an article shows, in one query: its author with the number of
        their pieces, `with_authors` besides them, and `filed_categories` and `filed_tags` as names
        and slugs."""
        own = Article.objects.published().filter(author=OuterRef("author"))
        shared = Article.objects.published().filter(co_authors=OuterRef("author"))
        return (
            self.select_related("author")
            .defer("text")
            .annotate(
                author_pieces=_number(own) + _number(shared),
                with_authors=_with_authors(),
                filed_categories=_filed(Category),
                filed_tags=_filed(Tag),
            )
        )


def _number(articles):
    counted = articles.order_by().values(one=Value(1)).values(number=models.Count("pk"))
    return Coalesce(models.Subquery(counted), 0)


def _with_authors():
    """Who else wrote the article, as pages show them."""
    people = get_user_model().objects.filter(articles_with_others=OuterRef("pk"))
    return ArraySubquery(
        people.order_by("display_key").values(
            person=JSONObject(
                pk="pk",
                username="username",
                display_name="display_name",
                avatar="avatar",
                pronouns="pronouns",
                biography="biography",
            )
        )
    )


def _filed(headings):
    return ArraySubquery(
        headings.objects.filter(articles=OuterRef("pk")).values(
            heading=JSONObject(name="name", slug="slug")
        )
    )


class Article(models.Model):
    """A piece by an author, and the head of its discussion.

    `published_at` empty is a draft, in the future scheduled. The counters of the discussion
    (`last_number`, `comment_count`, `last_commented_at`) are kept by `forum.comments` alone. What
    raises `version` is in the migrations named `version`; whatever is kept of a page carries it.
    """

    headline = models.CharField(_("headline"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80, allow_unicode=True)
    standfirst = models.TextField(_("standfirst"), max_length=600, blank=True)
    cover = models.ImageField(
        _("cover picture"),
        upload_to="covers/%Y/%m/",
        blank=True,
        width_field="cover_width",
        height_field="cover_height",
    )
    cover_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    cover_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    cover_alt = models.CharField(
        _("what the picture shows"),
        max_length=300,
        blank=True,
        help_text=_("For readers who do not see it."),
    )
    cover_caption = models.CharField(_("caption"), max_length=300, blank=True)
    canonical_url = models.CharField(
        _("first published at"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("The address of the piece where it came out before; search engines go there."),
    )
    text = models.TextField(_("text"))
    markup = models.CharField(_("markup"), max_length=10, choices=MARKUP, default="markdown")
    html = models.TextField(editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="articles",
        verbose_name=_("author"),
    )
    co_authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="articles_with_others",
        blank=True,
        verbose_name=_("written with"),
    )
    co_author_keys = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Of `co_authors`, by the flows that write them: a page need not ask."),
    )
    categories = models.ManyToManyField(
        Category, related_name="articles", blank=True, verbose_name=_("categories")
    )
    tags = models.ManyToManyField(Tag, related_name="articles", blank=True, verbose_name=_("tags"))
    link_cards = models.ManyToManyField(LinkCard, related_name="articles", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_("Empty: a draft. In the future: comes out then."),
    )
    publish_date = models.DateField(
        null=True,
        editable=False,
        help_text=_("The day in the address, in the site's time zone."),
    )
    submitted_at = models.DateTimeField(_("handed in"), null=True, editable=False)
    submission_note = models.TextField(_("note to the editors"), max_length=2000, blank=True)
    returned_at = models.DateTimeField(_("sent back"), null=True, editable=False)
    return_note = models.TextField(_("note to the author"), max_length=2000, blank=True)
    revised_at = models.DateTimeField(null=True, editable=False)
    locked_at = models.DateTimeField(_("locked since"), null=True, editable=False)
    lock_reason = models.CharField(_("reason of the lock"), max_length=300, blank=True)
    comments_policy = models.CharField(
        _("comments"), max_length=10, choices=CommentsPolicy, default=CommentsPolicy.OPEN
    )
    comments_days = models.PositiveSmallIntegerField(
        _("close the comments after"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Days, counted from when the article came out. Empty: never."),
    )
    comments_close_at = models.DateTimeField(null=True, editable=False)
    comments_from_level = models.PositiveSmallIntegerField(
        _("who may comment"), choices=CommentsFrom, default=CommentsFrom.ALL
    )
    comments_pace = models.PositiveIntegerField(
        _("slow mode"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(86_400)],
        help_text=_("Seconds from one comment of a member to their next. Empty: none."),
    )
    last_number = models.PositiveIntegerField(default=0, editable=False)
    comment_count = models.PositiveIntegerField(_("comments"), default=0, editable=False)
    last_commented_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveBigIntegerField(
        default=1,
        editable=False,
        help_text=_("Raised by the database with every change that readers of the page can see."),
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="article_newest"),
            models.Index(
                "submitted_at", condition=Q(submitted_at__isnull=False), name="article_submitted"
            ),
            models.Index(
                "author", F("published_at").desc(), F("id").desc(), name="article_by_author"
            ),
            GinIndex(OpClass(Upper("headline"), name="gin_trgm_ops"), name="article_headline_trgm"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["publish_date", "slug"], name="article_address_once"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, publish_date__isnull=True)
                | Q(published_at__isnull=False, publish_date__isnull=False),
                name="article_published_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(cover="") | ~Q(cover_alt="") | Q(published_at__isnull=True),
                name="article_cover_is_described",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(published_at__isnull=True),
                name="article_submitted_is_a_draft",
            ),
            models.CheckConstraint(
                condition=Q(comments_policy__in=CommentsPolicy.values),
                name="article_comments_policy_is_known",
            ),
            models.CheckConstraint(
                condition=Q(comment_count__lte=F("last_number")), name="article_counts_agree"
            ),
        ]

    def __str__(self):
        return self.headline

    def get_absolute_url(self):
        if self.publish_date is None:
            return reverse("article_preview", args=[self.pk])
        return reverse("article", args=[self.publish_date, self.slug])

    @property
    def canonical_host(self):
        """Where the piece came out first, as readers are told."""
        return urlsplit(self.canonical_url).hostname or ""

    @property
    def cover_picture(self):
        """The cover with its variants; None where there is none, or none but itself."""
        return stored_at(self.cover.url) if self.cover else None

    @property
    def is_published(self):
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def is_scheduled(self):
        return self.published_at is not None and self.published_at > timezone.now()

    @property
    def host_ids(self):
        """Keys of those who wrote the article."""
        return {self.author_id, *self.co_author_keys}

    def is_moderated_by(self, person):
        """Whether its discussion is the person's to moderate; a query for who moderates some
        categories, none for others."""
        if not (person.is_authenticated and person.is_moderator):
            return False
        return person.is_staff or (
            self.is_published
            and self.categories.filter(pk__in=person.moderated_categories).exists()
        )

    def is_hosted_by(self, person):
        """Whether the person wrote it or moderates its discussion: then its rules are not for
        them. A query for who moderates some categories, none for others."""
        return person.pk in self.host_ids or self.is_moderated_by(person)

    @property
    def is_locked(self):
        """Whether a moderator has closed the discussion."""
        return self.locked_at is not None

    @property
    def is_closed(self):
        """Whether the discussion takes no more comments: locked, closed by the article's author,
        or at the end of its time."""
        return (
            self.is_locked
            or self.comments_policy == CommentsPolicy.CLOSED
            or (self.comments_close_at is not None and self.comments_close_at <= timezone.now())
        )

    @property
    def holds_comments(self):
        """Whether new comments of members wait for a moderator."""
        return self.comments_policy == CommentsPolicy.HELD

    @property
    def reading_minutes(self):
        """At 240 words a minute, the usual figure for prose read silently; at least one."""
        return max(1, round(self.word_count / 240))


class ArticleAddress(models.Model):
    """An address that an article had before; it redirects."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="former_addresses")
    publish_date = models.DateField()
    slug = models.SlugField(max_length=80, allow_unicode=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publish_date", "slug"], name="former_article_address_once"
            )
        ]

    def __str__(self):
        return f"{self.publish_date}/{self.slug}"


class AuthorVersion(models.Model):
    """Raised by the database whenever the number of an author's pieces that are out may have
    changed by anything but time (migration 0012): pages that show it need not count."""

    author = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        # Triggers write it while an account is being deleted, too.
        db_constraint=False,
        related_name="+",
    )
    version = models.PositiveBigIntegerField(default=1, db_default=1)

    def __str__(self):
        return f"{self.author_id}: {self.version}"
