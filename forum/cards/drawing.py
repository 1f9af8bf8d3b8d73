"""Links that stand alone in their paragraph, and cards in their place. Pure but for the rows given.

Works on clean HTML, as reply links do. Only an address that stands as it is becomes a card: where
the author gave the link words of their own, those are what readers should see.
"""

import re
from collections.abc import Mapping
from html import escape, unescape

from django.utils.safestring import SafeString, mark_safe

from forum.cards.models import LinkCard

# A text can have this many cards; further links stay links.
MOST_CARDS = 20
LONGEST_URL = 500
ALONE = re.compile(
    r'<p><a href="(https?://[^"]+)" rel="([^"]*)">(?:https?://|www\.)[^\s<]+</a></p>'
)


def lone_links(html: str) -> list[str]:
    """The addresses of a text that can have cards, each once, in their order."""
    found = dict.fromkeys(unescape(match[1]) for match in ALONE.finditer(html))
    return [url for url in found if len(url) <= LONGEST_URL][:MOST_CARDS]


def draw(html: str, cards: Mapping[str, LinkCard]) -> SafeString:
    """The HTML with a card for each lone link that one is given for, by address."""

    def card_or_link(match: re.Match[str]) -> str:
        card = cards.get(unescape(match[1]))
        return _card(card, rel=match[2]) if card else match[0]

    return mark_safe(ALONE.sub(card_or_link, html) if cards else html)


def _card(card: LinkCard, *, rel: str) -> str:
    """A paragraph like any other where there is no style sheet."""
    about = ""
    if card.description:
        about = f' <span class="link-card-about" dir="auto">{escape(card.description)}</span>'
    return (
        f'<p class="link-card"><a href="{escape(card.url)}" rel="{rel}">'
        f"<bdi>{escape(card.title)}</bdi></a>{about}"
        f' <span class="link-card-site">{escape(card.site)}</span></p>'
    )
