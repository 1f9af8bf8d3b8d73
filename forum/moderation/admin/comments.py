from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from forum.comments import reply_links
from forum.comments.models import Comment
from forum.markup import excerpt
from forum.moderation.admin.desk import DeskAdmin, to_act
from forum.moderation.admin.members import members_called


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("shown", _("Shown")),
            ("held", _("Held")),
            ("hidden", _("Hidden")),
            ("withdrawn", _("Withdrawn")),
            ("edited", _("Edited")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "shown":
            return queryset.visible()
        if self.value() in ("held", "hidden", "withdrawn", "edited"):
            return queryset.filter(**{f"{self.value()}_at__isnull": False})
        return queryset


@admin.register(Comment)
class CommentDesk(DeskAdmin):
    category_moderators_may = frozenset({"view"})
    list_display = ["what", "author", "where", "posted_at", "state"]
    list_display_links = ["what"]
    list_filter = [StateFilter, ("posted_at", admin.DateFieldListFilter)]
    list_select_related = ["author", "article"]
    search_fields = ["text"]
    search_help_text = _("Words of the text, or @name for all by one member.")
    ordering = ["-posted_at", "-pk"]
    sortable_by = []
    actions = [
        *("hide", "restore", "ban_authors", "move", "split"),
        *("hide_branch", "restore_branch", "lock_branch", "unlock_branch"),
    ]
    fields = [
        "author",
        "where",
        "number",
        "answers",
        "rendered",
        "text",
        "posted_at",
        "edited_at",
        "state",
        "caught",
        "acts",
    ]
    readonly_fields = fields  # type: ignore[assignment]

    def get_queryset(self, request):
        theirs = super().get_queryset(request).moderated_by(request.user)
        return theirs.order_by("-posted_at", "-pk")

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not request.user.is_staff:
            actions.pop("ban_authors", None)
        return actions

    def get_ordering(self, request):
        return self.ordering

    def get_search_results(self, request, queryset, search_term):
        """By words of the text (trigram index), or by author where the term starts with @."""
        term = search_term.strip()
        if term.startswith("@"):
            return queryset.filter(author__in=members_called(term[1:])), False
        words = Q()
        for word in term.split():
            words &= Q(text__icontains=word)
        return queryset.filter(words), False

    @admin.display(description=_("comment"))
    def what(self, comment):
        return f"#{comment.number} {excerpt(comment.html, 120)}"

    @admin.display(description=_("article"))
    def where(self, comment):
        return format_html(
            '<a href="{}">{}</a>', comment.get_absolute_url(), comment.article.headline
        )

    @admin.display(description=_("answers"))
    def answers(self, comment):
        if comment.parent is None:
            return "-"
        here = reverse("admin:comments_comment_change", args=[comment.parent_id])
        said = excerpt(comment.parent.html, 120)
        return format_html('<a href="{}">#{}</a> {}', here, comment.parent.number, said)

    @admin.display(description=_("as shown"))
    def rendered(self, comment):
        return reply_links.leading_to(comment.html, article=comment.article)

    @admin.display(description=_("state"))
    def state(self, comment):
        if comment.withdrawn_at:
            return _("withdrawn")
        if comment.hidden_at:
            return format_html("{}: {}", _("hidden"), comment.hidden_reason)
        if comment.held_at:
            return format_html("{}: {}", _("held"), comment.held_reason)
        return _("shown")

    @admin.display(description=_("why it was held"))
    def caught(self, comment):
        """Each rule that caught it, with what it found and when."""
        found = comment.findings.order_by("-found_at")
        rows = [
            (one, one.found_at, _("settled") if one.settled_at else _("waits")) for one in found
        ]
        return format_html_join(mark_safe("<br>"), "<bdi>{}</bdi> ({}, {})", rows) or "-"

    @admin.display(description=_("act"))
    def acts(self, comment):
        here = reverse("admin:comments_comment_change", args=[comment.pk])
        out = comment.hidden_at or comment.held_at
        verb, label = ("restore", _("Restore")) if out else ("hide", _("Hide"))
        query = urlencode({"ids": comment.pk, "next": here})
        ban = urlencode({"ids": comment.author_id, "next": here})
        return format_html(
            '<a href="{}?{}">{}</a> · <a href="{}?{}">{}</a>',
            reverse("admin:act", args=[verb]),
            query,
            label,
            reverse("admin:act", args=["ban"]),
            ban,
            _("Ban the author"),
        )

    @admin.action(description=_("Hide, with a reason"))
    def hide(self, request, queryset):
        return to_act(request, "hide", queryset)

    @admin.action(description=_("Restore"))
    def restore(self, request, queryset):
        return to_act(request, "restore", queryset)

    @admin.action(description=_("Move below a comment or to an article"))
    def move(self, request, queryset):
        return to_act(request, "move", queryset)

    @admin.action(description=_("Make threads of their own"))
    def split(self, request, queryset):
        return to_act(request, "split", queryset)

    @admin.action(description=_("Hide with all below, with a reason"))
    def hide_branch(self, request, queryset):
        return to_act(request, "hide_branch", queryset)

    @admin.action(description=_("Restore what was hidden with it"))
    def restore_branch(self, request, queryset):
        return to_act(request, "restore_branch", queryset)

    @admin.action(description=_("Close the branch, with a reason"))
    def lock_branch(self, request, queryset):
        return to_act(request, "lock_branch", queryset)

    @admin.action(description=_("Open the branch again"))
    def unlock_branch(self, request, queryset):
        return to_act(request, "unlock_branch", queryset)

    @admin.action(description=_("Ban the authors"))
    def ban_authors(self, request, queryset):
        chosen = queryset.order_by("pk").values("author")[:500]
        return to_act(
            request, "ban", queryset.model.author.field.related_model.objects.filter(pk__in=chosen)
        )
