"""The texts of an article that are kept beside it: those it had, and those typed and not saved."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.articles.models.article import MARKUP, Article
from forum.tags.models import Tag


class ArticleRevisionQuerySet(models.QuerySet):
    """Revisions in the order they were saved."""

    def newest(self):
        """The last one, with who saved it; None where there is none."""
        return self.select_related("saved_by").order_by("-pk").first()


class ArticleRevision(models.Model):
    """The words of an article as somebody saved them; kept for good.

    `write_key` is of the form they came from: sent twice, it is saved once.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    headline = models.CharField(max_length=200)
    standfirst = models.TextField(blank=True)
    text = models.TextField()
    markup = models.CharField(max_length=10, choices=MARKUP, default="markdown")
    word_count = models.PositiveIntegerField(default=0)
    changed_words = models.BooleanField(
        default=True,
        help_text=_("Not where only the picture, the tags or the address changed."),
    )
    write_key = models.UUIDField(null=True)

    objects = ArticleRevisionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("article", F("id").desc(), name="article_revision_newest"),
            models.Index(
                "article",
                F("saved_at").desc(),
                F("id").desc(),
                name="article_revision_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["saved_by", "write_key"], name="article_revision_saved_once"
            )
        ]

    def __str__(self):
        return f"{self.headline} {self.saved_at:%Y-%m-%d %H:%M}"


class WorkingCopyQuerySet(models.QuerySet):
    """Working copies by what they are of."""

    def waiting_for(self, editor, article=None, write_key=None):
        """What the editor typed and did not save of the article, or of the new article whose form
        has this key, or else of the latest new one; None for nothing."""
        own = self.filter(editor=editor, article=article)
        if article is None and write_key is not None:
            own = own.filter(write_key=write_key)
        return own.order_by("-kept_at").first()


class WorkingCopy(models.Model):
    """What somebody has typed into the editor and not saved: the fields of the form as they stand.

    Of an article, or of one that does not exist yet, which the key of its form names. Saving
    deletes it.
    """

    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="+")
    write_key = models.UUIDField(null=True)
    fields = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)

    objects = WorkingCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["editor", "article"], name="working_copy_once"),
            models.UniqueConstraint(fields=["editor", "write_key"], name="new_working_copy_once"),
            models.CheckConstraint(
                condition=Q(article__isnull=True, write_key__isnull=False)
                | Q(article__isnull=False, write_key__isnull=True),
                name="working_copy_of_one_thing",
            ),
        ]

    def __str__(self):
        return str(self.fields.get("headline", ""))


def what_a_form_begins_from(article: Article) -> dict[str, Any]:
    """What the editor shows besides the fields of an article, in one query: its tags and
    co-authors by name, and the key of its newest revision."""
    here = OuterRef("pk")
    people = get_user_model().objects.filter(articles_with_others=here)
    newest = ArticleRevision.objects.filter(article=here).order_by("-pk")
    return Article.objects.values(
        tag_list=ArraySubquery(
            Tag.objects.filter(articles=here).order_by("name_key").values("name")
        ),
        co_author_list=ArraySubquery(people.order_by("display_key").values("username")),
        newest_revision=Subquery(newest.values("pk")[:1]),
    ).get(pk=article.pk)  # type: ignore[return-value]
