"""What is typed into a composer: kept on the server, given back on any screen; and the names that
are offered meanwhile."""

from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import members_only
from forum.comments import flows
from forum.comments.asked import (
    number,
    own_standing_comment,
    readable_article,
    standing_comment,
)
from forum.comments.models import Draft
from forum.comments.names import names as names_for


def waiting(member, article, *, parent=None, comment=None):
    """What the member typed there and did not post; None for nothing."""
    drafts = Draft.objects.of(
        member, article=article, parent=None if comment else parent, comment=comment
    )
    if comment:
        drafts = drafts.exclude(text=comment.text)
    return drafts.first()


def address(article, *, parent=None, comment=None):
    """Where a composer sends what is typed into it."""
    if comment:
        return reverse("edit_draft", args=[comment.pk])
    if parent:
        return reverse("reply_draft", args=[parent.pk])
    return reverse("comment_draft", args=[article.publish_date, article.slug])


@require_POST
@members_only
def of_thread(request, day, slug):
    article = readable_article(request, day, slug)
    return _keep(request, article, back=reverse("comment_post", args=[day, slug]))


@require_POST
@members_only
def of_reply(request, pk):
    parent = standing_comment(request, pk)
    return _keep(request, parent.article, parent=parent, back=reverse("comment_reply", args=[pk]))


@require_POST
@members_only
def of_edit(request, pk):
    comment = own_standing_comment(request, pk)
    return _keep(request, comment.article, comment=comment, back=reverse("comment_edit", args=[pk]))


@require_safe
@members_only
def names(request, day, slug):
    """Whom a script that completes `?typed=` may offer, in a text `before` that comment (for an
    edit) which answers `parent`."""
    article = readable_article(request, day, slug)
    parent = number(request.GET.get("parent"))
    found = names_for(
        article,
        request.GET.get("typed", "").strip(),
        writer=request.user,
        before=number(request.GET.get("before")),
        parent=parent and article.comments.select_related("author").filter(pk=parent).first(),
    )
    return JsonResponse({"names": [asdict(one) for one in found]})


def _keep(request, article, *, back, **place):
    """Keeps the words that were sent, or forgets the draft where there are none."""
    key = None
    with suppress(ValueError):
        key = UUID(request.POST.get("post_key", ""))
    flows.save_draft(
        member=request.user,
        article=article,
        text=request.POST.get("text", "").replace("\r\n", "\n").replace("\0", ""),
        post_key=key,
        **place,
    )
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(back)
