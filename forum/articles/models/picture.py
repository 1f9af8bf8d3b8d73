from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from forum.articles.models.article import Article
from forum.articles.models.texts import ArticleRevision


class SentPictureQuerySet(models.QuerySet):
    """Pictures by when they came and whether an article has them."""

    def by(self, member):
        return self.filter(sent_by=member)

    def since(self, moment: datetime):
        return self.filter(sent_at__gt=moment)

    def unused(self):
        """Those that no article shows, or has shown in a text that is kept."""
        here = OuterRef("stem")
        shown = Article.objects.filter(Q(cover__contains=here) | Q(text__contains=here))
        was_shown = ArticleRevision.objects.filter(text__contains=here)
        return self.exclude(Exists(shown)).exclude(Exists(was_shown))


class SentPicture(models.Model):
    """A picture that somebody sent into the editor, by the name it is stored under.

    `stem` is what the names of all its variants have in common, and no other name has.
    """

    name = models.CharField(max_length=200, unique=True)
    stem = models.CharField(max_length=200)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(default=timezone.now)

    objects = SentPictureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sent_by", "sent_at"], name="sent_picture_by_member"),
            models.Index(fields=["sent_at"], name="sent_picture_by_time"),
        ]

    def __str__(self):
        return self.name
