from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.articles import flows
from forum.articles.comparing import Conflict
from forum.articles.forms import REFUSALS, ArticleForm
from forum.articles.models import Article
from forum.moderation.admin.desk import DeskAdmin, to_act


class OutFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("published", _("Published")),
            ("scheduled", _("Scheduled")),
            ("draft", _("Draft")),
            ("submitted", _("Handed in")),
            ("locked", _("Locked")),
        ]

    def queryset(self, request, queryset):
        published = queryset.model.objects.published()
        return {
            "published": queryset.filter(pk__in=published),
            "scheduled": queryset.filter(published_at__isnull=False).exclude(pk__in=published),
            "draft": queryset.filter(published_at__isnull=True),
            "submitted": queryset.filter(submitted_at__isnull=False),
            "locked": queryset.filter(locked_at__isnull=False),
        }.get(self.value(), queryset)


class DeskArticleForm(ArticleForm):
    """The author's form, with whose it is and when it comes out; what the flows would refuse is
    said beside the field."""

    author = forms.ModelChoiceField(
        User.objects.filter(
            Q(is_author=True) | Q(is_contributor=True) | Q(is_editor=True) | Q(is_staff=True)
        ).order_by("display_name"),
        label=_("Author"),
        required=False,
        help_text=_("Empty: you."),
        error_messages={
            "invalid_choice": _("Nobody who may write has this account any more. Choose another.")
        },
    )
    published_at = forms.SplitDateTimeField(
        label=_("Published"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Empty: a draft. In the future: comes out then."),
    )

    # What somebody else saved meanwhile; the page shows it.
    conflict: Conflict | None = None
    # What a flow said when the article was written, because of what happened a moment before.
    refusal: Exception | None = None

    class Media:
        css = {"all": ["css/conflict.css"]}

    class Meta(ArticleForm.Meta):
        fields = [*ArticleForm.Meta.fields, "author", "published_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["author"].disabled = True

    def clean(self):
        words = super().clean()
        if self.errors:
            return words
        if self.refusal:
            self.refuse(self.refusal)
            return words
        try:
            flows.try_article(
                article=self.instance,
                piece=self.piece(),
                published=bool(words["published_at"]),
                began_from=words["began_from"],
            )
        except REFUSALS as refusal:
            self.refuse(refusal)
            if isinstance(refusal, flows.ArticleChanged):
                self.conflict = Conflict(refusal, self)
        return words


@admin.register(Article)
class ArticleDesk(DeskAdmin):
    moderators_may = frozenset({"view", "add", "change"})
    category_moderators_may = frozenset({"view"})
    form = DeskArticleForm
    list_display = ["headline", "author", "published_at", "comment_count", "state"]
    list_filter = [OutFilter, ("published_at", admin.DateFieldListFilter), "categories"]
    list_select_related = ["author"]
    search_fields = ["headline"]
    ordering = ["-pk"]
    sortable_by = []
    actions = ["lock", "unlock", "merge"]
    fields = [*DeskArticleForm.Meta.fields, "state", "discussion"]
    readonly_fields = ["state", "discussion"]
    # For who may read it and no more.
    read = ["headline", "slug", "standfirst", "author", "published_at", *readonly_fields]

    def get_fields(self, request, obj=None):
        return self.fields if self._may_save(request, obj) else self.read

    def get_form(self, request, obj=None, change=False, **kwargs):
        if not self._may_save(request, obj):
            kwargs["form"] = forms.ModelForm
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def _may_save(self, request, obj):
        return obj is None or self.has_change_permission(request, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).moderated_by(request.user).defer("html")

    def has_add_permission(self, request):
        return request.user.has_perm("articles.add_article")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("articles.change_article")

    def changeform_view(self, request, *args, **kwargs):
        """What is refused after the form was found good is said on the form, with all its words."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except REFUSALS as refusal:
            for file in request.FILES.values():
                file.seek(0)
            request.refusal = refusal
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        piece = form.piece()
        if change:
            article = flows.revise_article(article=obj, piece=piece, by=request.user)
        else:
            author = form.cleaned_data["author"] or request.user
            article = flows.create_article(author=author, piece=piece)
        at = form.cleaned_data["published_at"]
        if at is None:
            flows.unpublish_article(article=article)
        else:
            flows.publish_article(article=article, at=at, by=request.user)
        obj.pk = article.pk
        obj.headline = article.headline

    def save_related(self, request, form, formsets, change):
        """The flow has filed the article under its headings."""

    def construct_change_message(self, request, form, formsets, add=False):
        return super().construct_change_message(request, form, formsets or [], add)

    @admin.display(description=_("state"))
    def state(self, article):
        if article.locked_at:
            return format_html("{}: {}", _("locked"), article.lock_reason)
        if article.is_published:
            return _("published")
        return _("scheduled") if article.is_scheduled else _("draft")

    @admin.display(description=_("discussion"))
    def discussion(self, article):
        if not article.pk:
            return "-"
        here = reverse("admin:articles_article_change", args=[article.pk])
        verb, label = ("unlock", _("Unlock")) if article.is_locked else ("lock", _("Lock"))
        query = urlencode({"ids": article.pk, "next": here})
        comments = reverse("admin:comments_comment_changelist")
        return format_html(
            '<a href="{}?article={}">{}</a> · <a href="{}?{}">{}</a>',
            comments,
            article.pk,
            _("Comments"),
            reverse("admin:act", args=[verb]),
            query,
            label,
        )

    @admin.action(description=_("Lock the discussion, with a reason"))
    def lock(self, request, queryset):
        return to_act(request, "lock", queryset)

    @admin.action(description=_("Unlock the discussion"))
    def unlock(self, request, queryset):
        return to_act(request, "unlock", queryset)

    @admin.action(description=_("Merge the discussion into another"))
    def merge(self, request, queryset):
        return to_act(request, "merge", queryset)
