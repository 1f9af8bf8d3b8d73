from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why a moderator acts, in words that the person concerned may read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Shown to the person concerned, and kept in the log."),
    )


class HideForm(ReasonForm):
    is_spam = forms.BooleanField(
        label=_("It is spam"),
        required=False,
        help_text=_("Then what is like it is held from now on, once enough was called so."),
    )


class NoteForm(forms.Form):
    """A word for the log where an act needs no reason."""

    reason = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Kept in the log.")
    )


class BanForm(ReasonForm):
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: for good."),
    )
