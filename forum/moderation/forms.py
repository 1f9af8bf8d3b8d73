from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.moderation.places import NoSuchPlace, find


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


class PlaceForm(ReasonForm):
    """Where something goes; the page gives `rows`, what goes there, and the `moderator`."""

    field_order = ["place", "reason"]
    rows: list[Any] = []
    moderator: User

    def found(self) -> Comment | Article | None:
        """What the words name; None where that is said beside the field."""
        articles = {row.article for row in self.rows if isinstance(row, Comment)}
        here = next(iter(articles)) if len(articles) == 1 else None
        try:
            return find(self.cleaned_data["place"], here=here, moderator=self.moderator)
        except NoSuchPlace as trouble:
            self.add_error("place", str(trouble))
            return None


class MoveForm(PlaceForm):
    """Below which comment, or to which article, comments go."""

    place = forms.CharField(
        label=_("Where to"),
        max_length=500,
        help_text=_(
            "The number of a comment here (#12) or the address of a comment, to hang it below "
            "that; the address of an article, to make it a thread there."
        ),
    )

    def clean(self):
        words = super().clean()
        if "place" not in words:
            return words
        place = self.found()
        return {
            "reason": words.get("reason", ""),
            "parent": place if isinstance(place, Comment) else None,
            "article": place if isinstance(place, Article) else None,
        }


class MergeForm(PlaceForm):
    """Into which article's discussion others go."""

    place = forms.CharField(
        label=_("Where to"),
        max_length=500,
        help_text=_(
            "The address of the article whose discussion takes the comments. They take new "
            "numbers there, and their old addresses lead to them."
        ),
    )

    def clean(self):
        words = super().clean()
        if "place" not in words:
            return words
        place = self.found()
        if isinstance(place, Comment):
            self.add_error("place", gettext("Give the address of an article."))
        return {"reason": words.get("reason", ""), "target": place}
