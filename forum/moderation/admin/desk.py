"""What every list of the desk has in common: it stays fast however long it is.

Django admin counts a list before it shows a page of it, and reads all rows of a related table to
offer them as a filter. At a million comments both take seconds, so lists here count no further
than somebody would leaf, and filters have fixed choices.
"""

from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property

# Rows that can be leafed through; to go further back, filter or search.
FURTHEST = 5000


class BoundedPaginator(Paginator):
    """Counts to FURTHEST and not beyond."""

    @cached_property
    def count(self):
        return self.object_list.order_by().values("pk")[:FURTHEST].count()


class DeskAdmin(admin.ModelAdmin):
    """Read by every moderator, changed by nobody unless a desk says otherwise.

    Django's permissions say who may: `forum.moderation.roles` gives each role's group what the
    desks declare here.
    """

    # What moderators may do with the rows of the list.
    moderators_may = frozenset({"view"})
    # What those may who moderate some categories; `get_queryset` must show them theirs alone.
    category_moderators_may: frozenset[str] = frozenset()
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class OwnersDesk(DeskAdmin):
    """Read by moderators, changed by the owner."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


def to_act(request, verb, queryset):
    """To the page that asks for the reason, and back to the list as it was filtered."""
    ids = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:500])
    query = urlencode({"ids": ids, "next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('admin:act', args=[verb])}?{query}")
