"""What comes to a discussion while somebody reads it: the stream that says so, and the cards."""

import json
from datetime import timedelta
from functools import partial

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from forum.articles.models import Article
from forum.comments import announcements, kept
from forum.comments.orders import ORDERS
from forum.live.streams import stream

# Seconds. What was changed at a moment is committed a little later.
MARGIN = 30
LONGEST_ABSENCE = 7 * 24 * 3600
MOST_CARDS = 100


@require_GET
def live(request, pk):
    """Announcements of a published discussion, beginning with what came in since comment `after`
    and in the last `age` seconds."""
    article = get_object_or_404(Article.objects.published().only("last_number"), pk=pk)
    after = _number(request.GET.get("after"), article.last_number)
    age = min(_number(request.GET.get("age"), 0), LONGEST_ABSENCE)
    since = timezone.now() - timedelta(seconds=age + MARGIN)
    return stream(
        request,
        announcements.channel(pk),
        missed=partial(announcements.missed, pk, after=after, since=since),
    )


@require_safe
@never_cache
def cards(request, pk):
    """The cards of the comments whose `numbers` are named, each with the one it goes below on the
    page that `order` and `start` name, and how many comments there are by now.

    Six queries at most, two where the page is kept.
    """
    article = get_object_or_404(Article.objects.published().defer("text", "html"), pk=pk)
    named = request.GET.get("numbers", "").split(",")[:MOST_CARDS]
    numbers = {number for text in named if (number := _number(text, 0))}
    order = request.GET.get("order")
    page = kept.read(
        article,
        order=order if order in ORDERS else ORDERS[0],
        start=_number(request.GET.get("start"), 0),
    )
    picked = kept.pick(page, numbers)
    elsewhere = numbers - {card.number for card in picked.cards}
    context = {
        "article": article,
        "cards": picked.cards,
        "shape": json.dumps(picked.shape, separators=(",", ":")),
        "answered": picked.answered,
        "elsewhere": elsewhere
        and article.comments.visible()
        .filter(number__in=elsewhere)
        .in_time_order()
        .only("article", "number"),
    }
    return render(request, "comments/_arrivals.html", context)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
