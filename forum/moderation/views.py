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
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, CommentRevision
from forum.moderation import flows, threads
from forum.moderation.desk import say_done
from forum.moderation.forms import (
    BanForm,
    HideForm,
    MergeForm,
    MoveForm,
    NoteForm,
    ReasonForm,
)
from forum.moderation.returning import way_back

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
    "hold": Act(gettext_lazy("Hold"), Comment, "comment", flows.hold, ReasonForm),
    "restore": Act(gettext_lazy("Restore"), Comment, "comment", flows.restore, NoteForm),
    "redact": Act(
        gettext_lazy("Take out the words"), CommentRevision, "revision", flows.redact, ReasonForm
    ),
    "move": Act(gettext_lazy("Move"), Comment, "comment", threads.move, MoveForm),
    "split": Act(
        gettext_lazy("Make a thread of it"), Comment, "comment", threads.split, ReasonForm
    ),
    "hide_branch": Act(
        gettext_lazy("Hide the branch"), Comment, "comment", threads.hide_branch, ReasonForm
    ),
    "restore_branch": Act(
        gettext_lazy("Restore the branch"), Comment, "comment", threads.restore_branch, NoteForm
    ),
    "lock_branch": Act(
        gettext_lazy("Close the branch"),
        Comment,
        "comment",
        threads.lock_branch,
        ReasonForm,
    ),
    "unlock_branch": Act(
        gettext_lazy("Open the branch again"),
        Comment,
        "comment",
        threads.unlock_branch,
        NoteForm,
    ),
    "merge": Act(
        gettext_lazy("Merge the discussion into another"),
        Article,
        "source",
        threads.merge_discussions,
        MergeForm,
    ),
    "lock": Act(gettext_lazy("Lock the discussion"), Article, "article", flows.lock, ReasonForm),
    "unlock": Act(
        gettext_lazy("Unlock the discussion"), Article, "article", flows.unlock, NoteForm
    ),
    "ban": Act(gettext_lazy("Ban"), User, "member", flows.ban, BanForm),
    "remove_picture": Act(
        gettext_lazy("Take the picture away"), User, "member", flows.remove_picture, ReasonForm
    ),
    "unban": Act(gettext_lazy("Lift the ban"), User, "member", flows.unban, NoteForm),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request, verb):
    """Asks for the reason, then acts on each of `?ids=1,2,3`, one transaction for each."""
    if verb not in ACTS:
        raise Http404
    what = ACTS[verb]
    rows = _rows(what, request.GET.get("ids", ""), request.user)
    if not rows:
        raise Http404
    form = what.form(request.POST if request.method == "POST" else None)
    form.rows, form.moderator = rows, request.user
    if request.method == "POST" and form.is_valid():
        try:
            done = [
                what.flow(**{what.argument: row}, by=request.user, **form.cleaned_data)
                for row in rows
            ]
        except flows.ModerationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, what, rows, done)
            return redirect(_way_back(request, what, rows))
    context = {
        **admin.site.each_context(request),
        "title": what.title,
        "form": form,
        "rows": rows,
        "kind": what.model._meta.model_name,
        "way_back": _way_back(request, what, rows),
    }
    return render(request, "admin/moderation/act.html", context)


def _rows(what: Act, ids: str, moderator: User) -> list[Model]:
    """The rows named, of those that are this moderator's."""
    keys = [int(one) for one in ids.split(",") if one.isdecimal() and len(one) < 19]
    theirs = {
        Comment: Comment.objects.moderated_by(moderator).select_related("author", "article"),
        CommentRevision: CommentRevision.objects.filter(
            comment__in=Comment.objects.moderated_by(moderator)
        ).select_related("comment__author", "comment__article"),
        Article: Article.objects.moderated_by(moderator).select_related("author"),
        User: User.objects.all() if moderator.is_staff else User.objects.none(),
    }[what.model]
    return list(theirs.filter(pk__in=keys[:MOST_AT_ONCE]).order_by("pk"))


def _tell(request, what: Act, rows: list[Model], results: list[bool]) -> None:
    done = sum(results)
    if done and len(rows) == 1 and isinstance(rows[0], Comment):
        say_done(request, what.title, rows[0])
    elif done:
        messages.success(request, ngettext("%d done.", "%d done.", done) % done)
    if before := len(results) - done:
        messages.info(
            request,
            ngettext("%d was so already.", "%d were so already.", before) % before,
        )


def _way_back(request, what: Act, rows: list[Model]) -> str:
    """Where the moderator came from, if that is a page of this site, or else the list."""
    alone = rows[0] if len(rows) == 1 else None
    if back := way_back(request, alone if isinstance(alone, Comment) else None):
        return back
    listed = Comment if what.model is CommentRevision else what.model
    return reverse(f"admin:{listed._meta.label_lower.replace('.', '_')}_changelist")
