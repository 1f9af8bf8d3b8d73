"""Where a moderator wants a comment or a discussion to go, as they name it: by number, by address,
or by a link copied from a page."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles.models import Article, ArticleAddress
from forum.comments.models import Comment, FormerPlace

NUMBER = re.compile(r"#?(\d{1,9})")
ANCHOR = re.compile(r"comment-(\d{1,9})")


class NoSuchPlace(Exception):
    """Nothing is there that this moderator moderates; the message says what was looked for."""


def find(words: str, *, here: Article | None, moderator: User) -> Comment | Article:
    """The comment or article that `words` name: `12` or `#12` in the discussion of `here`, or the
    address of an article, of a comment, or of one in its discussion. Raises NoSuchPlace."""
    words = words.strip()
    if number := NUMBER.fullmatch(words):
        if here is None:
            raise NoSuchPlace(
                _("These are of several articles: give the address instead of a number.")
            )
        return _comment(int(number[1]), here, moderator)
    address = urlsplit(words)
    if address.netloc and address.netloc != urlsplit(settings.SITE_URL).netloc:
        raise NoSuchPlace(_("This address is of another site."))
    try:
        found = resolve(address.path)
    except Resolver404:
        raise NoSuchPlace(
            _("Give a number like #12, or the address of a comment or article of this site.")
        ) from None
    if "pk" in found.kwargs and (found.url_name or "").startswith("comment"):
        return _moderated(Comment.objects.filter(pk=found.kwargs["pk"]), moderator)
    if "slug" not in found.kwargs or "day" not in found.kwargs:
        raise NoSuchPlace(_("This address is neither of a comment nor of an article."))
    article = _article(found.kwargs["day"], found.kwargs["slug"], moderator)
    if "number" in found.kwargs:
        return _comment(found.kwargs["number"], article, moderator)
    if anchor := ANCHOR.fullmatch(address.fragment):
        return _comment(int(anchor[1]), article, moderator)
    return article


def _article(day, slug, moderator: User) -> Article:
    theirs = Article.objects.moderated_by(moderator)
    article = theirs.filter(publish_date=day, slug=slug).first()
    former = ArticleAddress.objects.filter(publish_date=day, slug=slug).values("article")
    article = article or theirs.filter(pk__in=former).first()
    if article is None:
        raise NoSuchPlace(_("No article of yours to moderate has this address."))
    return article


def _comment(number: int, article: Article, moderator: User) -> Comment:
    moved = FormerPlace.objects.filter(article=article, number=number).values("comment")
    here = Comment.objects.filter(article=article, number=number)
    return _moderated(here | Comment.objects.filter(pk__in=moved), moderator)


def _moderated(comments, moderator: User) -> Comment:
    comment = comments.moderated_by(moderator).select_related("article").first()
    if comment is None:
        raise NoSuchPlace(_("No comment of yours to moderate has this number or address."))
    return comment
