"""Which discussions are a member's own: those they took part in or follow, less what they mute."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.reading.models import Following


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
