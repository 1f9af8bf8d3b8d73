from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _


class CommentForm(forms.Form):
    """The words of a comment. What may not be posted is the flow's to say."""

    text = forms.CharField(
        label=_("Your comment"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_(
            "Markdown works. Write @name to answer somebody, or @name#12 for their comment 12."
        ),
        error_messages={"required": _("Write something first.")},
    )
    post_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    # The number of the latest comment when the writer began.
    since = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_text(self):
        return self.cleaned_data["text"].replace("\r\n", "\n").rstrip()

    def clean(self):
        # What the page put there and was damaged on its way must not stop the comment.
        for name in ("post_key", "since"):
            self.errors.pop(name, None)
        return super().clean()

    def take_new_key(self):
        """Let what is posted next from this form be another comment."""
        self.data = self.data.copy()
        self.data["post_key"] = uuid4()
