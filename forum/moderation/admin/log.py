from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from forum.moderation.admin.desk import DeskAdmin
from forum.moderation.models import LogEntry


@admin.register(LogEntry)
class LogDesk(DeskAdmin):
    """Every act of a moderator, newest first; nobody can change it."""

    category_moderators_may = frozenset({"view"})
    list_display = ["at", "moderator", "verb", "concerns", "reason", "until"]
    list_display_links = None
    list_filter = ["verb", ("at", admin.DateFieldListFilter)]
    list_select_related = ["moderator", "member", "article", "into", "comment"]
    ordering = ["-at", "-pk"]
    sortable_by = []
    actions = None

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .visible_to(request.user)
            .defer(
                *("comment__text", "comment__html"),
                *("article__text", "article__html", "into__text", "into__html"),
            )
        )

    def get_fields(self, request, obj=None):
        """Without the article into which a discussion went, where that is not out."""
        fields = super().get_fields(request, obj)
        if obj and obj.into and obj.into.is_published:
            return fields
        return [name for name in fields if name != "into"]

    @admin.display(description=_("concerns"))
    def concerns(self, entry):
        if entry.comment:
            return format_html(
                '<a href="{}">#{}</a> {}',
                entry.comment.get_absolute_url(),
                entry.comment.number,
                entry.member or "",
            )
        if entry.article:
            one = _link(entry.article)
            into = entry.into
            return format_html("{} → {}", one, _link(into)) if into and into.is_published else one
        return str(entry.member)


def _link(article):
    return format_html('<a href="{}">{}</a>', article.get_absolute_url(), article)
