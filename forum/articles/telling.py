"""Who is told what happened to an article: writers by editors, editors by writers, nobody of what
they did themselves."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.articles.models import Article
from forum.notifications.flows import notify


def handed_in(article: Article, *, by: User) -> None:
    editors = User.objects.filter(Q(is_editor=True) | Q(is_staff=True), is_active=True)
    place = reverse("article_preview", args=[article.pk])
    _tell(editors, _("An article waits for an editor:"), article, place, by=by)


def sent_back(article: Article, *, by: User) -> None:
    place = reverse("article_preview", args=[article.pk])
    said = _("An editor sent your article back, with a note:")
    _tell(_writers(article), said, article, place, by=by)


def published(article: Article, *, by: User) -> None:
    out, later = _("Your article is published:"), _("Your article will come out:")
    said = out if article.is_published else later
    _tell(_writers(article), said, article, article.get_absolute_url(), by=by)


def _writers(article: Article) -> QuerySet[User]:
    return User.objects.filter(pk__in=article.host_ids)


def _tell(people: QuerySet[User], said: Promise, article: Article, place: str, *, by: User) -> None:
    """In one order everywhere: being told changes a member's row, for which others may wait."""
    words = format_lazy("{} “{}”", said, article.headline)
    for person in people.exclude(pk=by.pk).order_by("pk"):
        notify(member=person, text=words, url=place)
