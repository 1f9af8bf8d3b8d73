from django import forms
from django.utils.translation import gettext_lazy as _

from forum.flags.models import Reason


class FlagForm(forms.Form):
    """Why a member flags a comment; what goes together is for the flow to say."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"), choices=Reason, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Needed for something else; for the others it helps. Only moderators read it."),
    )
