import re
from typing import cast
from uuid import uuid4

from django import forms
from django.core.files.storage import default_storage
from django.core.validators import URLValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import display_key, isolated
from forum.articles.flows import ArticleChanged, ArticleRefused
from forum.articles.models import Article, CommentsFrom, CommentsPolicy, what_a_form_begins_from
from forum.articles.piece import Piece
from forum.articles.uploads import is_there, signed, take_picture, unsigned
from forum.markup import MarkupRefused
from forum.tags.models import Category
from forum.tags.naming import clean_tag_names
from forum.uploads import PictureRefused

MOST_TAGS = 12
LONGEST_ARTICLE = 200_000  # characters, some 35,000 words
LONGEST_ALT = 300
# What the flows may say of a piece.
REFUSALS = (PictureRefused, MarkupRefused, ArticleRefused, ArticleChanged)


class PictureField(forms.FileField):
    """A picture, stored anew as soon as it is found good; cleans to the name it is stored under.

    It counts among those of `sender`, when the form names one.
    """

    default_error_messages = {"empty": _("This file is empty.")}
    sender: User | None = None

    def clean(self, data, initial=None):
        cleaned = super().clean(data, initial)
        if not data:
            return cleaned
        try:
            return take_picture(upload=data, by=self.sender)
        except PictureRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class PictureForm(forms.Form):
    """A picture for the text; `markdown()` is what puts it there."""

    # It stands within the form of the article, which is sent without it.
    use_required_attribute = False

    picture = PictureField(
        label=_("Picture for the text"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    alt = forms.CharField(
        label=_("What it shows"),
        max_length=LONGEST_ALT,
        required=False,
        help_text=_("For readers who do not see it."),
    )
    caption = forms.CharField(label=_("Caption"), max_length=LONGEST_ALT, required=False)

    def __init__(self, *args, sender=None, **kwargs):
        super().__init__(*args, prefix="picture", **kwargs)
        self.fields["picture"].sender = sender

    def markdown(self) -> str:
        words = self.cleaned_data
        alt = re.sub(r"([\\`*_\[\]<>!&])", r"\\\1", " ".join(words["alt"].split()))
        caption = re.sub(r'([\\"&<])', r"\\\1", " ".join(words["caption"].split()))
        title = f' "{caption}"' if caption else ""
        return f"![{alt}]({default_storage.url(words['picture'])}{title})"


class ArticleForm(forms.ModelForm):
    """What an author writes; `piece()` is it in the shape that the flows take.

    `began_from` is the revision that was before the writer, `write_key` names this form, so that
    it is saved once however often it is sent. `kept_cover` names, signed, a picture that was sent
    before with this form, so that it need not be sent again.
    """

    began_from = forms.IntegerField(required=False, widget=forms.HiddenInput)
    write_key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    kept_cover = forms.CharField(required=False, widget=forms.HiddenInput)

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
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Free words, with commas between them. A tag that exists is taken as it is."),
    )
    co_author_names = forms.CharField(
        label=_("Written with"),
        required=False,
        max_length=800,
        help_text=_("Names or login names of other authors, with commas between them."),
    )
    comments_days = forms.IntegerField(
        label=_("Close the comments after"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Days, counted from when the article came out. Empty: never."),
    )
    canonical_url = forms.CharField(
        label=_("First published at"),
        required=False,
        max_length=500,
        validators=[URLValidator(["http", "https"])],
        widget=forms.URLInput,
        help_text=_("The address of the piece where it came out before; search engines go there."),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cover = PictureField(
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
            "co_author_names",
            "cover",
            "cover_alt",
            "cover_caption",
            "slug",
            "canonical_url",
            "comments_policy",
            "comments_days",
            "comments_from_level",
            "comments_pace",
            "began_from",
            "write_key",
            "kept_cover",
        ]
        widgets = {
            "headline": forms.Textarea(attrs={"rows": 1, "dir": "auto"}),
            "standfirst": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
        help_texts = {
            "standfirst": _("One or two sentences that say why to read on."),
            "slug": _("The last part of the address. Empty: made from the headline."),
        }

    def __init__(self, *args, sender=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cover"].sender = sender
        self.fields["slug"].required = False
        self.fields["comments_policy"].required = False
        self.fields["comments_from_level"].required = False
        if self.instance.pk:
            begun = what_a_form_begins_from(self.instance)
            self.initial.setdefault("tag_names", ", ".join(begun["tag_list"]))
            self.initial.setdefault("co_author_names", ", ".join(begun["co_author_list"]))
            self.initial.setdefault("began_from", begun["newest_revision"])

    def clean_headline(self):
        return " ".join(self.cleaned_data["headline"].split())

    def clean_text(self):
        return self.cleaned_data["text"].replace("\r\n", "\n").rstrip()

    def clean_kept_cover(self):
        name = unsigned(self.cleaned_data["kept_cover"])
        if name and not is_there(name):
            self._send_back("kept_cover", "")
            self.add_error("cover", _("The picture you sent is no longer there. Send it again."))
            return ""
        return name

    def clean_tag_names(self):
        names = clean_tag_names(self.cleaned_data["tag_names"].split(","))
        if len(names) > MOST_TAGS:
            raise forms.ValidationError(
                _("These are %(count)d tags: an article can have %(limit)d."),
                params={"count": len(names), "limit": MOST_TAGS},
            )
        return names

    def clean_co_author_names(self):
        """The people named; the article's own author is none of them."""
        found = {}
        for name in filter(None, map(str.strip, self.cleaned_data["co_author_names"].split(","))):
            called = Q(username=name.casefold()) | Q(display_key=display_key(name))
            person = User.objects.filter(called).order_by("pk").first()
            if person is None or not person.may_write:
                raise forms.ValidationError(
                    _("Nobody who writes here is called “%(name)s”."),
                    params={"name": isolated(name)},
                )
            found[person.pk] = person
        found.pop(self.instance.author_id, None)
        return list(found.values())

    def refuse(self, refusal: Exception):
        """Say beside the field why the piece is not taken, one of REFUSALS. The next try goes on
        from what is saved now."""
        field = "text" if isinstance(refusal, MarkupRefused) else getattr(refusal, "field", None)
        self.add_error(field, str(refusal))
        if isinstance(refusal, ArticleChanged):
            self._send_back("began_from", str(refusal.newest.pk))

    @property
    def kept_picture(self) -> str:
        """The address of the picture that was sent with this form before; empty for none."""
        name = unsigned(self["kept_cover"].value() or "")
        return default_storage.url(name) if name else ""

    def clean(self):
        words = super().clean()
        cover = words.get("cover")
        if isinstance(cover, str):
            words["kept_cover"] = cover
            self._send_back("kept_cover", signed(cover))
        elif cover is False:
            words["kept_cover"] = ""
            self._send_back("kept_cover", "")
        return words

    def _post_clean(self):
        """The flows write the article; the form only reads the words."""

    def _send_back(self, name: str, value: str) -> None:
        """Let the form have this value when it is shown again."""
        sent = cast(QueryDict, self.data).copy()
        sent[self.add_prefix(name)] = value
        self.data = sent

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
            co_authors=words["co_author_names"],
            cover=False if words["cover"] is False else words["kept_cover"] or None,
            cover_alt=words["cover_alt"],
            cover_caption=words["cover_caption"],
            canonical_url=words["canonical_url"],
            comments_policy=words["comments_policy"] or CommentsPolicy.OPEN,
            comments_days=words["comments_days"],
            comments_from_level=words["comments_from_level"] or CommentsFrom.ALL,
            comments_pace=words["comments_pace"],
        )


class SubmitForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the editors"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(forms.Form):
    note = forms.CharField(
        label=_("What is to be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PublishForm(forms.Form):
    at = forms.DateTimeField(
        label=_("Publish at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now. A time to come: the article appears then by itself."),
    )
