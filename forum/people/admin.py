"""Accounts as a whole on the moderation desk: who was merged with whom, and who signs in when."""

from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import sessions
from accounts.models import User
from accounts.templatetags.devices import device
from forum.moderation.admin.desk import DeskAdmin
from forum.moderation.admin.members import MemberDesk
from forum.people.models import Merge, SignIn

SIGN_INS_SHOWN = 10
SESSIONS_SHOWN = 20


class AccountFilter(admin.SimpleListFilter):
    title = _("account")
    parameter_name = "account"

    def lookups(self, request, model_admin):
        return [
            ("imported", _("Imported, not claimed")),
            ("merged", _("Merged into another")),
            ("erased", _("Erased")),
            ("closed", _("Closed")),
        ]

    def queryset(self, request, queryset):
        states = {
            "imported": Q(imported_from__isnull=False, email="", is_active=True),
            "merged": Q(merged_into__isnull=False, merged_into__undone_at=None),
            "erased": Q(erasure__isnull=False),
            "closed": Q(is_active=False),
        }
        found = states.get(self.value())
        return queryset.filter(found).distinct() if found else queryset


class WriterFilter(admin.SimpleListFilter):
    title = _("wrote")
    parameter_name = "wrote"

    def lookups(self, request, model_admin):
        return [("comments", _("Comments")), ("nothing", _("Nothing"))]

    def queryset(self, request, queryset):
        if self.value() == "comments":
            return queryset.filter(comments__isnull=False).distinct()
        if self.value() == "nothing":
            return queryset.filter(comments=None, articles=None)
        return queryset


admin.site.unregister(User)


@admin.register(User)
class AccountDesk(MemberDesk):
    """Members, with what becomes of their accounts as a whole."""

    list_filter = [AccountFilter, WriterFilter, *MemberDesk.list_filter]
    actions = [*MemberDesk.actions, "merge_members", "sign_out"]
    fieldsets = [
        *MemberDesk.fieldsets,
        (_("Account"), {"fields": ["merges", "second_factor", "sessions", "sign_ins"]}),
    ]
    readonly_fields = [
        *MemberDesk.readonly_fields,
        *("merges", "second_factor", "sessions", "session_count", "sign_ins"),
    ]

    def get_fieldsets(self, request, obj=None):
        """Where somebody is signed in, and how, is the owner's to see."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        return [
            (heading, options | {"fields": ["merges", "session_count", "sign_ins"]})
            if "sessions" in options["fields"]
            else (heading, options)
            for heading, options in fieldsets
        ]

    @admin.display(description=_("merges"))
    def merges(self, member):
        return merges_of(member)

    @admin.display(description=_("open sessions"))
    def session_count(self, member):
        return len(sessions.open_sessions(member))

    @admin.display(description=_("open sessions"))
    def sessions(self, member):
        return sessions_of(member)

    @admin.display(description=_("second factor"))
    def second_factor(self, member):
        return second_factor_of(member)

    @admin.display(description=_("latest sign-ins"))
    def sign_ins(self, member):
        rows = SignIn.objects.filter(member=member).order_by("-at")[:SIGN_INS_SHOWN]
        lines = [(_moment(row.at), row.how) for row in rows]
        return format_html_join("", "{}, {}<br>", lines) or "-"

    @admin.action(description=_("Merge two accounts"))
    def merge_members(self, request, queryset):
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            messages.error(request, gettext("Mark two accounts to merge them."))
            return None
        return redirect(f"{reverse('members_merge')}?{urlencode({'ids': f'{keys[0]},{keys[1]}'})}")

    @admin.action(description=_("End their sessions"), permissions=["change"])
    def sign_out(self, request, queryset):
        sessions.end_sessions(list(queryset))
        messages.success(request, gettext("They are signed out everywhere."))


def sessions_of(member):
    """Where the member is signed in, each with the way to end it; no network addresses."""
    found = sessions.open_sessions(member)
    lines = [
        (
            device(one.user_agent),
            _moment(one.created_at),
            _moment(one.last_seen_at),
            reverse("members_end_session", args=[member.pk, one.pk]),
            gettext("End this one"),
        )
        for one in found[:SESSIONS_SHOWN]
    ]
    words = gettext("{}: since {}, last used {}")
    shown = format_html_join("", f'{words} · <a href="{{}}">{{}}</a><br>', lines)
    if more := len(found[SESSIONS_SHOWN:]):
        shown += ngettext("and %d more", "and %d more", more) % more
    return shown or "-"


def second_factor_of(member):
    """What the member has besides a password, and the way to take it away."""
    factors = Authenticator.objects.filter(user=member).order_by("type", "pk")
    kinds = [factor.get_type_display() for factor in factors]
    if not kinds:
        return gettext("none")
    return format_html(
        '{} · <a href="{}">{}</a>',
        ", ".join(dict.fromkeys(map(str, kinds))),
        reverse("members_second_factor", args=[member.pk]),
        gettext("Lost: take it away"),
    )


def _moment(at):
    return localize(localtime(at))


def merges_of(member):
    """The merges that an account took part in, each with who it was merged with."""
    rows = Merge.objects.standing().filter(Q(kept=member) | Q(gone=member))
    lines = []
    for row in rows.select_related("kept", "gone").order_by("-at"):
        other = row.gone if row.kept_id == member.pk else row.kept
        lines.append((reverse("admin:accounts_user_change", args=[other.pk]), other))
    return format_html_join("", '<a href="{}">{}</a><br>', lines) or "-"


@admin.register(Merge)
class MergeDesk(DeskAdmin):
    """Which accounts became one, newest first, and the way to take them apart."""

    list_display = ["gone", "kept", "undo", "at", "by", "reason", "is_claim"]
    list_display_links = None
    list_filter = ["is_claim", ("at", admin.DateFieldListFilter)]
    list_select_related = ["gone", "kept", "by"]
    ordering = ["-at", "-pk"]
    sortable_by = []
    actions = None
    fields = ["at", "gone", "kept", "by", "is_claim", "reason", "undone_at", "undone_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("record")

    @admin.display(description=_("undone"))
    def undo(self, merge):
        if merge.undone_at:
            return _moment(merge.undone_at)
        here = reverse("merge_undo", args=[merge.pk])
        return format_html('<a href="{}">{}</a>', here, gettext("Take apart"))
