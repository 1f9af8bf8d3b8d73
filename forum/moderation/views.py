"""One page for every act of a moderator: what it concerns, why, and done."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, CommentRevision
from forum.moderation import flows
from forum.moderation.forms import BanForm, HideForm, NoteForm, ReasonForm

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Act:
    """A verb as the page offers it: `flow` takes `argument` and what the form says."""

    title: Promise
    model: type[Model]
    argument: str
    flow: Callable[..., bool]
    form: type[forms.Form]


ACTS = {
    "hide": Act(gettext_lazy("Hide"), Comment, "comment", flows.hide, HideForm),
    "restore": Act(gettext_lazy("Restore"), Comment, "comment", flows.restore, NoteForm),
    "redact": Act(
        gettext_lazy("Take out the words"), CommentRevision, "revision", flows.redact, ReasonForm
    ),
    "lock": Act(gettext_lazy("Lock the discussion"), Article, "article", flows.lock, ReasonForm),
    "unlock": Act(
        gettext_lazy("Unlock the discussion"), Article, "article", flows.unlock, NoteForm
    ),
    "ban": Act(gettext_lazy("Ban"), User, "member", flows.ban, BanForm),
    "unban": Act(gettext_lazy("Lift the ban"), User, "member", flows.unban, NoteForm),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request, verb):
    """Asks for the reason, then acts on each of `?ids=1,2,3`, one transaction for each."""
    if verb not in ACTS:
        raise Http404
    what = ACTS[verb]
    rows = _rows(what, request.GET.get("ids", ""))
    if not rows:
        raise Http404
    form = what.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = [
                what.flow(**{what.argument: row}, by=request.user, **form.cleaned_data)
                for row in rows
            ]
        except flows.ModerationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, sum(done), len(done))
            return redirect(_way_back(request, what))
    context = {
        **admin.site.each_context(request),
        "title": what.title,
        "form": form,
        "rows": rows,
        "kind": what.argument,
        "way_back": _way_back(request, what),
    }
    return render(request, "admin/moderation/act.html", context)


def _rows(what: Act, ids: str) -> list[Model]:
    keys = [int(one) for one in ids.split(",") if one.isdecimal() and len(one) < 19]
    related = {
        Comment: ["author", "article"],
        CommentRevision: ["comment__author", "comment__article"],
        Article: ["author"],
        User: [],
    }[what.model]
    rows = what.model._default_manager.filter(pk__in=keys[:MOST_AT_ONCE])
    return list(rows.select_related(*related).order_by("pk"))


def _tell(request, done: int, asked: int) -> None:
    if done:
        messages.success(request, ngettext("%d done.", "%d done.", done) % done)
    if done < asked:
        before = asked - done
        messages.info(
            request,
            ngettext("%d was so already.", "%d were so already.", before) % before,
        )


def _way_back(request, what: Act) -> str:
    """Where the moderator came from, if that is a page of this site."""
    came_from = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return came_from
    listed = Comment if what.model is CommentRevision else what.model
    return reverse(f"admin:{listed._meta.label_lower.replace('.', '_')}_changelist")
