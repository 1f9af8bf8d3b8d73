"""Pages of the moderation desk on which accounts are merged and taken apart, and on which the
owner helps somebody who has lost what they sign in with."""

from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from forum.people import flows
from forum.people.claiming import with_what_they_wrote
from forum.people.forms import FactorForm, MergeForm, UndoForm
from forum.people.models import Merge

form_view = require_http_methods(["GET", "HEAD", "POST"])


def owners_only(view):
    """For the owner; there is no such page for other moderators."""

    @wraps(view)
    def gate(request, *args, **kwargs):
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return gate


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


@form_view
@owners_only
@reauthentication_required
def second_factor(request, pk):
    """Take away the second factor that a member has lost."""
    member = get_object_or_404(User, pk=pk)
    factors = Authenticator.objects.filter(user=member).order_by("type", "pk")
    if not factors:
        messages.info(request, _("They have no second factor."))
        return redirect("admin:accounts_user_change", pk)
    form = FactorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            flows.take_away_second_factor(member=member, by=request.user, **form.cleaned_data)
        except flows.FactorRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("They sign in without a second factor, and were told."))
            return redirect("admin:accounts_user_change", pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Take the second factor away"),
        "form": form,
        "member": member,
        "factors": factors,
    }
    return render(request, "admin/people/second_factor.html", context)


@form_view
@owners_only
def end_session(request, pk, session):
    """Sign a member out in one place; one that is over already is said to be so."""
    member = get_object_or_404(User, pk=pk)
    found = UserSession.objects.filter(pk=session, user=member).first()
    if request.method == "POST" or found is None:
        if found is not None:
            found.end()
        messages.success(request, _("They are signed out there."))
        return redirect("admin:accounts_user_change", pk)
    context = {
        **admin.site.each_context(request),
        "title": _("End this session"),
        "member": member,
        "session": found,
    }
    return render(request, "admin/people/end_session.html", context)


def _two(ids: str) -> list[User]:
    keys = {int(one) for one in ids.split(",") if one.isdecimal() and len(one) < 19}
    found = User.objects.filter(pk__in=keys).order_by("date_joined", "pk")
    two = list(with_what_they_wrote(found)[:3])
    if len(two) != 2:
        raise Http404
    return two
