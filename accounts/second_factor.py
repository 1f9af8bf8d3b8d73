"""Those with power over what others wrote must have a second factor besides their password.

That is the owner, moderators, also those of some categories alone, and editors, who rewrite and
publish what others wrote. Authors and contributors have power over their own words alone.

Where REQUIRE_SECOND_FACTOR is on, such a member without one gets as far as the pages on which it is
set up and no further, through every door at once: they may be signed in already when they are
given their role. Words that they were sending meanwhile wait in their form (accounts/kept_text.py).
"""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import kept_text
from accounts.models import User

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# The names of the pages that stay open: one's own account, and pictures.
OPEN = ("account_", "mfa_", "socialaccount_", "usersessions_", "media")


def is_asked_of(member: User) -> bool:
    """Whether the member must have a second factor here."""
    return settings.REQUIRE_SECOND_FACTOR and (
        member.is_superuser or member.is_moderator or member.is_editor
    )


def has_one(member: User) -> bool:
    """Whether the member signs in with an authenticator app or a passkey; one query."""
    return Authenticator.objects.filter(user=member, type__in=FACTORS).exists()


class SecondFactorGate:
    """Middleware, after that which knows who is signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, arguments, named) -> HttpResponse | None:
        # Readers without a session are not looked up: their pages are kept.
        if not settings.REQUIRE_SECOND_FACTOR or (
            settings.SESSION_COOKIE_NAME not in request.COOKIES
        ):
            return None
        if (request.resolver_match.url_name or "").startswith(OPEN):
            return None
        member = request.user
        if not member.is_authenticated or not is_asked_of(member) or has_one(member):
            return None
        if request.method == "POST":
            kept_text.keep(request)
        return redirect("account_second_factor")


class MFAAdapter(DefaultMFAAdapter):
    """allauth's second factors in this site's words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not right, or it is too old. Please try again."),
        "unverified_email": _(
            "Confirm your e-mail address first, or remove the one that is not confirmed."
        ),
        "cannot_generate_recovery_codes": _(
            "Recovery codes stand in for a second factor: set one up first."
        ),
    }

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": settings.SITE_NAME}

    def generate_authenticator_name(self, user, type):
        others = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        if not others:
            return gettext("My passkey")
        return gettext("My passkey no. %(number)s") % {"number": others + 1}
