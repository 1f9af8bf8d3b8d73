from django import forms
from django.utils.translation import gettext_lazy as _

from forum.fairness.flows import LONGEST_APPEAL


class AppealForm(forms.Form):
    """Why a member thinks that an act was wrong."""

    text = forms.CharField(
        label=_("Why this was wrong"),
        max_length=LONGEST_APPEAL,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "You can appeal once. Another moderator than the one who acted reads it and decides, "
            "where there is another."
        ),
    )


class DecisionForm(forms.Form):
    """What became of an appeal, and a word for the member."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("stands", _("It stands")), ("undone", _("Undo it"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=300,
        help_text=_("The member reads it, and it is kept in the log."),
    )
