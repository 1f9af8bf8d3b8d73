"""Anchors that comments had on the site they came from.

`#comment-12` is comment 12. On the site that an article came from it was the comment that had the
key 12 there, and links to that are still about: `forum.comments.discussion.read` gives way to them
where it is asked to.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.safestring import mark_safe

from forum.comments.cards import Card


def make_way(cards: Iterable[Card]) -> None:
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
