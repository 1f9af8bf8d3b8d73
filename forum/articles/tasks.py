from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.articles import rendering
from forum.cards.flows import fetch_card
from forum.cards.models import LinkCard


@app.task(retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def show_link_card(*, card: int) -> None:
    """Fetch what a link card says, and draw it in the articles that wait for it."""
    fetched = fetch_card(card=LinkCard.objects.get(pk=card))
    if fetched.fetched_at is not None:
        rendering.draw_card(fetched)
