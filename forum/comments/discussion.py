"""The comments of a page as one read.

A constant number of queries, whatever the number of comments: the comments with their authors and
what they need of their parents (`forum.comments.cards`), and who answers whom
(`forum.comments.answered_by`). Here is which comments make up a page.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from forum.articles.models import Article
from forum.comments import host, orders
from forum.comments.answered_by import link_answers
from forum.comments.cards import Card, drawn, for_cards
from forum.comments.former_anchors import make_way
from forum.comments.models import Comment, CommentQuerySet
from forum.comments.orders import Order


@dataclass(frozen=True)
class ThreadStart:
    """The comment that began the thread which a page continues. `name` is empty where it is out
    of sight."""

    number: int
    name: str
    address: str


@dataclass
class Discussion:
    """One page of an article's comments in one order; `start` keys are numbers of comments."""

    order: Order
    cards: list[Card]
    next_start: int | None = None
    previous_start: int | None = None
    is_first: bool = True
    continues: ThreadStart | None = None
    host_remarks: list[host.Remark] = field(default_factory=list)


def read(
    article: Article,
    *,
    order: Order,
    start: int | None = None,
    by_host: bool = False,
    former_anchors: bool = False,
) -> Discussion:
    """The page of the discussion that begins with comment number `start`, or the first; with
    `by_host` only what the article's author said and what that answers.

    `#comment-12` is comment 12. For what came from another site it also is the comment that had
    the number 12 there, as long as no comment has it here; with `former_anchors` it is that one
    even then. Three queries for a discussion on one page. The first of several pages takes one
    more, the others up to four more, in the order of likes up to six.
    """
    size = settings.COMMENTS_PER_PAGE
    comments = Comment.objects.filter(article=article)
    shown = orders.in_order(host.with_the_host(article) if by_host else comments.shown(), order)
    first = comments.filter(number=start).first() if start else None
    behind = orders.beginning_with(shown, order, first) if first else shown
    rows = list(for_cards(article, behind)[: size + 1])
    is_whole = first is None and len(rows) <= size and not by_host
    page = rows[:size]
    cards = _cards(article, page, order, is_whole=is_whole)
    if former_anchors:
        make_way(cards)
    return Discussion(
        order=order,
        cards=cards,
        next_start=rows[size].number if len(rows) > size else None,
        previous_start=_page_before(shown, order, first, size) if first else None,
        is_first=first is None,
        continues=_thread_start(page[0]) if first and page and order != "time" else None,
        host_remarks=[] if by_host else host.remarks(article, page, is_whole=is_whole),
    )


def cards_of(article: Article, comments: CommentQuerySet) -> list[Card]:
    """Cards for some comments of an article out of their threads, by time; three queries."""
    return _cards(
        article, list(for_cards(article, comments.in_time_order())), "time", is_whole=False
    )


def start_of_page_with(comment: Comment, *, order: Order) -> int | None:
    """The `start` of the page that shows the comment; None for the first page. Two queries, in
    the order of likes three."""
    size = settings.COMMENTS_PER_PAGE
    shown = orders.in_order(Comment.objects.filter(article_id=comment.article_id).shown(), order)
    before = orders.before(shown, order, comment).count()
    if before < size:
        return None
    return shown.values_list("number", flat=True)[before - before % size]


def waiting(article: Article, member: User) -> list[Comment]:
    """The member's own comments that wait for a moderator, which nobody else sees; one query."""
    own = Comment.objects.filter(article=article, author=member, held_at__isnull=False)
    return list(own.filter(withdrawn_at=None, hidden_at=None).in_time_order())


def numbers_in_order(article: Article, *, order: Order) -> list[int]:
    """The numbers of all comments that the discussion shows, on whatever page; one query."""
    shown = orders.in_order(Comment.objects.filter(article=article).shown(), order)
    return list(shown.values_list("number", flat=True))


def _page_before(shown: CommentQuerySet, order: Order, first: Comment, size: int) -> int | None:
    """Where the page before this one starts; None where that is the first page."""
    before = orders.before(shown, order, first).reverse()
    numbers = list(before.values_list("number", flat=True)[: size + 1])
    return numbers[size - 1] if len(numbers) > size else None


def _thread_start(comment: Comment) -> ThreadStart | None:
    """Where the thread of a comment began; None for the comment that began it."""
    if comment.parent_id is None:
        return None
    start = Comment.objects.select_related("author").get(tree_id=comment.tree_id, parent=None)
    return ThreadStart(
        number=start.number,
        name=start.author.display_name if start.is_visible else "",
        address=reverse("comment", args=[start.pk]),
    )


def _cards(
    article: Article, comments: list[Comment], order: Order, *, is_whole: bool
) -> list[Card]:
    found = drawn(article, comments, order)
    link_answers(article, found, order, is_whole=is_whole)
    return list(found.values())
