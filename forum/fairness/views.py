"""What the public and the members concerned are told of what moderators do, and their appeals."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import members_only
from forum import pagination
from forum.comments.models import Comment
from forum.fairness import acts, flows, permissions
from forum.fairness.forms import AppealForm
from forum.moderation.models import LogEntry

PER_PAGE = 50
# Of articles, nothing of which is shown in a list of acts.
TEXTS_OF_ARTICLES = (
    *("article__text", "article__html"),
    *("comment__article__text", "comment__article__html"),
)
# Of a member's own comments that wait.
MOST_WAITING = 50


@require_safe
def log(request):
    """What moderators did, newest first, as far as the public is told; what is about an article
    that is not out is not."""
    if not settings.PUBLIC_MODERATION_LOG:
        raise Http404
    out = timezone.now()
    page = pagination.page_or_404(
        LogEntry.objects.filter(verb__in=list(acts.PUBLIC))
        .filter(Q(article=None) | Q(article__published_at__lte=out))
        .filter(Q(comment=None) | Q(comment__article__published_at__lte=out))
        .select_related("moderator", "member", "article", "into", "comment__article")
        .defer("comment__text", "comment__html", "into__text", "into__html", *TEXTS_OF_ARTICLES),
        moment="at",
        before=request.GET.get("before"),
        size=PER_PAGE,
    )
    context = {"page": page, "lines": [acts.told_publicly(entry) for entry in page.rows]}
    return render(request, "fairness/log.html", context)


@require_safe
@members_only
def my_acts(request):
    """What was done to what this member said, and what of it waits."""
    page = pagination.page_or_404(
        _concerning(request.user), moment="at", before=request.GET.get("before"), size=PER_PAGE
    )
    waiting = Comment.objects.filter(
        author=request.user, held_at__isnull=False, withdrawn_at=None, hidden_at=None
    )
    context = {
        "page": page,
        "acts": [_told(request.user, entry) for entry in page.rows],
        "waiting": page.is_first
        and waiting.select_related("article").newest_first()[:MOST_WAITING],
    }
    return render(request, "fairness/my_acts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def my_act(request, pk):
    """One act and its reason; the place to appeal, and what became of it."""
    entry = get_object_or_404(_concerning(request.user), pk=pk)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            flows.appeal(entry=entry, by=request.user, text=form.cleaned_data["text"])
        except flows.AppealRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your appeal is made. You will be told what comes of it."))
            return redirect("my_act", pk=pk)
    told = _told(request.user, entry)
    context = {
        "act": told,
        "in_full": True,
        "form": form,
        "show_form": not told["why_not_appeal"] or form.is_bound,
    }
    return render(request, "fairness/my_act.html", context, status=422 if form.errors else 200)


def _concerning(member):
    return (
        LogEntry.objects.filter(member=member, verb__in=list(acts.TOLD))
        .select_related("comment__article", "article", "member", "appeal")
        .defer("comment__text", *TEXTS_OF_ARTICLES)
    )


def _told(member, entry):
    """An act as its page shows it."""
    return {
        "entry": entry,
        "words": acts.TOLD[entry.verb],
        "appeal": getattr(entry, "appeal", None),
        "why_not_appeal": permissions.why_not_appeal(member, entry),
        "is_in_force": entry.verb in acts.APPEALABLE and acts.is_in_force(entry),
    }
