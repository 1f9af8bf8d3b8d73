from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext_lazy as _

from accounts.names import display_key


class AccountAdapter(DefaultAccountAdapter):
    """allauth as this site uses it: members have a login name and a name that others see."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_taken": _("Somebody has this login name already. Please choose another."),
        "username_password_mismatch": _("The login name or the password is not right."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes and try again."),
    }

    def clean_username(self, username, shallow=False):
        return super().clean_username(username.casefold(), shallow=shallow)

    def save_user(self, request, user, form, commit=True):
        user.display_name = form.cleaned_data["display_name"]
        user.display_key = display_key(user.display_name)
        return super().save_user(request, user, form, commit=commit)
