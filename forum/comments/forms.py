import time
from uuid import uuid4

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

# A field that people do not see (templates/comments/_trap.html).
TRAP = "subject"
_signer = signing.Signer(salt="composer")


def opened_now() -> str:
    """This moment, signed, for a composer to say when it was opened."""
    return _signer.sign(f"{time.time():.1f}")


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
    opened = forms.CharField(required=False, widget=forms.HiddenInput, initial=opened_now)

    def clean_text(self):
        return self.cleaned_data["text"].replace("\r\n", "\n").rstrip()

    def clean(self):
        # What the page put there and was damaged on its way must not stop the comment.
        for name in ("post_key", "since", "opened"):
            self.errors.pop(name, None)
        return super().clean()

    @property
    def is_trapped(self):
        """Whether a field was filled in that people do not see."""
        return bool(self.data.get(TRAP))

    def seconds_open(self) -> float | None:
        """For how long the composer was open before it was sent; None where it does not say."""
        try:
            opened = float(_signer.unsign(self.cleaned_data.get("opened", "")))
        except (ValueError, signing.BadSignature):
            return None
        return max(0.0, time.time() - opened)

    def take_new_key(self):
        """Let what is posted next from this form be another comment."""
        self.data = self.data.copy()
        self.data["post_key"] = uuid4()
