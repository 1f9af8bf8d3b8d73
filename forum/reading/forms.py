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
            ("mute", _("Mute: it is folded, is not new to me and tells me nothing")),
        ],
    )

    def act(self):
        """The flow that was chosen."""
        return self.ACTS[self.cleaned_data["choice"]]


class PersonFollowingForm(forms.Form):
    """What another member is to a member."""

    ACTS = {
        "follow": flows.follow_person,
        "mute": flows.mute_person,
        "neither": flows.stop_following_person,
    }

    choice = forms.ChoiceField(
        label=_("This member"),
        widget=forms.RadioSelect,
        choices=[
            ("follow", _("Follow: what they say and write is on my page of people I follow")),
            ("neither", _("Neither")),
            ("mute", _("Mute: what they say is folded, is not new to me and tells me nothing")),
        ],
    )

    def act(self):
        """The flow that was chosen."""
        return self.ACTS[self.cleaned_data["choice"]]
