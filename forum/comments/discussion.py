"""The comments of a page as one read.

A constant number of queries, whatever the number of comments: the comments with their authors, and
the reply links between them. What a card shows is worked out here, so that the template only
prints it. Two orders, one kind of card: by thread (each followed by what answers it) and by time.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from forum.articles.models import Article
from forum.comments.models import Comment, ReplyLink

Order = Literal["threads", "time"]
ORDERS: tuple[Order, ...] = ("threads", "time")

# Deeper answers keep this indent and say whom they answer: the cap is one of display alone.
DEEPEST_INDENT = 6


@dataclass
class Card:
    """One comment as the page shows it."""

    comment: Comment
    html: SafeString
    indent: int = 0
    tombstone: str = ""
    is_host: bool = False
    parent_number: int | None = None
    parent_name: str = ""
    answered_by: list["AnsweredBy"] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.comment.number


@dataclass(frozen=True)
class AnsweredBy:
    """A comment that answers a card's and does not stand right below it."""

    number: int
    address: str


@dataclass
class Discussion:
    """One page of an article's comments in one order; `start` keys are numbers of comments."""

    order: Order
    cards: list[Card]
    next_start: int | None = None
    previous_start: int | None = None
    is_first: bool = True


def read(article: Article, *, order: Order, start: int | None = None) -> Discussion:
    """The page of the discussion that begins with comment number `start`, or the first.

    Three queries at most on the first page (two as a rule), five on others.
    """
    size = settings.COMMENTS_PER_PAGE
    shown = _in_order(Comment.objects.filter(article=article).shown(), order)
    first = _comment_at(article, start) if start else None
    rows = list(
        (_from(shown, order, first) if first else shown).select_related("author")[: size + 1]
    )
    cards = _cards(article, rows[:size], order)
    return Discussion(
        order=order,
        cards=cards,
        next_start=rows[size].number if len(rows) > size else None,
        previous_start=_page_before(shown, order, first, size) if first else None,
        is_first=first is None,
    )


def start_of_page_with(comment: Comment, *, order: Order) -> int | None:
    """The `start` of the page that shows the comment; None for the first page. Two queries."""
    size = settings.COMMENTS_PER_PAGE
    shown = Comment.objects.filter(article_id=comment.article_id).shown()
    before = _before(shown, order, comment).count()
    if before < size:
        return None
    return _in_order(shown, order).values_list("number", flat=True)[before - before % size]


def _in_order(comments, order: Order):
    return comments.in_time_order() if order == "time" else comments.in_thread_order()


def _from(comments, order: Order, first: Comment):
    if order == "time":
        return comments.filter(number__gte=first.number)
    return comments.filter(tree_id__gte=first.tree_id).exclude(
        tree_id=first.tree_id, lft__lt=first.lft
    )


def _before(comments, order: Order, first: Comment):
    if order == "time":
        return comments.filter(number__lt=first.number)
    return comments.filter(tree_id__lte=first.tree_id).exclude(
        tree_id=first.tree_id, lft__gte=first.lft
    )


def _comment_at(article: Article, number: int) -> Comment | None:
    return Comment.objects.filter(article=article, number=number).first()


def _page_before(shown, order: Order, first: Comment, size: int) -> int | None:
    """Where the page before this one starts; None where that is the first page."""
    before = _in_order(_before(shown, order, first), order).reverse()
    numbers = list(before.values_list("number", flat=True)[: size + 1])
    return numbers[size - 1] if len(numbers) > size else None


def _cards(article: Article, comments: list[Comment], order: Order) -> list[Card]:
    on_page = {c.pk: c for c in comments}
    cards = []
    previous: Comment | None = None
    for comment in comments:
        comment.article = article
        card = Card(
            comment=comment,
            html=mark_safe(comment.html),
            tombstone=_tombstone(comment),
            is_host=comment.author_id == article.author_id,
        )
        if order == "threads":
            card.indent = min(comment.level, DEEPEST_INDENT)
        parent = on_page.get(comment.parent_id)
        stands_below = previous is not None and comment.parent_id == previous.pk
        if parent and not (order == "threads" and stands_below) and (
            order == "time" or comment.level > DEEPEST_INDENT
        ):
            card.parent_number = parent.number
            card.parent_name = parent.author.display_name if parent.is_visible else ""
        cards.append(card)
        previous = comment
    _link_answers(cards, on_page, order)
    return cards


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


def _link_answers(cards: list[Card], on_page: dict[int, Comment], order: Order) -> None:
    """Say under each card which comments answer it elsewhere, and mend links that leave the page.

    One query for all reply links from or to the comments of the page.
    """
    card_of = {card.comment.pk: card for card in cards}
    answers: dict[int, dict[int, AnsweredBy]] = defaultdict(dict)
    rows = ReplyLink.objects.filter(comment__in=on_page).select_related("target") | (
        ReplyLink.objects.filter(target__in=on_page).select_related("target")
    )
    for row in rows.select_related("comment").order_by("comment__number", "position"):
        answering, target = row.comment, row.target
        if target.pk in card_of and answering.is_visible:
            right_below = order == "threads" and answering.parent_id == target.pk
            if not right_below:
                answers[target.pk][answering.number] = AnsweredBy(
                    answering.number, _address(answering, on_page)
                )
        if answering.pk in card_of and target.pk not in on_page:
            card = card_of[answering.pk]
            card.html = mark_safe(
                card.html.replace(f'href="#{target.anchor}"', f'href="{target.get_absolute_url()}"')
            )
    for pk, found in answers.items():
        card_of[pk].answered_by = list(found.values())


def _address(comment: Comment, on_page: dict[int, Comment]) -> str:
    return f"#{comment.anchor}" if comment.pk in on_page else comment.get_absolute_url()
