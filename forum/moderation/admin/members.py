from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.forms import DisplayNameField
from accounts.models import User
from accounts.names import display_key
from accounts.roles import Role
from forum.moderation import flows
from forum.moderation.admin.desk import DeskAdmin, to_act
from forum.tags.models import Category

MOST_CALLED = 50

# What moderators need of these stands on the member's page.
for model in (
    *(EmailAddress, EmailConfirmation, Group),
    *(Authenticator, UserSession, SocialAccount, SocialApp, SocialToken),
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def members_called(name: str) -> list[int]:
    """The keys of at most MOST_CALLED members whose name or login name holds `name`."""
    called = Q(display_name__icontains=name) | Q(username__icontains=name)
    exact = User.objects.filter(display_key=display_key(name))
    return [
        *exact.values_list("pk", flat=True),
        *User.objects.filter(called).order_by("pk").values_list("pk", flat=True)[:MOST_CALLED],
    ]


def _day(moment):
    return date_format(localtime(moment), "DATE_FORMAT")


class BanFilter(admin.SimpleListFilter):
    title = _("ban")
    parameter_name = "banned"

    def lookups(self, request, model_admin):
        return [("yes", _("Banned"))]

    def queryset(self, request, queryset):
        return queryset.filter(banned_at__isnull=False) if self.value() else queryset


class MemberForm(forms.ModelForm):
    display_name = DisplayNameField()
    role = forms.ChoiceField(
        label=_("Role"), choices=Role, widget=forms.RadioSelect(attrs={"class": "radiolist"})
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "radiolist"}),
        help_text=_("For a moderator of some categories: which."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "display_name" in self.fields:
            self.fields["display_name"].member = self.instance
            self.initial["role"] = self.instance.role
            self.initial["categories"] = self.instance.moderated_categories

    def clean(self):
        words = super().clean()
        if words.get("role") == Role.CATEGORY_MODERATOR and not words.get("categories"):
            self.add_error("categories", _("Choose the categories that they moderate."))
        return words


class EmailInline(admin.TabularInline):
    model = EmailAddress
    fields = ["email", "verified", "primary"]
    readonly_fields = fields  # type: ignore[assignment]
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(User)
class MemberDesk(DeskAdmin):
    form = MemberForm
    list_display = ["display_name", "username", "joined", "roles", "ban"]
    list_filter = [BanFilter, "is_author", "is_staff", ("date_joined", admin.DateFieldListFilter)]
    search_fields = ["display_name"]
    search_help_text = _("Name or login name; the owner also by whole e-mail address.")
    ordering = ["-date_joined", "-pk"]
    sortable_by = []
    actions = ["ban_members", "unban_members", "remove_pictures"]
    fieldsets = [
        (
            None,
            {"fields": ["display_name", "username", "biography", "website", "comments", "notes"]},
        ),
        (
            _("Rights"),
            {
                "fields": ["role", "categories", "is_active"],
                "description": _(
                    "What a role may do is written in the group of its name; "
                    "the owner alone gives roles."
                ),
            },
        ),
        (_("Ban"), {"fields": ["banned_at", "banned_until", "ban_reason"]}),
        (_("Since"), {"fields": ["date_joined", "last_login"]}),
    ]
    readonly_fields = [
        "username",
        "comments",
        "notes",
        "banned_at",
        "banned_until",
        "ban_reason",
        "date_joined",
        "last_login",
    ]
    inlines = [EmailInline]

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def get_fieldsets(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return self.fieldsets
        return [
            (heading, options | {"fields": ["roles", "is_active"]})
            if "role" in options["fields"]
            else (heading, options)
            for heading, options in self.fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "roles"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        try:
            flows.give_role(
                member=obj,
                role=Role(form.cleaned_data["role"]),
                categories=form.cleaned_data["categories"],
                by=request.user,
            )
        except flows.ModerationRefused as refusal:
            messages.error(request, str(refusal))

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        found = Q(pk__in=members_called(search_term))
        if request.user.is_superuser:
            found |= Q(email__iexact=search_term)
        return queryset.filter(found), False

    @admin.display(description=_("roles"))
    def roles(self, member):
        roles = [
            (member.is_superuser, _("owner")),
            (member.is_staff and not member.is_superuser, _("moderator")),
            (member.moderated_categories, _("moderator of some categories")),
            (member.is_editor, _("editor")),
            (member.is_author, _("author")),
            (member.is_contributor, _("contributor")),
        ]
        return ", ".join(str(name) for has, name in roles if has) or "-"

    @admin.display(description=_("ban"))
    def ban(self, member):
        if not member.is_banned:
            return "-"
        return _day(member.banned_until) if member.banned_until else _("for good")

    @admin.display(description=_("date joined"))
    def joined(self, member):
        return _day(member.date_joined)

    @admin.display(description=_("comments"))
    def comments(self, member):
        here = reverse("admin:comments_comment_changelist")
        return format_html('<a href="{}?author={}">{}</a>', here, member.pk, _("All comments"))

    @admin.display(description=_("notes"))
    def notes(self, member):
        notes, add = (reverse(f"admin:fairness_note_{page}") for page in ("changelist", "add"))
        return format_html(
            '<a href="{}?member={}">{}</a> · <a href="{}?member={}">{}</a>',
            notes,
            member.pk,
            _("Notes of moderators"),
            add,
            member.pk,
            _("Write one"),
        )

    @admin.action(description=_("Ban, with a reason"))
    def ban_members(self, request, queryset):
        return to_act(request, "ban", queryset)

    @admin.action(description=_("Take the picture away, with a reason"))
    def remove_pictures(self, request, queryset):
        return to_act(request, "remove_picture", queryset)

    @admin.action(description=_("Lift the ban"))
    def unban_members(self, request, queryset):
        return to_act(request, "unban", queryset)
