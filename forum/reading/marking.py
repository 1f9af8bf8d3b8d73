"""What is new in a discussion since a member's last visit: the acts of its bar, and the way to the
next new comment."""

import re

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import members_only
from forum.articles.models import Article
from forum.comments import discussion
from forum.comments.models import Comment
from forum.comments.orders import ORDERS
from forum.reading import flows
from forum.reading.models import Visit
from forum.reading.views import number_or_none

# "3-17,19": about as many ranges as a page has comments.
RANGES = re.compile(r"\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?){0,999}", re.ASCII)


@require_POST
@members_only
def seen(request, day, slug):
    """What scripts report while a member reads; answers with nothing."""
    article = _readable(request, day, slug)
    text = request.POST.get("numbers", "")
    if not RANGES.fullmatch(text):
        return HttpResponseBadRequest(_("These are no numbers of comments."))
    pairs = [part.partition("-") for part in text.split(",")]
    numbers = [(int(first), int(last or first)) for first, _dash, last in pairs]
    flows.see(member=request.user, article=article, numbers=numbers)
    return HttpResponse(status=204)


@require_POST
@members_only
def all_read(request, day, slug):
    """Up to the newest comment that the page told of: what came since stays new."""
    article = _readable(request, day, slug)
    until = number_or_none(request.POST.get("until"))
    flows.mark_all_read(member=request.user, article=article, until=until or article.last_number)
    return _answer(request, article)


@require_POST
@members_only
def since(request, day, slug):
    article = _readable(request, day, slug)
    visits = Visit.objects.filter(member=request.user, article=article)
    visit = get_object_or_404(visits, pk=number_or_none(request.POST.get("visit")))
    flows.since_visit(member=request.user, visit=visit)
    return _answer(request, article)


@require_POST
@members_only
def undo(request, day, slug):
    article = _readable(request, day, slug)
    flows.undo(member=request.user, article=article)
    return _answer(request, article)


@require_safe
@members_only
def step(request, day, slug):
    """To the next new comment in an order, `after` a number or `before` one; behind the last comes
    the first again."""
    article = _readable(request, day, slug)
    order = request.GET.get("order")
    order = order if order in ORDERS else "threads"
    numbers = discussion.numbers_in_order(article, order=order)
    if "before" in request.GET:
        numbers.reverse()
    here = number_or_none(request.GET.get("before") or request.GET.get("after"))
    begin = numbers.index(here) + 1 if here in numbers else 0
    standing = flows.visit(member=request.user, article=article)
    is_new = {n for first, last in standing.new for n in range(first, last + 1)}
    found = next((n for n in numbers[begin:] + numbers[:begin] if n in is_new), 0)
    comment = Comment.objects.filter(article=article, number=found).first()
    if comment is None:
        return redirect(f"{article.get_absolute_url()}#discussion")
    return redirect(f"{comment.get_absolute_url()}?order={order}")


def _readable(request, day, slug):
    readable = Article.objects.readable_by(request.user)
    return get_object_or_404(readable, publish_date=day, slug=slug)


def _answer(request, article):
    """The bar as it is now and what is new, for the script that asked; else the page."""
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(f"{article.get_absolute_url()}#discussion")
    standing = flows.visit(member=request.user, article=article)
    bar = render_to_string("reading/_new.html", {"article": article, "standing": standing}, request)
    return JsonResponse({"bar": bar, "marks": standing.data})
