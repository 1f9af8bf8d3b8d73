"""The comments of a page as one read.

A constant number of queries, whatever the number of comments: the comments with their authors and
what they need of their parents, and who answers whom. What a card shows is worked out here, so
that the template only prints it. Two orders, one kind of card: by thread (each followed by what
answers it) and by time.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal, get_args

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Prefetch, Q, Value
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, CommentQuerySet, ReplyLink

Order = Literal["threads", "time"]
ORDERS: tuple[Order, ...] = get_args(Order)

# Deeper answers keep this indent and say whom they answer: the cap is one of display alone.
DEEPEST_INDENT = 6
DEEPEST_INDENT_ON_A_PHONE = 3
SHOWN_OF_AUTHORS = ("username", "display_name", "is_staff")


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
    """One comment as the page shows it."""

    comment: Comment
    html: SafeString
    indent: int = 0
    tombstone: str = ""
    is_host: bool = False
    parent: Parent | None = None
    answered_by: list[AnsweredBy] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.comment.number


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

    Three queries on the first page, five on others.
    """
    size = settings.COMMENTS_PER_PAGE
    shown = _in_order(Comment.objects.filter(article=article).shown(), order)
    first = Comment.objects.filter(article=article, number=start).first() if start else None
    rows = list(_for_cards(_from(shown, order, first) if first else shown)[: size + 1])
    is_whole = first is None and len(rows) <= size
    return Discussion(
        order=order,
        cards=_cards(article, rows[:size], order, is_whole=is_whole),
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


def _in_order(comments: CommentQuerySet, order: Order) -> CommentQuerySet:
    return comments.in_time_order() if order == "time" else comments.in_thread_order()


def _from(comments: CommentQuerySet, order: Order, first: Comment) -> CommentQuerySet:
    if order == "time":
        return comments.filter(number__gte=first.number)
    return comments.filter(tree_id__gte=first.tree_id).exclude(
        tree_id=first.tree_id, lft__lt=first.lft
    )


def _before(comments: CommentQuerySet, order: Order, first: Comment) -> CommentQuerySet:
    if order == "time":
        return comments.filter(number__lt=first.number)
    return comments.filter(tree_id__lte=first.tree_id).exclude(
        tree_id=first.tree_id, lft__gte=first.lft
    )


def _page_before(shown: CommentQuerySet, order: Order, first: Comment, size: int) -> int | None:
    """Where the page before this one starts; None where that is the first page."""
    before = _in_order(_before(shown, order, first), order).reverse()
    numbers = list(before.values_list("number", flat=True)[: size + 1])
    return numbers[size - 1] if len(numbers) > size else None


def _for_cards(comments: CommentQuerySet) -> CommentQuerySet:
    """With the author, and of the parent what a card says of it: it may be on another page.

    Authors come in a query of their own: there are fewer of them than comments.
    """
    return (
        comments.prefetch_related(Prefetch("author", User.objects.only(*SHOWN_OF_AUTHORS)))
        .defer("text", "post_key", "markup", "held_reason")
        .annotate(
            parent_number=F("parent__number"),
            parent_name=F("parent__author__display_name"),
            parent_in_sight=_in_sight("parent__"),
            parent_edited_at=F("parent__edited_at"),
        )
    )


def _in_sight(path: str) -> ExpressionWrapper:
    return ExpressionWrapper(
        Q(
            **{
                f"{path}{moment}__isnull": True
                for moment in ("withdrawn_at", "hidden_at", "held_at")
            }
        ),
        output_field=BooleanField(),
    )


def _cards(
    article: Article, comments: list[Comment], order: Order, *, is_whole: bool
) -> list[Card]:
    on_page = {c.pk: c for c in comments}
    answers = Counter(c.parent_id for c in comments)
    cards: dict[int, Card] = {}
    for comment in comments:
        comment.article = article
        card = cards[comment.pk] = Card(
            comment=comment,
            html=mark_safe(comment.html),  # cleaned when it was written
            tombstone=_tombstone(comment),
            is_host=comment.author_id == article.author_id,
        )
        if order == "threads":
            card.indent = _indent(comment, cards, answers)
        if comment.parent_id:
            card.parent = _parent(comment, card.indent, cards, order)
    _link_answers(article, cards, on_page, order, is_whole=is_whole)
    return list(cards.values())


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
    """How far a comment stands in from the margin, in threads order.

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


@dataclass(frozen=True)
class _Answer:
    """One comment answers another, by a reply link or by its place; in the order of the query."""

    target_id: int
    target_number: int
    target_in_sight: bool
    target_article_id: int
    answering_id: int
    answering_number: int
    answering_in_sight: bool
    is_link: bool


def _link_answers(
    article: Article,
    cards: dict[int, Card],
    on_page: dict[int, Comment],
    order: Order,
    *,
    is_whole: bool,
) -> None:
    """Say under each card which comments answer it elsewhere, and mend links that leave the page.

    One query for all that answer the comments of the page or are answered by them.
    """
    answers: dict[int, dict[int, AnsweredBy]] = defaultdict(dict)
    for row in _answers(on_page, is_whole=is_whole):
        answering, target = on_page.get(row.answering_id), on_page.get(row.target_id)
        if target and row.answering_in_sight:
            stands_below = order == "threads" and answering and answering.parent_id == row.target_id
            if not stands_below:
                answers[row.target_id][row.answering_number] = AnsweredBy(
                    row.answering_number,
                    f"#{answering.anchor}"
                    if answering
                    else reverse("comment", args=[row.answering_id]),
                )
        if answering and row.is_link:
            card = cards[row.answering_id]
            if not target and row.target_article_id == article.pk:
                _mend(card, row)
            if order == "time" and card.parent and answering.parent_id == row.target_id:
                # Its own words say whom it answers.
                card.parent = replace(card.parent, shown="spoken")
    for pk, found in answers.items():
        cards[pk].answered_by = [found[number] for number in sorted(found)]


def _answers(on_page: dict[int, Comment], *, is_whole: bool) -> Iterable[_Answer]:
    links = (
        ReplyLink.objects.filter(Q(comment__in=_these(on_page)) | Q(target__in=_these(on_page)))
        .order_by()
        .values_list(
            "target",
            "target__number",
            _in_sight("target__"),
            "target__article",
            "comment",
            "comment__number",
            _in_sight("comment__"),
            Value(True),
        )
    )
    below = (
        Comment.objects.filter(parent__in=_these(on_page))
        .exclude(pk__in=_these(on_page))
        .order_by()
    )
    if not is_whole:
        links = links.union(
            below.values_list(
                "parent",
                "parent__number",
                _in_sight("parent__"),
                "parent__article",
                "pk",
                "number",
                _in_sight(""),
                Value(False),
            )
        )
    yield from (_Answer(*row) for row in links)
    for comment in on_page.values():
        if parent := on_page.get(comment.parent_id):
            yield _Answer(
                parent.pk,
                parent.number,
                parent.is_visible,
                parent.article_id,
                comment.pk,
                comment.number,
                comment.is_visible,
                is_link=False,
            )


def _these(keys: Iterable[int]) -> RawSQL:
    """Keys as one parameter: to write five hundred into a query takes longer than to answer it."""
    return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, keys))}}}"])


def _mend(card: Card, row: _Answer) -> None:
    """A link to a comment that is not on the page: to its permalink, or none to what is gone."""
    here = escape(f"#comment-{row.target_number}")
    if row.target_in_sight:
        there = reverse("comment", args=[row.target_id])
        mended = card.html.replace(f'href="{here}"', f'href="{there}"')
    else:
        mended = re.sub(
            f'<a class="reply-link" href="{here}">([^<]*)</a>',
            r'<span class="reply-link">\1</span>',
            card.html,
        )
    card.html = mark_safe(mended)
