"""The order in which somebody reads discussions: what they chose last.

Members keep it with their account, on all their devices; readers in a cookie. Choosing is a plain
link (`?order=likes`), so that it needs no script and can be passed on.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from forum.comments.orders import ORDERS, Order
from forum.reading import cookies

# In the cookies, the preferences and the query.
NAME = "order"


def order_for(request: HttpRequest) -> Order:
    """The order asked for, or else the one chosen before."""
    chosen = request.user.preferences.get(NAME) if request.user.is_authenticated else None
    for wanted in (request.GET.get(NAME), chosen, request.COOKIES.get(NAME)):
        if wanted in ORDERS:
            return wanted
    return "threads"


def remember(request: HttpRequest, response: HttpResponse, order: Order) -> HttpResponse:
    """Keep the order where the reader chose it; one query at most, where a member changes it. A
    page further on only says which order it is of."""
    patch_vary_headers(response, ["Cookie"])
    if request.GET.get(NAME) != order or "start" in request.GET:
        return response
    if request.user.is_authenticated:
        request.user.prefer(NAME, order)
    if request.COOKIES.get(NAME) != order:
        cookies.keep(response, NAME, order)
    return response
