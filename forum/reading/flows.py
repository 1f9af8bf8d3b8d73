"""What readers do with a discussion without saying anything."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.reading.models import Following


def follow(*, member: User, article: Article, branch: Comment | None = None) -> None:
    """The discussion is among the member's from now on, also when they say nothing in it; with
    `branch`, the branch that starts at this comment. What was muted is muted no more."""
    _set(member, article, branch, followed_at=timezone.now(), muted_at=None)


def mute(*, member: User, article: Article, branch: Comment | None = None) -> None:
    """The discussion, or a branch of it, is new to the member no more, whatever comes; it can
    be read as before."""
    _set(member, article, branch, followed_at=None, muted_at=timezone.now())


def stop_following(*, member: User, article: Article, branch: Comment | None = None) -> None:
    """Neither followed nor muted."""
    Following.objects.filter(member=member, article=article, branch=branch).delete()


@transaction.atomic
def _set(member: User, article: Article, branch: Comment | None, **moments) -> None:
    Following.objects.update_or_create(
        member=member, article=article, branch=branch, defaults=moments
    )
