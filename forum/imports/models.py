from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.articles.models import Article
from forum.comments.models import Comment


class ImportedArticle(models.Model):
    """Which article a post of another site became, and where it was read before.

    `source` is the other site's address as its export has it, `legacy_id` the post's number there.
    A post is imported whole, with its comments, or not at all; the row is how a second run knows.
    The numbers of its comments are kept with them, as `Comment.former_id`.
    """

    source = models.CharField(max_length=300)
    legacy_id = models.BigIntegerField()
    article = models.OneToOneField(Article, models.CASCADE, related_name="imported_from")
    path = models.CharField(_("former path"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("imported article")
        verbose_name_plural = _("imported articles")
        constraints = [
            models.UniqueConstraint(fields=["source", "legacy_id"], name="imported_article_once"),
        ]
        indexes = [
            models.Index(fields=["path"], name="imported_article_path"),
            models.Index(fields=["legacy_id"], name="imported_article_legacy"),
        ]

    def __str__(self):
        return f"{self.source} {self.legacy_id}"


class ImportedMember(models.Model):
    """A person of another site, who cannot sign in here until they claim what they wrote.

    `identity` tells people of one source apart: a login there, or the name and e-mail address they
    commented under. The e-mail address is kept here, not with the account, so that its owner can
    sign up with it and claim.
    """

    source = models.CharField(max_length=300)
    identity = models.CharField(max_length=400)
    email = models.EmailField(blank=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="imported_from"
    )

    class Meta:
        verbose_name = _("imported member")
        verbose_name_plural = _("imported members")
        constraints = [
            models.UniqueConstraint(fields=["source", "identity"], name="imported_member_once"),
        ]

    def __str__(self):
        return self.identity


def known_comments(source: str, keys: Collection[int]) -> set[int]:
    """Those of the comments with these numbers on the other site that are here; one query."""
    found = Comment.objects.filter(article__imported_from__source=source, former_id__in=keys)
    return set(found.values_list("former_id", flat=True))
