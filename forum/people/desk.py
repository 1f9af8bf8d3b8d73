"""Pages of the moderation desk on which accounts are merged and taken apart."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from forum.people import flows
from forum.people.claiming import with_what_they_wrote
from forum.people.forms import MergeForm, UndoForm
from forum.people.models import Merge

form_view = require_http_methods(["GET", "HEAD", "POST"])


@form_view
def merge(request):
    """Two accounts, `?ids=1,2`: which of them stays, and why."""
    members = _two(request.GET.get("ids", ""))
    form = MergeForm(request.POST if request.method == "POST" else None, members=members)
    if request.method == "POST" and form.is_valid():
        one, other = members
        kept, gone = (one, other) if form.cleaned_data["kept"] == one.pk else (other, one)
        try:
            flows.merge_members(
                gone=gone, kept=kept, by=request.user, reason=form.cleaned_data["reason"]
            )
        except flows.MergeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The two accounts are one."))
            return redirect("admin:people_merge_changelist")
    context = {
        **admin.site.each_context(request),
        "title": _("Merge two accounts"),
        "form": form,
        "members": members,
    }
    return render(request, "admin/people/merge.html", context)


@form_view
def undo(request, pk):
    """Take two accounts apart that were merged."""
    found = get_object_or_404(Merge.objects.standing().select_related("kept", "gone"), pk=pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            flows.undo_merge(merge=found, by=request.user, **form.cleaned_data)
        except flows.MergeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The accounts are two again."))
            return redirect("admin:people_merge_changelist")
    context = {
        **admin.site.each_context(request),
        "title": _("Take the accounts apart"),
        "form": form,
        "merge": found,
    }
    return render(request, "admin/people/undo.html", context)


def _two(ids: str) -> list[User]:
    keys = {int(one) for one in ids.split(",") if one.isdecimal() and len(one) < 19}
    found = User.objects.filter(pk__in=keys).order_by("date_joined", "pk")
    two = list(with_what_they_wrote(found)[:3])
    if len(two) != 2:
        raise Http404
    return two
