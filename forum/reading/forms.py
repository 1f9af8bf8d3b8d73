from django import forms
from django.utils.translation import gettext_lazy as _

from forum.reading import flows


class FollowingForm(forms.Form):
    """What a discussion, or a branch of it, is to a member."""

    ACTS = {"follow": flows.follow, "mute": flows.mute, "neither": flows.stop_following}

    choice = forms.ChoiceField(
        label=_("This discussion"),
        widget=forms.RadioSelect,
        choices=[
            ("follow", _("Follow: it is among my discussions")),
            ("neither", _("Neither: it is among them when I take part")),
            ("mute", _("Mute: nothing in it is new to me")),
        ],
    )

    def act(self):
        """The flow that was chosen."""
        return self.ACTS[self.cleaned_data["choice"]]
