"""Which discussions are a member's own: those they took part in or follow, less what they mute; and
which comments lists show them; and what they mute."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, CommentQuerySet
from forum.reading.models import Following, PersonFollowing


def my_discussions(member: User) -> QuerySet[Article]:
    """Articles with a discussion of the member's own, as lists show them."""
    followings = Following.objects.filter(member=member, article=OuterRef("pk"))
    said = Comment.objects.filter(
        author=member, article=OuterRef("pk"), withdrawn_at=None, hidden_at=None
    )
    return (
        Article.objects.published()
        .for_listing()
        .filter(
            Exists(said) | Exists(followings.filter(followed_at__isnull=False)),
            ~Exists(followings.filter(muted_at__isnull=False, branch=None)),
            Q(last_commented_at__isnull=False),
        )
    )


def muted_places(member: User) -> QuerySet[Following]:
    """Discussions and branches that the member mutes, as far as they may read them, for a list."""
    return (
        Following.objects.filter(
            member=member,
            muted_at__isnull=False,
            article__in=Article.objects.readable_by(member).values("pk"),
        )
        .select_related("article", "branch__author")
        .defer("article__text", "article__html", "branch__text")
    )


def muted_people(member: User) -> QuerySet[PersonFollowing]:
    """Whom the member mutes, for a list."""
    return PersonFollowing.objects.filter(member=member, muted_at__isnull=False).select_related(
        "person"
    )


def public() -> CommentQuerySet:
    """What everybody may read: the same for all."""
    return (
        Comment.objects.visible()
        .filter(article__published_at__lte=timezone.now())
        .defer("text", "article__text", "article__html")
    )


def in_lists(reader: User | AnonymousUser) -> CommentQuerySet:
    """What lists show to this reader: all that is public, without what people say whom they
    mute."""
    if not reader.is_authenticated:
        return public()
    muted = PersonFollowing.objects.filter(member=reader, muted_at__isnull=False)
    return public().exclude(author__in=muted.values("person"))
