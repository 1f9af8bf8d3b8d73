"""The comments of a page as bytes, rendered once for everybody who may read them.

What readers have in common is the list of cards. It is kept under the article's version (raised
by the database with every change that can be seen) together with the order, the page and the
language, so what is found is right and nothing is ever purged. The version is read before the
comments are: a change that comes between makes the kept bytes newer than their key says, never
older. What differs from one reader to the next is no part of it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from forum.articles.models import Article
from forum.comments import discussion
from forum.comments.orders import Order
from forum.process_cache import Unchanging
from forum.release import release
from forum.splicing import Block, block

CARDS = "comments/_cards.html"
HOST = "comments/_host.html"
CARD_BEGINS, CARD_ENDS = '<li class="card', "</article></li>"
CARD_NUMBER = re.compile(r'id="comment-(\d+)"')
STARTS_THREAD = " starts-thread"
INDENT = re.compile(r"\A indent-(\d)")
CHIP = re.compile(r'class="chip chip-(\w+)"')
REPLIES = re.compile(r'\A[^>]* data-replies="([^"]*)"')
ANSWERED_BY = re.compile(r'<span class="answered-by">.*?</span>', re.DOTALL)
# A version that is read no more leaves the cache after a day.
KEPT_FOR = 24 * 3600


@dataclass(frozen=True)
class KeptDiscussion(Unchanging):
    """A page of comments, rendered; `start` keys are those of `discussion.Discussion`. `host` is
    the index of what the article's author said."""

    order: Order
    cards: Block
    host: str
    by_host: bool
    is_empty: bool
    next_start: int | None
    previous_start: int | None
    is_first: bool


def read(
    article: Article,
    *,
    order: Order,
    start: int | None = None,
    by_host: bool = False,
    former_anchors: bool = False,
) -> KeptDiscussion:
    """The page of the discussion that begins with comment number `start`, or the first; see
    `discussion.read`.

    No query when it is kept; else those of `discussion.read`.
    """
    key = (
        f"discussion:{article.pk}:{article.version}:{order}:{start or 1}:"
        f"{by_host:d}:{former_anchors:d}:"
        f"{settings.COMMENTS_PER_PAGE}:{get_language()}:{release()}"
    )
    found = cache.get(key)
    if found is None:
        page = discussion.read(
            article, order=order, start=start, by_host=by_host, former_anchors=former_anchors
        )
        found = _render(page, by_host=by_host)
        cache.set(key, found, KEPT_FOR)
    return found


def render_cards(page: discussion.Discussion, *, key: str = "cards") -> SafeString:
    """The list of cards as HTML; `key` is its id, for pages that have several."""
    html = get_template(CARDS, using="jinja2").render({"discussion": page, "key": key})
    return mark_safe(html)  # templates escape


@dataclass(frozen=True)
class PickedCard:
    """A card from a page, with the number of the comment it stands below; None at the top."""

    number: int
    below: int | None
    html: SafeString


@dataclass(frozen=True)
class Picked:
    """Some cards of a page, and what they change in others: by number how far those of their
    threads stand in, to whom their chip is shown and how many replies they have in words; and the
    lines that say which comments answer a card, where the picked ones are among them."""

    cards: list[PickedCard]
    shape: dict[int, tuple[int, str, str]]
    answered: dict[int, SafeString]


def pick(page: KeptDiscussion, numbers: Collection[int]) -> Picked:
    """The cards of these comments, those that stand on the page, in its order. No query."""
    picked = Picked([], {}, {})
    links = [f'href="#comment-{number}"' for number in numbers]
    thread: dict[int, tuple[int, str, str]] = {}
    below, is_touched = None, False
    # What people write has no classes, so this begins cards and nothing else.
    for card in page.cards.plain.decode().split(CARD_BEGINS)[1:]:
        found = CARD_NUMBER.search(card)
        assert found
        number = int(found[1])
        if STARTS_THREAD in card[: found.start()]:
            thread, is_touched = {}, False
        thread[number] = _shape(card)
        if number in numbers:
            inside, end, _rest = card.rpartition(CARD_ENDS)
            html = mark_safe(CARD_BEGINS + inside + end)
            picked.cards.append(PickedCard(number, below, html))
            is_touched = True
        if is_touched:
            picked.shape.update(thread)
        if (line := ANSWERED_BY.search(card)) and any(link in line[0] for link in links):
            picked.answered[number] = mark_safe(line[0])
        below = number
    return picked


def _shape(card: str) -> tuple[int, str, str]:
    indent, chip, replies = (one.search(card) for one in (INDENT, CHIP, REPLIES))
    return (
        int(indent[1]) if indent else 0,
        chip[1] if chip else "",
        unescape(replies[1]) if replies else "",
    )


def _render(page: discussion.Discussion, *, by_host: bool) -> KeptDiscussion:
    return KeptDiscussion(
        order=page.order,
        cards=block(render_cards(page).encode()),
        host=render_to_string(HOST, {"remarks": page.host_remarks}) if page.host_remarks else "",
        by_host=by_host,
        is_empty=not page.cards,
        next_start=page.next_start,
        previous_start=page.previous_start,
        is_first=page.is_first,
    )
