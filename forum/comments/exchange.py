"""An exchange: how it came to a comment, and what two people went on to say to each other.

First the chain, from the comment that began the thread down to this one, each answering the one
before. Below it, alone and in order of time, what the comment's author and the one they answered
said to each other afterwards in the same discussion, whether by *Reply* or by name, in whatever
thread. Who said what is out of sight is not to be found out so: with a partner out of sight there
is nothing below, and only answers to what can be read are listed.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q

from accounts.models import User
from forum.comments import discussion, orders
from forum.comments.discussion import Discussion
from forum.comments.models import Comment, CommentQuerySet, ReplyLink


@dataclass
class Exchange:
    """`partner` is None where the comment answers nobody, or nobody who can be seen."""

    partner: User | None
    chain: Discussion
    after: Discussion


def read(comment: Comment, *, start: int | None = None) -> Exchange:
    """The exchange that a visible comment belongs to; its `article` must be loaded.

    `start` is the number with which a further page begins; the chain is on the first alone. Six
    queries at most.
    """
    size = settings.COMMENTS_PER_PAGE
    partner = _partner(comment)
    wanted = Q(pk__in=[]) if start else Q(pk__in=_chain(comment)[:size].values("pk"))
    if partner:
        after = _between(comment, partner)
        first = after.filter(number=start).first() if start else None
        if first:
            after = orders.beginning_with(after, "time", first)
        wanted |= Q(pk__in=after.in_time_order()[: size + 1].values("pk"))
    cards = discussion.cards_of(
        comment.article, Comment.objects.filter(wanted, article=comment.article_id)
    )
    chain = [card for card in cards if _is_in_chain(card.comment, comment)]
    later = [card for card in cards if not _is_in_chain(card.comment, comment)]
    return Exchange(
        partner=partner,
        chain=Discussion("time", sorted(chain, key=lambda card: card.comment.lft)),
        after=Discussion(
            "time", later[:size], next_start=later[size].number if len(later) > size else None
        ),
    )


def _chain(comment: Comment) -> CommentQuerySet:
    """The comment and all above it, the nearest first."""
    return Comment.objects.filter(
        tree_id=comment.tree_id, lft__lte=comment.lft, rght__gte=comment.rght
    ).order_by("-lft")


def _is_in_chain(one: Comment, comment: Comment) -> bool:
    return one.tree_id == comment.tree_id and one.lft <= comment.lft and one.rght >= comment.rght


def _partner(comment: Comment) -> User | None:
    """Whom the comment answers: by its place, or else by the first name in it. Two queries."""
    if comment.parent_id:
        answered = Comment.objects.select_related("author").get(pk=comment.parent_id)
    else:
        link = comment.reply_links.select_related("target__author").first()
        if link is None:
            return None
        answered = link.target
    if not answered.is_visible or answered.author_id == comment.author_id:
        return None
    return answered.author


def _between(comment: Comment, partner: User) -> CommentQuerySet:
    """What the two said to each other later than the comment, as far as both ends can be read."""
    two = (comment.author_id, partner.pk)
    heard = Comment.objects.filter(article=comment.article_id, author__in=two).visible()
    by_name = ReplyLink.objects.filter(
        target__in=heard.values("pk"), comment__in=heard.values("pk")
    )
    later = Q(posted_at__gt=comment.posted_at) | Q(
        posted_at=comment.posted_at, number__gt=comment.number
    )
    return heard.filter(later).filter(
        Q(parent__in=heard.values("pk")) & ~Q(parent__author=F("author"))
        | Q(pk__in=by_name.exclude(target__author=F("comment__author")).values("comment"))
    )
