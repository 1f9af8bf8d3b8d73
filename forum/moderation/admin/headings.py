from django.contrib import admin

from forum.moderation.admin.desk import OwnersDesk
from forum.tags.models import Category, Tag


@admin.register(Category)
class CategoryDesk(OwnersDesk):
    list_display = ["name", "slug", "position"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagDesk(OwnersDesk):
    list_display = ["name", "slug"]
    search_fields = ["name_key"]
    fields = ["name", "slug"]

    def has_add_permission(self, request):
        return False
