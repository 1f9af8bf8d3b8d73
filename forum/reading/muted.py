"""Pages of what a member mutes: discussions and threads, and members. Each is there to be muted no
more."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import members_only
from accounts.models import User
from forum import pagination
from forum.reading import flows
from forum.reading.own import muted_people, muted_places


@require_safe
@members_only
def places(request):
    """Discussions and threads, what was muted last first."""
    return _page(request, muted_places(request.user), tab="places")


@require_safe
@members_only
def people(request):
    """Members, who was muted last first."""
    return _page(request, muted_people(request.user), tab="people")


@require_POST
@members_only
def unmute_place(request, pk):
    flows.unmute_place(member=request.user, following=pk)
    messages.success(request, _("No longer muted."))
    return redirect("muted")


@require_POST
@members_only
def unmute_person(request, username):
    person = get_object_or_404(User, username=username)
    flows.unmute_person(member=request.user, person=person)
    messages.success(request, _("No longer muted."))
    return redirect("muted_people")


def _page(request, rows, *, tab):
    page = pagination.page_or_404(
        rows,
        moment="muted_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
    return render(request, "reading/muted.html", {"page": page, "tab": tab})
