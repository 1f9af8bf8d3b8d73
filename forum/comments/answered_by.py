"""Which comments answer which: what stands under a card as *Answered by*, and where the reply links
in its text lead from the page that it is on.

A comment answers another by a reply link or by its place below it. One query tells all of this for
a page, whatever the number of comments.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Value
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.safestring import mark_safe

from forum.articles.models import Article
from forum.comments.cards import AnsweredBy, Card, in_sight
from forum.comments.models import Comment, ReplyLink
from forum.comments.orders import Order
from forum.comments.reply_links import leading_to


def link_answers(
    article: Article, cards: Mapping[int, Card], order: Order, *, is_whole: bool
) -> None:
    """Say under each card which comments answer it elsewhere, and mend links that leave the page.

    One query for all that answer the comments of the page or are answered by them.
    """
    on_page = {pk: card.comment for pk, card in cards.items()}
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
    if not is_whole:
        _lead_off_the_page(article, cards)


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


def _answers(on_page: dict[int, Comment], *, is_whole: bool) -> Iterable[_Answer]:
    by_these, to_these = (
        ReplyLink.objects.filter(**{f"{end}__in": _these(on_page)})
        .order_by()
        .values_list(
            "target",
            "target__number",
            in_sight("target__"),
            "target__article",
            "comment",
            "comment__number",
            in_sight("comment__"),
            Value(True),
        )
        for end in ("comment", "target")
    )
    # Asked for either end at once, PostgreSQL reads all links there are.
    links = by_these.union(to_these)
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
                in_sight("parent__"),
                "parent__article",
                "pk",
                "number",
                in_sight(""),
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


def _lead_off_the_page(article: Article, cards: Mapping[int, Card]) -> None:
    """Links that somebody typed by hand to comments of the discussion that are not here."""
    numbers = {card.number for card in cards.values()}
    for card in cards.values():
        card.html = leading_to(card.html, article=article, but=numbers)


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
