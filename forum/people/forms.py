from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import isolated
from forum.moderation.forms import NoteForm, ReasonForm

KEEP, TAKE = "keep", "take"
STAY, GO = "stay", "go"


class ClaimForm(forms.Form):
    """Which name somebody goes by from now on."""

    name = forms.ChoiceField(label=_("Your name"), widget=forms.RadioSelect, initial=KEEP)

    def __init__(self, *args, member, imported, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [
            (KEEP, _("Stay %(name)s") % {"name": isolated(member.display_name)}),
            (TAKE, _("Be %(name)s again") % {"name": isolated(imported.display_name)}),
        ]

    @property
    def takes_name(self):
        return self.cleaned_data["name"] == TAKE


class EraseForm(forms.Form):
    """What stays of an account that is erased."""

    comments = forms.ChoiceField(
        label=_("Your comments"),
        widget=forms.RadioSelect,
        choices=[
            (STAY, _("stay, under “Former member” and a number")),
            (GO, _("go: their words are deleted, and “withdrawn by its author” stands there")),
        ],
    )
    articles = forms.ChoiceField(
        label=_("Your articles"),
        widget=forms.RadioSelect,
        choices=[
            (STAY, _("stay, under “Former member” and a number")),
            (GO, _("go: their words are deleted; those written with others are left to them")),
        ],
    )
    sure = forms.BooleanField(
        label=_("I know that this cannot be undone"),
        error_messages={"required": _("Please confirm that you know it.")},
    )

    def __init__(self, *args, has_articles, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_articles:
            del self.fields["articles"]

    @property
    def choices(self):
        """As `flows.erase_member` takes them."""
        return {
            "keep_comments": self.cleaned_data["comments"] == STAY,
            "keep_articles": self.cleaned_data.get("articles", STAY) == STAY,
        }


class MergeForm(ReasonForm):
    """Which of two accounts stays, and why."""

    kept = forms.TypedChoiceField(
        label=_("The account that stays"), widget=forms.RadioSelect, coerce=int
    )
    field_order = ["kept", "reason"]

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = [
            (member.pk, f"{isolated(member.display_name)} ({member.username})")
            for member in members
        ]


class FactorForm(ReasonForm):
    """Why somebody's second factor is taken away, and a word of care."""

    sure = forms.BooleanField(
        label=_("I have made sure that it is them who asks"),
        help_text=_(
            "By telephone or in person. Who holds their mailbox could have written to you, and "
            "could sign in without the second factor."
        ),
    )

    def clean(self):
        words = super().clean()
        words.pop("sure", None)
        return words


class UndoForm(NoteForm):
    """A word on why two accounts are two again."""
