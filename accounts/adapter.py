from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.addresses import client_address
from accounts.login_names import is_reserved, looking_like
from accounts.models import User
from accounts.names import LONGEST_NAME, display_key

# That a code was sent is said by the page on which it is typed.
SAID_BY_THE_PAGE = {
    "account/messages/email_confirmation_sent.txt",
    "account/messages/login_code_sent.txt",
}


class AccountAdapter(DefaultAccountAdapter):
    """allauth as this site uses it: members have a login name and a name that others see."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("Make another address the main one first."),
        "duplicate_email": _("This address is one of yours already."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("This is not your password of now."),
        "incorrect_code": _("This is not the code that we sent."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link was used before, or it is too old."),
        "invalid_password_reset": _("This link was used before, or it is too old."),
        "max_email_addresses": _("You cannot have more than %d addresses."),
        "rate_limited": _("Too many at once. Please wait a minute and try again."),
        "same_as_current": _("This is the address that you have."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes and try again."),
        "unverified_primary_email": _("Confirm this address first."),
        "username_lookalike": _("This looks too much like another login name."),
        "username_password_mismatch": _("The login name or the password is not right."),
        "username_reserved": _("This name would seem to speak for the site."),
        "username_taken": _("Somebody has this login name already. Please choose another."),
    }

    def is_open_for_signup(self, request):
        return settings.SIGN_UP_OPEN

    def get_client_ip(self, request):
        return client_address(request)

    def send_mail(self, template_prefix, email, context):
        """Links in mail lead to SITE_URL, whatever host and port the request was sent to."""
        site = urlsplit(settings.SITE_URL)
        links = {
            name: urlsplit(link)._replace(scheme=site.scheme, netloc=site.netloc).geturl()
            for name, link in context.items()
            if name.endswith("_url")
        }
        super().send_mail(template_prefix, email, context | links)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Nobody is told that their main address is another one where it is the same."""
        changes = context or {}
        if "from_email" in changes and changes["from_email"] == changes["to_email"]:
            return
        super().send_notification_mail(template_prefix, user, context, email)

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        if (
            settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED
            and message_template in SAID_BY_THE_PAGE
            and request.POST.get("action") != "resend"
        ):
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def clean_username(self, username, shallow=False):
        username = super().clean_username(username.casefold(), shallow=shallow)
        if is_reserved(username):
            raise self.validation_error("username_reserved")
        if not shallow and looking_like(User.objects, username).exists():
            raise self.validation_error("username_lookalike")
        return username

    def save_user(self, request, user, form, commit=True):
        user.display_name = form.cleaned_data["display_name"]
        user.display_key = display_key(user.display_name)
        return super().save_user(request, user, form, commit=commit)

    def get_password_change_redirect_url(self, request):
        return reverse("account_security")

    def get_email_verification_redirect_url(self, email_address):
        if self.request.user.is_authenticated and email_address.user.last_login:
            return reverse("account_security")
        return super().get_email_verification_redirect_url(email_address)

    def get_reauthentication_methods(self, user):
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code of your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": words[method["id"]]} for method in methods]


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Accounts elsewhere with which members sign in. Which there are stands in the settings."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "connected_other": _("Another member signs in with this account."),
        "no_password": _("Set a password first: without this account you could not sign in."),
        "no_verified_email": _("Confirm an e-mail address first, so that you can sign in."),
    }

    def list_apps(self, request, provider=None, client_id=None):
        """The keys that the settings have. allauth would ask its table for more, for each list of
        buttons anew; on this site that table stays empty."""
        apps = [
            SocialApp(provider=site, **keys)
            for site, found in settings.SOCIALACCOUNT_PROVIDERS.items()
            for keys in found["APPS"]
        ]
        return [
            app
            for app in apps
            if provider in (None, app.provider, app.provider_id)
            and client_id in (None, app.client_id)
        ]

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        user.display_name = data.get("name") or data.get("username") or ""
        return user

    def save_user(self, request, sociallogin, form=None):
        """The address in the form is the member's. What else the other site told of is not kept,
        and confirms nothing here."""
        if form:
            given = form.cleaned_data["email"].casefold()
            sociallogin.email_addresses = [
                told for told in sociallogin.email_addresses if told.email.casefold() == given
            ]
        return super().save_user(request, sociallogin, form)

    def get_signup_form_initial_data(self, sociallogin):
        """What the other site tells, as a suggestion: no account is made before it is sent."""
        initial = super().get_signup_form_initial_data(sociallogin)
        return initial | {
            "display_name": sociallogin.user.display_name[:LONGEST_NAME],
            "username": initial["username"].casefold(),
        }
