from copy import copy

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from forum.moderation.admin.desk import OwnersDesk
from forum.tags.flows import CategoryRefused, TagRefused, merge_tags, rename_tag, save_category
from forum.tags.models import Category, Tag
from forum.tags.naming import clean_tag_names


class HeadingDesk(OwnersDesk):
    """What was renamed stays to be read in its history, with the old words."""

    def construct_change_message(self, request, form, formsets, add=False):
        if add:
            return super().construct_change_message(request, form, formsets, add)
        return " ".join(
            _("%(field)s: “%(old)s” became “%(new)s”.")
            % {
                "field": form.fields[name].label,
                "old": force_str(form.initial[name]),
                "new": force_str(form.cleaned_data[name]),
            }
            for name in form.changed_data
        )


class TagForm(forms.ModelForm):
    """Tries the new name and address, so that a refusal stands in the form."""

    def clean(self):
        words = super().clean()
        names = clean_tag_names([words.get("name", "")])
        if not names or not words.get("slug"):
            return words
        words["name"] = names[0]
        try:
            with transaction.atomic():
                rename_tag(tag=self.instance, name=words["name"], slug=words["slug"])
                transaction.set_rollback(True)
        except TagRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return words

    def _post_clean(self):
        """The flow writes the tag; the form only reads the words."""


class CategoryForm(forms.ModelForm):
    """Tries the new address, so that a refusal stands beside it."""

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        try:
            with transaction.atomic():
                save_category(category=copy(self.instance))
                transaction.set_rollback(True)
        except CategoryRefused as refusal:
            self.add_error("slug", str(refusal))


@admin.register(Category)
class CategoryDesk(HeadingDesk):
    form = CategoryForm
    list_display = ["name", "slug", "position"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request, obj, form, change):
        save_category(category=obj)


@admin.register(Tag)
class TagDesk(HeadingDesk):
    form = TagForm
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug"]

    actions = ["merge"]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        words = form.cleaned_data
        rename_tag(tag=obj, name=words["name"], slug=words["slug"])

    @admin.action(
        description=_("Merge into the one with the most articles"), permissions=["change"]
    )
    def merge(self, request, queryset):
        into, *others = queryset.annotate(pieces=Count("articles")).order_by("-pieces", "pk")
        with transaction.atomic():
            merge_tags(tags=others, into=into)
            for one in others:
                words = _("“%(name)s” (/%(slug)s/) was merged into it.")
                self.log_change(request, into, words % {"name": one.name, "slug": one.slug})
        messages.success(request, _("All is filed under “%(name)s” now.") % {"name": into})
