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
    """The card with the words of its page; one that has them already stays as it is.

    Must not run in a transaction: it may take seconds. Raises NotFetched, having noted when, where
    another try may succeed; what never will is noted alone.
    """
    if card.fetched_at is not None:
        return card
    try:
        page = fetch_page(card.url, agent=_agent(), reach=reach or Reach())
    except NotFetched as refusal:
        LinkCard.objects.filter(pk=card.pk).update(failed_at=timezone.now())
        if refusal.is_passing:
            raise
        return LinkCard.objects.get(pk=card.pk)
    words = words_of(page.html)
    LinkCard.objects.filter(pk=card.pk, fetched_at=None).update(
        title=words.title,
        description=words.description,
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
