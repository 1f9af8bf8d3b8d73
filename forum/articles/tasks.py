from contextlib import suppress

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.articles import rendering
from forum.articles.models import Article
from forum.cards.flows import fetch_card
from forum.cards.models import LinkCard
from forum.fetching import NotFetched

# Old cards that are looked at again in one go: some 500 a day.
MOST_AT_ONCE = 20


@app.task(retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def show_link_card(*, card: int) -> None:
    """Fetch what a link card says, and draw it in the articles that wait for it."""
    fetched = fetch_card(card=LinkCard.objects.get(pk=card))
    if fetched.fetched_at is not None:
        rendering.draw_card(fetched)


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="look_at_old_link_cards")
def look_at_old_link_cards(timestamp: int) -> None:
    """Look again at some cards that articles show, where that is due, one after the other."""
    shown = Article.link_cards.through.objects.values("linkcard")
    due = LinkCard.objects.filter(pk__in=shown).due(timezone.now())
    for card in due.order_by("fetched_at", "pk")[:MOST_AT_ONCE]:
        with suppress(NotFetched):  # that is noted with the card
            show_link_card(card=card.pk)
