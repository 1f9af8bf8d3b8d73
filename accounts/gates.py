"""Who may pass to a view."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render

from accounts import kept_text


def members_only(view):
    """For members; others sign in first. What they sent meanwhile is shown to them and waits."""

    @wraps(view)
    def gate(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        context = {"fields": kept_text.keep(request), "here": request.path}
        return render(request, "accounts/signed_out.html", context, status=403)

    return gate
