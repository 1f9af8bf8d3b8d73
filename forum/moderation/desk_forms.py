"""What a moderator says at the desk."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.comments.models import Comment
from forum.moderation import waves
from forum.moderation.forms import HideForm, ReasonForm
from forum.moderation.places import NoSuchPlace, find

# What is said most often, so that it need not be typed; keys 1 to 5 at the desk.
ADVERTISING = _("Advertising.")
REASONS = [
    _("Off topic."),
    _("About the person, not the matter."),
    ADVERTISING,
    _("Against the law."),
    _("Said before."),
]
PERIODS = [
    ("1h", _("An hour"), timedelta(hours=1)),
    ("1d", _("A day"), timedelta(days=1)),
    ("7d", _("A week"), timedelta(days=7)),
    ("30d", _("30 days"), timedelta(days=30)),
    ("", _("For good"), None),
]


class HidingForm(forms.Form):
    """A reason from the list, or in own words, which go before it."""

    canned = forms.ChoiceField(
        label=_("Reason"),
        choices=[(str(n), reason) for n, reason in enumerate(REASONS, 1)],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label=_("Or in your words"),
        max_length=300,
        required=False,
        help_text=_("Shown in its place and to its author."),
    )

    def clean(self):
        words = super().clean()
        canned, own = words.pop("canned", ""), words.get("reason", "")
        if canned and not own:
            words["reason"] = str(REASONS[int(canned) - 1])
            # The classifier of spam learns from it.
            words["is_spam"] = words["reason"] == str(ADVERTISING)
        elif not own:
            self.add_error("reason", _("Choose a reason, or say it in your words."))
        return words


class SendBackForm(forms.Form):
    note = forms.CharField(
        label=_("What should be changed?"),
        max_length=300,
        help_text=_("For its author alone, who gets the text back as a draft."),
    )


class LetterForm(forms.Form):
    text = forms.CharField(
        label=_("Your words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class WarningForm(LetterForm):
    text = forms.CharField(
        label=_("Your words"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("They must say that they have read it before they post again."),
    )


class PeriodForm(ReasonForm):
    """A ban, by its length."""

    period = forms.ChoiceField(
        label=_("For how long"),
        choices=[(key, name) for key, name, _length in PERIODS],
        widget=forms.RadioSelect,
        initial="1d",
        required=False,
    )
    hide_all = forms.BooleanField(
        label=_("Also hide what they wrote"),
        required=False,
        help_text=_("Can be undone by itself for a day."),
    )

    def clean(self):
        words = super().clean()
        lengths = {key: length for key, _name, length in PERIODS}
        length = lengths.get(words.pop("period", ""))
        words["until"] = timezone.now() + length if length else None
        return words


# What narrows a search; one of these at least.
SOUGHT = ("author", "domain", "like", "same_as")


class SearchForm(forms.Form):
    """Which comments a sweep is to hit; the page gives the `moderator`."""

    moderator: User

    author = forms.CharField(label=_("By"), max_length=60, required=False)
    domain = forms.CharField(
        label=_("Links to"), max_length=100, required=False, help_text=_("As in example.org")
    )
    like = forms.CharField(
        label=_("Reads like"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Paste one of them."),
    )
    same_as = forms.CharField(
        label=_("From the same network address as"),
        max_length=500,
        required=False,
        help_text=_("The address of a comment, as its number links to."),
    )
    hours = forms.TypedChoiceField(
        label=_("Posted in the last"),
        coerce=int,
        choices=[(1, _("hour")), (24, _("day")), (24 * 7, _("week")), (24 * 30, _("30 days"))],
        initial=24,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not settings.ADDRESS_HASHES_KEPT_DAYS:
            del self.fields["same_as"]

    def clean_same_as(self):
        words = self.cleaned_data["same_as"]
        if not words:
            return None
        try:
            place = find(words, here=None, moderator=self.moderator)
        except NoSuchPlace as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        if not isinstance(place, Comment):
            raise forms.ValidationError(gettext("Give the address of a comment."))
        if not waves.knows_origin(place):
            raise forms.ValidationError(gettext("It is not known where this comment came from."))
        return place

    def clean_domain(self):
        host = self.cleaned_data["domain"].strip().casefold()
        host = host.partition("://")[2] or host
        return host.partition("/")[0]

    def clean(self):
        words = super().clean()
        if not self.errors and not any(words.get(name) for name in SOUGHT):
            raise forms.ValidationError(
                _("Say what to look for: an author, a link, a text or an address.")
            )
        return words


class SweepForm(HideForm):
    """What is done with what was found; a wave is spam unless the moderator says otherwise."""

    ban = forms.BooleanField(label=_("Also ban their authors, for good"), required=False)

    def get_initial_for_field(self, field, field_name):
        return field_name == "is_spam" or super().get_initial_for_field(field, field_name)
