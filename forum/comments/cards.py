"""What a card shows of a comment: worked out here, so that the template only prints it.

There are several orders (`forum.comments.orders`) and one kind of card. Which comments answer a
card from elsewhere is added by `forum.comments.answered_by`.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import BooleanField, ExpressionWrapper, F, Prefetch, Q
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, CommentQuerySet
from forum.comments.orders import Order

# Deeper answers keep this indent and say whom they answer: the cap is one of display alone.
DEEPEST_INDENT = 6
DEEPEST_INDENT_ON_A_PHONE = 3
SHOWN_OF_AUTHORS = ("username", "display_name", "avatar")


@dataclass(frozen=True)
class Parent:
    """The comment that a card answers. `name` is empty where it is out of sight;
    `is_edited_since` when it says something else now than what was answered.

    `shown` says who needs to be told in words: everybody ("always"), those whose screen has no
    room for the indent ("deep"), or only those who hear the page ("spoken").
    """

    number: int
    name: str
    address: str
    shown: Literal["always", "deep", "spoken"]
    is_edited_since: bool = False


@dataclass(frozen=True)
class AnsweredBy:
    """A comment that answers a card's and does not stand right below it."""

    number: int
    address: str


@dataclass
class Card:
    """One comment as the page shows it; `former_anchor` is what links to it named elsewhere."""

    comment: Comment
    html: SafeString
    anchor: str
    former_anchor: str = ""
    indent: int = 0
    tombstone: str = ""
    is_host: bool = False
    # Why nobody can answer the comment nor what is below it, on the card where that begins.
    lock: str = ""
    # How many answers stand in its branch below it, in words; empty where none do.
    replies: str = ""
    parent: Parent | None = None
    answered_by: list[AnsweredBy] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.comment.number

    @property
    def may_be_answered(self) -> bool:
        """Whether the place to answer is shown: not below a lock."""
        return not self.tombstone and self.comment.branch_lock_reason is None


def for_cards(article: Article, comments: CommentQuerySet) -> CommentQuerySet:
    """With the author and whether they moderate here, and of the parent what a card says of it:
    it may be on another page.

    Authors come in a query of their own: there are fewer of them than comments.
    """
    filed = Article.categories.through.objects.filter(article=article)
    authors = User.objects.only(*SHOWN_OF_AUTHORS).annotate(
        moderates_here=ExpressionWrapper(
            Q(is_staff=True) | Q(moderated_categories__overlap=filed.values_list("category")),
            output_field=BooleanField(),
        )
    )
    return (
        comments.prefetch_related(Prefetch("author", authors))
        .defer("text", "post_key", "markup", "held_reason")
        .knowing_locks()
        .annotate(
            parent_number=F("parent__number"),
            parent_name=F("parent__author__display_name"),
            parent_in_sight=in_sight("parent__"),
            parent_edited_at=F("parent__edited_at"),
        )
    )


def in_sight(path: str) -> ExpressionWrapper:
    """Whether the comment at this path of a query is in sight."""
    return ExpressionWrapper(
        Q(
            **{
                f"{path}{moment}__isnull": True
                for moment in ("withdrawn_at", "hidden_at", "held_at")
            }
        ),
        output_field=BooleanField(),
    )


def drawn(article: Article, comments: list[Comment], order: Order) -> dict[int, Card]:
    """The cards of these comments (as `for_cards` gives them) by their keys, in the same order; no
    query."""
    answers = Counter(c.parent_id for c in comments)
    cards: dict[int, Card] = {}
    for comment in comments:
        comment.article = article
        card = cards[comment.pk] = Card(
            comment=comment,
            html=mark_safe(comment.html),  # cleaned when it was written
            anchor=comment.anchor,
            former_anchor=f"comment-{comment.former_id}"
            if comment.former_id and comment.former_id > article.last_number
            else "",
            tombstone=_tombstone(comment),
            is_host=comment.author_id in article.host_ids,
            lock=comment.lock_reason if comment.locked_at else "",
        )
        if order != "time":
            card.indent = _indent(comment, cards, answers)
        if comment.parent_id:
            card.parent = _parent(comment, card.indent, cards, order)
    if order != "time":
        _count_replies(cards)
    return cards


def _count_replies(cards: dict[int, Card]) -> None:
    below: Counter[int | None] = Counter()
    for pk, card in reversed(cards.items()):
        below[card.comment.parent_id] += below[pk] + (not card.tombstone)
        if below[pk]:
            words = ngettext("%(number)d reply", "%(number)d replies", below[pk])
            card.replies = words % {"number": below[pk]}


def _tombstone(comment: Comment) -> str:
    """What stands in the place of a comment that is out of sight; empty for a visible one."""
    if comment.withdrawn_at:
        return _("Withdrawn by its author.")
    if comment.hidden_at:
        if comment.hidden_reason:
            return _("Hidden by a moderator: %(reason)s") % {"reason": comment.hidden_reason}
        return _("Hidden by a moderator.")
    if comment.held_at:
        return _("Waiting for a moderator.")
    return ""


def _indent(comment: Comment, cards: dict[int, Card], answers: Counter[int | None]) -> int:
    """How far a comment stands in from the margin, in its thread.

    One step behind its parent, but for two people who answer each other with nobody between
    them: their run goes straight down, and so does all that is deeper than the cap. A page that
    begins inside a thread begins at the margin.
    """
    above = cards.get(comment.parent_id)
    if above is None:
        return 0
    before = cards.get(above.comment.parent_id)
    is_run = (
        before is not None
        and answers[above.comment.pk] == 1
        and comment.author_id == before.comment.author_id != above.comment.author_id
        and all(one.is_visible for one in (comment, above.comment, before.comment))
    )
    return above.indent if is_run else min(above.indent + 1, DEEPEST_INDENT)


def _parent(comment: Comment, indent: int, cards: dict[int, Card], order: Order) -> Parent:
    above = cards.get(comment.parent_id)
    shown: Literal["always", "deep", "spoken"] = "spoken"
    if order == "time" or above is None or above.indent == indent:
        shown = "always"
    elif indent > DEEPEST_INDENT_ON_A_PHONE:
        shown = "deep"
    return Parent(
        number=comment.parent_number,
        name=comment.parent_name if comment.parent_in_sight else "",
        address=f"#comment-{comment.parent_number}"
        if above
        else reverse("comment", args=[comment.parent_id]),
        shown=shown,
        is_edited_since=comment.parent_in_sight
        and comment.parent_edited_at is not None
        and comment.parent_edited_at > comment.posted_at,
    )
