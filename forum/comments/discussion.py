"""The comments of a page as one read.

A constant number of queries, whatever the number of comments: the comments with their authors and
what they need of their parents, and who answers whom. What a card shows is worked out here, so
that the template only prints it. There are several orders (`forum.comments.orders`) and one kind
of card.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Prefetch, Q, Value
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum import markup
from forum.articles.models import Article
from forum.comments import orders, reply_links
from forum.comments.models import Comment, CommentQuerySet, ReplyLink
from forum.comments.orders import Order

# Deeper answers keep this indent and say whom they answer: the cap is one of display alone.
DEEPEST_INDENT = 6
DEEPEST_INDENT_ON_A_PHONE = 3
SHOWN_OF_AUTHORS = ("username", "display_name", "avatar")
# In the index of what the article's author said; the filter has all.
MOST_OF_THE_HOST = 100


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


@dataclass(frozen=True)
class ThreadStart:
    """The comment that began the thread which a page continues. `name` is empty where it is out
    of sight."""

    number: int
    name: str
    address: str


@dataclass(frozen=True)
class HostRemark:
    """What the article's author said, in a few words."""

    number: int
    address: str
    words: str


@dataclass
class Discussion:
    """One page of an article's comments in one order; `start` keys are numbers of comments."""

    order: Order
    cards: list[Card]
    next_start: int | None = None
    previous_start: int | None = None
    is_first: bool = True
    continues: ThreadStart | None = None
    host_remarks: list[HostRemark] = field(default_factory=list)


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
    shown = orders.in_order(_with_the_host(article) if by_host else comments.shown(), order)
    first = comments.filter(number=start).first() if start else None
    behind = orders.beginning_with(shown, order, first) if first else shown
    rows = list(_for_cards(article, behind)[: size + 1])
    is_whole = first is None and len(rows) <= size and not by_host
    page = rows[:size]
    cards = _cards(article, page, order, is_whole=is_whole)
    if former_anchors:
        _make_way(cards)
    return Discussion(
        order=order,
        cards=cards,
        next_start=rows[size].number if len(rows) > size else None,
        previous_start=_page_before(shown, order, first, size) if first else None,
        is_first=first is None,
        continues=_thread_start(page[0]) if first and page and order != "time" else None,
        host_remarks=[] if by_host else _host_remarks(article, page, is_whole=is_whole),
    )


def cards_of(article: Article, comments: CommentQuerySet) -> list[Card]:
    """Cards for some comments of an article out of their threads, by time; three queries."""
    return _cards(
        article, list(_for_cards(article, comments.in_time_order())), "time", is_whole=False
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


def _with_the_host(article: Article) -> CommentQuerySet:
    """What the article's author said in the discussion, and what they answer by it."""
    said = Comment.objects.filter(article=article, author__in=article.host_ids).visible()
    answered = ReplyLink.objects.filter(comment__in=said.values("pk"), target__article=article)
    return Comment.objects.filter(
        Q(pk__in=said.values("pk"))
        | Q(pk__in=said.values("parent"))
        | Q(pk__in=answered.values("target")),
        article=article,
    ).shown()


def _host_remarks(article: Article, page: list[Comment], *, is_whole: bool) -> list[HostRemark]:
    """The author's remarks in the whole discussion; one query where the page is not all of it."""
    if is_whole:
        said = [c for c in page if c.author_id in article.host_ids and c.is_visible]
        said.sort(key=lambda c: (c.posted_at, c.number))
    else:
        theirs = Comment.objects.filter(article=article, author__in=article.host_ids).visible()
        said = list(theirs.in_time_order().only("number", "html", "posted_at")[:MOST_OF_THE_HOST])
    here = {c.pk for c in page}
    return [
        HostRemark(
            number=c.number,
            address=f"#{c.anchor}" if c.pk in here else reverse("comment", args=[c.pk]),
            words=markup.excerpt(c.html, 80),
        )
        for c in said[:MOST_OF_THE_HOST]
    ]


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


def _for_cards(article: Article, comments: CommentQuerySet) -> CommentQuerySet:
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
    _link_answers(article, cards, on_page, order, is_whole=is_whole)
    if not is_whole:
        numbers = {comment.number for comment in comments}
        for card in cards.values():
            card.html = reply_links.leading_to(card.html, article=article, but=numbers)
    return list(cards.values())


def _count_replies(cards: dict[int, Card]) -> None:
    below: Counter[int | None] = Counter()
    for pk, card in reversed(cards.items()):
        below[card.comment.parent_id] += below[pk] + (not card.tombstone)
        if below[pk]:
            words = ngettext("%(number)d reply", "%(number)d replies", below[pk])
            card.replies = words % {"number": below[pk]}


def _make_way(cards: Iterable[Card]) -> None:
    """Give the anchors of this site another name, and the old ones to what they meant before."""
    for card in cards:
        card.anchor = _renamed(card.anchor)
        if card.comment.former_id:
            card.former_anchor = f"comment-{card.comment.former_id}"
        card.html = mark_safe(card.html.replace('href="#comment-', 'href="#number-'))
        if card.parent:
            card.parent = replace(card.parent, address=_renamed(card.parent.address))
        card.answered_by = [replace(one, address=_renamed(one.address)) for one in card.answered_by]


def _renamed(anchor: str) -> str:
    return re.sub(r"^(#?)comment-", r"\1number-", anchor)


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
            stands_below = order != "time" and answering and answering.parent_id == row.target_id
            if not stands_below:
                answers[row.target_id][row.answering_number] = AnsweredBy(
                    row.answering_number,
                    f"#{answering.anchor}"
                    if answering
                    else reverse("comment", args=[row.answering_id]),
                )
        if answering and row.is_link:
            card = cards[row.answering_id]
            if not row.target_in_sight:
                _unlink(card, row, article)
                continue
            if not target and row.target_article_id == article.pk:
                _lead_to_permalink(card, row)
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


def _lead_to_permalink(card: Card, row: _Answer) -> None:
    """The comment is on another page of the discussion."""
    there = reverse("comment", args=[row.target_id])
    card.html = mark_safe(
        card.html.replace(f'href="#comment-{row.target_number}"', f'href="{there}"')
    )


def _unlink(card: Card, row: _Answer, article: Article) -> None:
    """A link to a comment that is out of sight would tell whose it was; the words stay."""
    is_here = row.target_article_id == article.pk
    address = (
        f"#comment-{row.target_number}" if is_here else reverse("comment", args=[row.target_id])
    )
    card.html = mark_safe(
        re.sub(
            f'<a class="reply-link" href="{re.escape(address)}">([^<]*)</a>',
            r'<span class="reply-link">\1</span>',
            card.html,
        )
    )
