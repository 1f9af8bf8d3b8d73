"""The page for waves of spam: what is sought, what it would hit, and away with it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from forum.comments.models import Comment
from forum.moderation import flows, queues, sweeps, waves
from forum.moderation.admin.members import members_called
from forum.moderation.desk_forms import SOUGHT, SearchForm, SweepForm
from forum.moderation.models import Sweep


@require_http_methods(["GET", "HEAD", "POST"])
def sweep(request):
    """Searches with GET and shows what is found; POST hides what is left marked of it."""
    search = SearchForm(request.GET or None)
    search.moderator = request.user
    form = SweepForm(request.POST if request.method == "POST" else None)
    found, marked = [], None
    if search.is_bound and search.is_valid():
        found = waves.find(_search(search.cleaned_data), request.user)
    if request.method == "POST":
        marked = _marked(request)
        if form.is_valid() and _sweep(request, form, marked, search):
            return redirect("admin:sweep")
        found = found or marked
    context = {
        "tabs": queues.tabs(request.user),
        "search": search,
        "form": form,
        "found": found,
        "most": waves.MOST_FOUND,
        "marked": {comment.pk for comment in found if marked is None or comment in marked},
        "searched": search.is_bound and search.is_valid(),
        "sweeps": sweeps.undoable(by=request.user),
    }
    return render(request, "moderation/sweep.html", context, status=422 if form.errors else 200)


@require_POST
def undo(request, pk):
    """Bring back all of a sweep."""
    try:
        done = sweeps.undo_sweep(sweep=get_object_or_404(Sweep, pk=pk), by=request.user)
    except flows.ModerationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("All of it is undone.") if done else _("It was undone before.")
        messages.success(request, words)
    return redirect("admin:sweep")


def _search(words) -> waves.Search:
    name = words["author"].strip().lstrip("@")
    return waves.Search(
        hours=words["hours"],
        authors=members_called(name) if name else None,
        domain=words["domain"],
        like=words["like"],
        same_as=words.get("same_as"),
    )


def _marked(request) -> list[Comment]:
    keys = [int(key) for key in request.POST.getlist("comments") if key.isdecimal()]
    rows = Comment.objects.moderated_by(request.user).filter(pk__in=keys[: sweeps.MOST])
    return list(rows.select_related("author", "article").newest_first())


def _sweep(request, form, comments, search) -> bool:
    """Whether it is done; else the form says why not."""
    words = form.cleaned_data
    if not comments:
        form.add_error(None, _("Mark the comments to hide."))
        return False
    try:
        made = sweeps.sweep(comments=comments, by=request.user, sought=_sought(search), **words)
    except flows.ModerationRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    if made is None:
        messages.info(request, _("All of it was so already."))
    else:
        hidden = made.entries.filter(verb="hide").count()
        messages.success(
            request, ngettext("%d comment hidden.", "%d comments hidden.", hidden) % hidden
        )
    return True


def _sought(search) -> str:
    """The search in words, for the log."""
    if not (search.is_bound and search.is_valid()):
        return _("Chosen comments")
    said = [
        f"{search.fields[name].label}: {search.cleaned_data[name]}"
        for name in SOUGHT
        if search.cleaned_data.get(name)
    ]
    return " · ".join(said)
