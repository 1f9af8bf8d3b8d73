"""Back to where a moderator came from: a list, or the place in a discussion where they read."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from forum.comments.models import Comment
from forum.comments.orders import Order, before, in_order
from forum.reading.orders import order_for


def way_back(request: HttpRequest, comment: Comment | None = None) -> str | None:
    """The page of this site that the request names as `next`, None where it names none. Where that
    is the place of `comment`, and nothing of it is shown there any more, it is what stands before
    it in the order in which the moderator reads."""
    came_from = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return None
    if comment is not None and came_from == comment.get_absolute_url():
        return _place_of(request, comment)
    return came_from


def _place_of(request: HttpRequest, comment: Comment) -> str:
    shown = Comment.objects.shown()
    if shown.filter(pk=comment.pk).exists():
        return comment.get_absolute_url()
    # Likes change; the thread before is nearly always the same.
    order: Order = "time" if order_for(request) == "time" else "threads"
    earlier = before(shown.filter(article=comment.article_id), order, comment)
    nearest = in_order(earlier, order).reverse().first()
    if nearest is not None:
        return nearest.get_absolute_url()
    return f"{comment.article.get_absolute_url()}#discussion"
