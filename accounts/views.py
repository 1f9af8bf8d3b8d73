from urllib.parse import urlsplit

from allauth.account import views as allauth_views
from allauth.decorators import rate_limit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import avatars, flows, kept_text, sign_in_methods
from accounts.forms import AvatarForm, ProfileForm, trouble_with_login_name
from accounts.gates import members_only
from accounts.second_factor import has_one, is_asked_of
from forum.uploads import PictureRefused


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def profile(request):
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, _("Saved."))
        return redirect("account_profile")
    return _profile(request, form, AvatarForm())


@require_POST
@members_only
def avatar(request):
    """Take the picture that was sent, or with `remove` away the one there is."""
    if "remove" in request.POST:
        flows.remove_avatar(member=request.user)
        return redirect("account_profile")
    form = AvatarForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            flows.change_avatar(member=request.user, upload=form.cleaned_data["avatar"])
        except PictureRefused as refusal:
            form.add_error("avatar", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("account_profile")
    return _profile(request, ProfileForm(instance=request.user), form)


def _profile(request, form, avatar_form):
    if form.errors:
        request.user.refresh_from_db()
    picture = avatars.large(request.user.display_name, request.user.avatar)
    context = {"form": form, "avatar_form": avatar_form, "avatar": picture}
    return render(request, "accounts/profile.html", context)


@require_safe
@members_only
def security(request):
    """How the member signs in, and where each of it is changed."""
    return render(request, "accounts/security.html", {"methods": sign_in_methods.of(request.user)})


@require_POST
@members_only
def end_session(request, pk):
    """Sign out somewhere else; where that is over already, it stays so."""
    for found in UserSession.objects.filter(pk=pk, user=request.user):
        found.end()
    messages.success(request, _("You are signed out there."))
    return redirect("usersessions_list")


@require_safe
@members_only
def second_factor(request):
    """For those who must have a second factor and have none yet."""
    if not is_asked_of(request.user) or has_one(request.user):
        return redirect("account_security")
    return render(request, "accounts/second_factor.html")


def confirm_email(request, key):
    """What a link in a mail opens. Where the site has taken to codes since, it is too old."""
    if settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED:
        return render(request, "account/email_confirm.html")
    return allauth_views.confirm_email(request, key=key)


class EmailAddresses(allauth_views.EmailView):
    """allauth's page of a member's addresses; it offers what there is to do with them."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        addresses = context["emailaddresses"]
        return context | {
            "has_several": len(addresses) > 1,
            "has_unconfirmed": not all(address.verified for address in addresses),
        }


@require_safe
@rate_limit(action="login_name", limit_get=True)
def login_name(request):
    """Whether a login name can be had, for the sign-up page while somebody types."""
    return JsonResponse({"trouble": trouble_with_login_name(request.GET.get("username", ""))})


@requires_csrf_token
def stale_form(request, reason=""):
    """A form that was sent after its session ended: its words, and a way to send them again.

    Words that another site sent are not shown: that is what the check is there to stop.
    """
    came_from = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return render(request, "403.html", {"exception": ""}, status=403)
    context = {"fields": kept_text.fields_of(request), "here": request.get_full_path()}
    return render(request, "accounts/stale_form.html", context, status=403)


def not_found(request, exception):
    """404, with the words of a form whose page is gone meanwhile."""
    fields = kept_text.fields_of(request) if request.method == "POST" else {}
    return render(request, "404.html", {"fields": fields}, status=404)
