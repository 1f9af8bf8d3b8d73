from django.contrib import admin, messages
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from forum.moderation.admin.desk import OwnersDesk
from forum.tags.flows import merge_tags
from forum.tags.models import Category, Tag


@admin.register(Category)
class CategoryDesk(OwnersDesk):
    list_display = ["name", "slug", "position"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagDesk(OwnersDesk):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug"]

    actions = ["merge"]

    def has_add_permission(self, request):
        return False

    @admin.action(
        description=_("Merge into the one with the most articles"), permissions=["change"]
    )
    def merge(self, request, queryset):
        into, *others = queryset.annotate(pieces=Count("articles")).order_by("-pieces", "pk")
        merge_tags(tags=others, into=into)
        messages.success(request, _("All is filed under “%(name)s” now.") % {"name": into})
