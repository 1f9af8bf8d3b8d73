"""The moderators' desk: one comment large, what it needs to be decided, and the queue beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from forum.comments.models import Comment
from forum.moderation import claims, deciding, flows, letters, queues, returning, sweeps
from forum.moderation import desk_forms as said
from forum.moderation.forms import ReasonForm
from forum.moderation.models import LogEntry

REFUSED = 422
MOST_SKIPPED = 200


@dataclass(frozen=True)
class Verb:
    """A verb as the desk offers it: the key that calls it, the form it needs, what it does with
    what the form says (False or None: nothing), whether the comment is decided then, and to which
    comments it can be done."""

    name: Promise
    key: str
    act: Callable[[Comment, User, dict[str, Any]], Any]
    form: type[forms.Form] | None = None
    decides: bool = False
    of_the_whole_site: bool = False
    fits: Callable[[Comment], bool] = lambda comment: True


def _ban(comment: Comment, by: User, words: dict[str, Any]):
    if not words.pop("hide_all"):
        return flows.ban(member=comment.author, by=by, **words)
    sweeps.ban_and_hide(member=comment.author, by=by, **words)
    return True


VERBS = {
    "approve": Verb(
        gettext_lazy("Approve"),
        "a",
        lambda comment, by, words: deciding.approve(comment=comment, by=by),
        decides=True,
    ),
    "hide": Verb(
        gettext_lazy("Hide"),
        "h",
        lambda comment, by, words: flows.hide(comment=comment, by=by, **words),
        said.HidingForm,
        decides=True,
        fits=lambda comment: comment.hidden_at is None,
    ),
    "hold": Verb(
        gettext_lazy("Hold"),
        "t",
        lambda comment, by, words: flows.hold(comment=comment, by=by, **words),
        ReasonForm,
        fits=lambda comment: comment.is_visible,
    ),
    "send-back": Verb(
        gettext_lazy("Back to draft"),
        "d",
        lambda comment, by, words: deciding.send_back(comment=comment, by=by, **words),
        said.SendBackForm,
        decides=True,
        fits=lambda comment: comment.hidden_at is None and comment.withdrawn_at is None,
    ),
    "message": Verb(
        gettext_lazy("Message"),
        "m",
        lambda comment, by, words: letters.send_message(
            member=comment.author, by=by, comment=comment, **words
        ),
        said.LetterForm,
    ),
    "warn": Verb(
        gettext_lazy("Warn"),
        "w",
        lambda comment, by, words: letters.warn(
            member=comment.author, by=by, comment=comment, **words
        ),
        said.WarningForm,
    ),
    "hold-all": Verb(
        gettext_lazy("Hold all of theirs"),
        "o",
        lambda comment, by, words: sweeps.hold_all(member=comment.author, by=by, **words),
        ReasonForm,
        of_the_whole_site=True,
    ),
    "ban": Verb(gettext_lazy("Ban"), "b", _ban, said.PeriodForm, of_the_whole_site=True),
    "lock": Verb(
        gettext_lazy("Lock the discussion"),
        "l",
        lambda comment, by, words: flows.lock(article=comment.article, by=by, **words),
        ReasonForm,
        fits=lambda comment: not comment.article.is_locked,
    ),
}


@require_safe
def desk(request, queue="all", pk=None):
    """A queue with the comment asked for, or with the worst that nobody else is looking at; it is
    claimed by being opened. `?verb=` opens what a verb asks for."""
    queue = _queue(queue)
    if pk is not None:
        get_object_or_404(Comment.objects.moderated_by(request.user), pk=pk)
        claims.claim(comment=pk, by=request.user)
    elif queue.waits:
        pk = _next(request, queue)
    else:
        first = queues.page(queue, request.user, None).rows[:1]
        pk = first[0].pk if first else None
    return _show(request, queue, pk, request.GET.get("verb"))


@require_POST
def decide(request, queue, pk, verb):
    """Do one of VERBS, and on to the next, or back to where the moderator came from; or say why
    not, with what was typed."""
    queue, offered = _queue(queue), VERBS.get(verb)
    if offered is None:
        raise Http404
    comment = get_object_or_404(queues.comments_for(request.user), pk=pk)
    form = offered.form(request.POST, auto_id=f"{verb}-%s") if offered.form else None
    if form is not None and not form.is_valid():
        return _show(request, queue, pk, verb, form)
    trouble = _try(comment, offered, form, request.user)
    if trouble and form is not None:
        form.add_error(None, trouble)
        return _show(request, queue, pk, verb, form)
    back = returning.way_back(request, comment)
    if trouble:
        messages.error(request, trouble)
    elif back:
        say_done(request, offered.name, comment)
    elif not offered.decides:
        messages.success(request, _("Done: %(verb)s.") % {"verb": offered.name})
    if back:
        return redirect(back)
    if trouble or not offered.decides:
        return redirect("admin:desk_item", queue.key, pk)
    return redirect("admin:desk", queue.key)


def say_done(request, verb, comment: Comment) -> None:
    """What is said of an act in the discussion, with the way to the desk, where it can be taken
    back."""
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("Done: %(verb)s.") % {"verb": verb},
            reverse("admin:desk_item", args=["all", comment.pk]),
            _("At the desk"),
        ),
    )


@require_POST
def skip(request, queue, pk):
    """Leave a comment to others, or for later."""
    queue = _queue(queue)
    skipped = [*request.session.get("skipped", []), pk]
    request.session["skipped"] = skipped[-MOST_SKIPPED:]
    return redirect("admin:desk", queue.key)


@require_POST
def undo(request, queue, pk):
    """Take one's own decision back, and look at the comment again."""
    entry = get_object_or_404(LogEntry.objects.select_related("article", "member"), pk=pk)
    try:
        done = deciding.undo(entry=entry, by=request.user)
    except flows.ModerationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, _("Taken back."))
        else:
            messages.info(request, _("That is not the last word any more."))
    if entry.comment_id:
        return redirect("admin:desk_item", _queue(queue).key, entry.comment_id)
    return redirect("admin:desk", _queue(queue).key)


def _queue(key: str) -> queues.Queue:
    if key not in queues.QUEUES:
        raise Http404
    return queues.QUEUES[key]


def _next(request, queue: queues.Queue) -> int | None:
    skipped = request.session.get("skipped", [])
    found = claims.claim_next(queue=queue.of(request.user), by=request.user, without=skipped)
    if found is None and skipped:
        # All that is left was skipped: it comes round again.
        del request.session["skipped"]
        return claims.claim_next(queue=queue.of(request.user), by=request.user)
    return found


def _try(comment: Comment, verb: Verb, form: forms.Form | None, by: User) -> str | None:
    """Act; why it could not be done, for the moderator, or None."""
    case = getattr(comment, "case", None)
    if case and case.is_waiting and not claims.claim(comment=comment.pk, by=by):
        return _("Somebody else has decided on this, or is about to. Nothing was done.")
    try:
        done = verb.act(comment, by, form.cleaned_data if form else {})
    except flows.ModerationRefused as refusal:
        return str(refusal)
    return None if done else _("That was so already. Nothing was done.")


def _show(request, queue, pk, verb=None, form=None):
    comment = None
    if pk is not None:
        comment = get_object_or_404(queues.comments_for(request.user), pk=pk)
    page = queues.page(queue, request.user, request.GET.get("after"))
    offers = [
        {
            "slug": slug,
            "verb": offered,
            "form": form if form and slug == verb else _empty(slug, offered),
            "is_open": slug == verb,
        }
        for slug, offered in VERBS.items()
        if (request.user.is_staff or not offered.of_the_whole_site)
        and comment is not None
        # What was typed stays, also where the comment has changed meanwhile.
        and (offered.fits(comment) or (form is not None and slug == verb))
    ]
    decisions = queues.own_decisions(request.user, queue)
    context = {
        "queue": queue,
        "tabs": queues.tabs(request.user),
        "page": page,
        "item": queues.item(comment) if comment else None,
        "offers": offers,
        "decisions": [(entry, deciding.can_undo(entry)) for entry in decisions],
        "sweeps": sweeps.undoable(by=request.user),
        "came_from": returning.way_back(request),
    } | _neighbours(page, pk)
    return render(
        request, "moderation/desk.html", context, status=REFUSED if form is not None else 200
    )


def _empty(slug: str, verb: Verb) -> forms.Form | None:
    return verb.form(auto_id=f"{slug}-%s") if verb.form else None


def _neighbours(page, pk) -> dict[str, int | None]:
    keys = [case.pk for case in page.rows]
    here = keys.index(pk) if pk in keys else -1
    return {
        "after": keys[here + 1] if here + 1 < len(keys) else None,
        "before": keys[here - 1] if here > 0 else None,
    }
