from allauth.account.forms import LoginForm, SignupForm
from allauth.socialaccount import forms as social
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts import flows
from accounts.models import FormerName, User
from accounts.names import LONGEST_NAME, clean_display_name, display_key


class DisplayNameField(forms.CharField):
    """A name that nobody else has, in the spelling in which it is stored."""

    member: User | None = None

    def __init__(self, **options):
        options.setdefault("label", _("Name"))
        options.setdefault("help_text", _("What others see and call you by. Spaces are fine."))
        super().__init__(max_length=2 * LONGEST_NAME, **options)
        self.widget.attrs["autocomplete"] = "nickname"

    def clean(self, value):
        name = clean_display_name(super().clean(value))
        others = User.objects.filter(display_key=display_key(name))
        # Asked for second: a name that is given up between the two is found here.
        former = FormerName.objects.reserved().filter(key=display_key(name))
        if self.member is not None:
            others, former = others.exclude(pk=self.member.pk), former.exclude(member=self.member)
        if others.exists() or former.exists():
            raise ValidationError(
                _("Somebody has this name already, or one that looks the same."), code="taken"
            )
        return name


WEB_ADDRESS = URLValidator(
    ["http", "https"],
    message=_("This is not an address of a website, such as https://example.org."),
)
# What the validators ask for, said before they do; each of them says what is wrong.
GOOD_PASSWORD = _("At least ten characters, and not one that you use elsewhere: a few words do.")


class _NewMember:
    """What everybody who joins is asked, however they will sign in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        login_name = self.fields["username"]
        login_name.label = _("Login name")
        login_name.help_text = _(
            "For signing in: small letters, digits, hyphens and underscores, at least three."
        )
        login_name.widget.attrs |= {
            "autocapitalize": "none",
            "spellcheck": "false",
            "data-check": reverse_lazy("account_login_name"),
        }
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("Shown to nobody but the owner of the site.")
        if "password1" in self.fields:
            self.fields["password1"].help_text = GOOD_PASSWORD


class SignUpForm(_NewMember, SignupForm):
    display_name = DisplayNameField()
    field_order = ["display_name", "username", "email", "password1"]


class SocialSignUpForm(_NewMember, social.SignupForm):
    """For those who sign in with an account elsewhere."""

    display_name = DisplayNameField()
    field_order = ["display_name", "username", "email"]


def trouble_with_login_name(name: str) -> str:
    """What the sign-up form would say of a login name; empty for one that can be had.

    Other fields are not looked at, so nothing is told of any e-mail address.
    """
    form = SignUpForm({"username": name})
    return " ".join(form.errors.get("username", []))


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["login"].label = _("Login name or e-mail address")
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        # The page itself has the link to a new password.
        self.fields["password"].help_text = ""


class ProfileForm(forms.ModelForm):
    """What a member tells of themselves."""

    display_name = DisplayNameField()

    class Meta:
        model = User
        fields = ["display_name", "pronouns", "biography", "website"]
        widgets = {
            "biography": forms.Textarea(attrs={"rows": 4}),
            # Browsers refuse an address without https:// in a field of type url.
            "website": forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
        }
        help_texts = {
            "biography": _("A few plain sentences."),
            "website": _("Such as https://example.org. Everybody sees it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = self.fields["display_name"]
        name.member = self.instance
        name.help_text = f"{name.help_text} {flows.how_often_renamed()}"

    def clean_website(self):
        """An address may be written as browsers show it, without https://."""
        website = self.cleaned_data["website"]
        host = website.partition("/")[0]
        if host and not {":", "@"} & set(host):
            website = f"https://{website}"
        if website:
            WEB_ADDRESS(website)
        return website

    def clean_pronouns(self):
        return " ".join(self.cleaned_data["pronouns"].split())

    def save(self, commit=True):
        """Through the flow; where it refuses, False, and the form says why."""
        member = User.objects.get(pk=self.instance.pk)
        try:
            flows.change_profile(member=member, **self.cleaned_data)
        except flows.RenameRefused as refusal:
            self.add_error("display_name", str(refusal))
            return False
        return True


class AvatarForm(forms.Form):
    """A picture of a member."""

    avatar = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_(
            "JPEG, PNG, WebP, GIF or AVIF, up to 10 MB. The middle is taken as a square, and what "
            "the file says of place and camera is left out."
        ),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty."),
        },
    )


def without_placeholders(form):
    """Labels say what a field is for; allauth's placeholders would say it twice."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
