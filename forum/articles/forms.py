from typing import cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from forum.articles.covers import PictureRefused
from forum.articles.flows import ArticleChanged, ArticleRefused, Piece
from forum.articles.models import Article
from forum.markup import MarkupRefused
from forum.tags.flows import clean_tag_names
from forum.tags.models import Category

MOST_TAGS = 12
LONGEST_ARTICLE = 200_000  # characters, some 35,000 words
# What the flows may say of a piece, and the field it is said at.
REFUSALS = {
    PictureRefused: "cover",
    MarkupRefused: "text",
    ArticleRefused: "cover_alt",
    ArticleChanged: None,
}


class ArticleForm(forms.ModelForm):
    """What an author writes; `piece()` is it in the shape that the flows take.

    `began_from` is the revision that was before the writer, `write_key` names this form, so that
    it is saved once however often it is sent.
    """

    began_from = forms.IntegerField(required=False, widget=forms.HiddenInput)
    write_key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_ARTICLE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "dir": "auto"}),
        help_text=_(
            "Markdown: *emphasis*, **strong**, > quotation, ## subheading, [words](address)."
        ),
    )
    tag_names = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=800,
        help_text=_("Free words, with commas between them."),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cover = forms.FileField(
        label=_("Cover picture"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG, WebP, GIF or AVIF, up to 10 MB."),
    )

    class Meta:
        model = Article
        fields = [
            "headline",
            "standfirst",
            "text",
            "categories",
            "tag_names",
            "cover",
            "cover_alt",
            "cover_caption",
            "slug",
            "began_from",
            "write_key",
        ]
        widgets = {"standfirst": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "standfirst": _("One or two sentences that say why to read on."),
            "slug": _("The last part of the address. Empty: made from the headline."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        if self.instance.pk:
            tags = self.instance.tags.values_list("name", flat=True)
            newest = self.instance.revisions.newest()
            self.initial.setdefault("tag_names", ", ".join(tags))
            self.initial.setdefault("began_from", newest and newest.pk)

    def clean_text(self):
        return self.cleaned_data["text"].replace("\r\n", "\n").rstrip()

    def clean_tag_names(self):
        names = clean_tag_names(self.cleaned_data["tag_names"].split(","))
        if len(names) > MOST_TAGS:
            raise forms.ValidationError(
                _("These are %(count)d tags: an article can have %(limit)d."),
                params={"count": len(names), "limit": MOST_TAGS},
            )
        return names

    def refuse(self, refusal: Exception):
        """Say beside the field why the piece is not taken, one of REFUSALS. The next try goes on
        from what is saved now."""
        self.add_error(REFUSALS[type(refusal)], str(refusal))
        if isinstance(refusal, ArticleChanged):
            sent = cast(QueryDict, self.data).copy()
            sent[self.add_prefix("began_from")] = str(refusal.newest.pk)
            self.data = sent

    def _post_clean(self):
        """The flows write the article; the form only reads the words."""

    def piece(self) -> Piece:
        words = self.cleaned_data
        return Piece(
            headline=words["headline"],
            text=words["text"],
            standfirst=words["standfirst"],
            slug=words["slug"],
            markup=self.instance.markup,
            categories=list(words["categories"]),
            tag_names=words["tag_names"],
            cover=words["cover"] if words["cover"] is False else self.files.get("cover"),
            cover_alt=words["cover_alt"],
            cover_caption=words["cover_caption"],
        )


class PublishForm(forms.Form):
    at = forms.DateTimeField(
        label=_("Publish at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now. A time to come: the article appears then by itself."),
    )
