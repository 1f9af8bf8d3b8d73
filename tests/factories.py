"""People, articles and comments for tests, made through the flows: the trees are real."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from accounts.models import User
from forum.articles.flows import Piece, create_article, publish_article
from forum.articles.models import Article
from forum.comments.flows import post_comment
from forum.comments.models import Comment

_numbers = count(1)
PASSWORD = "a-long-enough-passphrase"


def make_member(name: str = "", **fields) -> User:
    """A member with a verified e-mail address who can sign in with PASSWORD."""
    n = next(_numbers)
    fields.setdefault("username", f"member{n}")
    fields.setdefault("email", f"{fields['username']}@example.org")
    member = User.objects.create_user(
        display_name=name or f"Member {n}", password=PASSWORD, **fields
    )
    member.emailaddress_set.create(email=member.email, verified=True, primary=True)
    return member


def make_author(name: str = "", **fields) -> User:
    return make_member(name, is_author=True, **fields)


def make_moderator(name: str = "", **fields) -> User:
    return make_member(name, is_staff=True, is_superuser=True, **fields)


def make_article(
    author: User | None = None, *, published: datetime | bool = True, **words
) -> Article:
    """An article, out since an hour unless `published` says otherwise (False: a draft)."""
    words.setdefault("headline", f"Article {next(_numbers)}")
    words.setdefault("text", "Some paragraphs.\n\nAnd more.")
    article = create_article(author=author or make_author(), piece=Piece(**words))
    if published is False:
        return article
    at = timezone.now() - timedelta(hours=1) if published is True else published
    return publish_article(article=article, at=at)


def make_comment(
    article: Article | None = None,
    author: User | None = None,
    *,
    text: str = "A remark.",
    parent: Comment | None = None,
    **more,
) -> Comment:
    article = article or (parent.article if parent else make_article())
    return post_comment(
        author=author or make_member(), article=article, text=text, parent=parent, **more
    )
