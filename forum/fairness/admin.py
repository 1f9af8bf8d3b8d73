from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from forum.fairness import flows
from forum.fairness.models import Note
from forum.moderation.admin.desk import DeskAdmin


@admin.register(Note)
class NoteDesk(DeskAdmin):
    """What moderators keep in mind about members: written once, changed by nobody."""

    moderators_may = frozenset({"view", "add"})
    list_display = ["member", "text", "by", "written_at"]
    list_select_related = ["member", "by"]
    ordering = ["-written_at", "-pk"]
    sortable_by = []
    search_fields = ["member__display_name"]
    search_help_text = _("The name of a member.")
    fields = ["member", "text"]
    readonly_fields = ["by", "written_at"]
    raw_id_fields = ["member"]

    def has_add_permission(self, request):
        return request.user.has_perm("fairness.add_note")

    def get_fields(self, request, obj=None):
        return [*self.fields, *(self.readonly_fields if obj else [])]

    def save_model(self, request, obj, form, change):
        obj.pk = flows.write_note(member=obj.member, by=request.user, text=obj.text).pk
