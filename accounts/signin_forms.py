"""allauth's forms in this site's words. What they check and do is allauth's alone."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

from accounts.forms import GOOD_PASSWORD, without_placeholders

LABELS = {
    "code": _("Code"),
    "email": _("E-mail address"),
    "name": _("What you call it"),
    "oldpassword": _("Your password now"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password again"),
    "passwordless": _("Sign in with it alone, without a password"),
}
CODE = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


class InOurWords:
    """A form of allauth's with labels of the site's, and beside each field what helps with it."""

    help_texts: dict[str, object] = {"password1": GOOD_PASSWORD}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = self.help_texts.get(name, field.help_text)
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= CODE


class AddEmailForm(InOurWords, account.AddEmailForm):
    pass


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    help_texts = {"oldpassword": "", "password1": GOOD_PASSWORD}


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(InOurWords, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):
    help_texts = {"password": ""}


class RequestLoginCodeForm(InOurWords, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(InOurWords, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailCodeForm(InOurWords, account.ConfirmEmailVerificationCodeForm):
    pass


class _AskingForCode(InOurWords):
    """Of what the member has a code is said: with passkeys alone there is no app."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = (
            _("From your authenticator app, or one of your recovery codes.")
            if is_mfa_enabled(self.user, [Authenticator.Type.TOTP])
            else _("One of your recovery codes.")
        )


class AuthenticateForm(_AskingForCode, mfa.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(_AskingForCode, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(InOurWords, totp.ActivateTOTPForm):
    help_texts = {"code": _("The six digits that the app shows now.")}


class AddPasskeyForm(InOurWords, webauthn.AddWebAuthnForm):
    help_texts = {
        "name": _("So that you know it again: “phone”, “key on my ring”."),
        "passwordless": _("Your device then asks for its PIN, finger or face."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "passwordless" in self.fields:
            self.fields["passwordless"].initial = True


class SignUpPasskeyForm(InOurWords, webauthn.SignupWebAuthnForm):
    help_texts = {"name": AddPasskeyForm.help_texts["name"]}


class EditPasskeyForm(InOurWords, webauthn.EditWebAuthnForm):
    pass
