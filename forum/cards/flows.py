"""What happens to link cards."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from forum.cards.models import LinkCard
from forum.cards.words import words_of
from forum.fetching import NotFetched, Reach, fetch_page


def cards_for(*, urls: Sequence[str]) -> list[LinkCard]:
    """A card for each address, new ones without words yet; two queries."""
    LinkCard.objects.bulk_create(
        [LinkCard(url=url, site=_site(url)) for url in urls], ignore_conflicts=True
    )
    return list(LinkCard.objects.filter(url__in=urls))


def fetch_card(*, card: LinkCard, reach: Reach | None = None) -> LinkCard:
    """The card with the words of its page; one whose words are fresh stays as it is, and so does
    one whose page cannot be had any more.

    Must not run in a transaction: it may take seconds. That it failed is noted, with when; raises
    NotFetched where the card has no words yet and another try may succeed.
    """
    if card.is_fresh:
        return card
    try:
        page = fetch_page(card.url, agent=_agent(), reach=reach or Reach())
    except NotFetched as refusal:
        LinkCard.objects.filter(pk=card.pk).update(failed_at=timezone.now())
        if refusal.is_passing and card.fetched_at is None:
            raise
        return LinkCard.objects.get(pk=card.pk)
    words = words_of(page.html)
    # A page that says nothing of itself any more has said something before.
    said = words if words.title or not card.title else card
    LinkCard.objects.filter(pk=card.pk, fetched_at=card.fetched_at).update(
        title=said.title,
        description=said.description,
        fetched_at=timezone.now(),
        failed_at=None,
    )
    return LinkCard.objects.get(pk=card.pk)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")[:253]


def _agent() -> str:
    return f"{settings.SITE_NAME} (link cards; {settings.SITE_URL})".encode(
        "ascii", "replace"
    ).decode("ascii")
