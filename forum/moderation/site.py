from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _


class ModerationSite(admin.AdminSite):
    """Django admin as the moderation desk; signs in through the site's own pages."""

    site_title = _("Moderation")
    site_header = _("Moderation")
    index_title = _("Moderation")

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.is_moderator

    def login(self, request, extra_context=None):
        # allauth's pages bring its rate limits; who is signed in but no moderator gets a 403.
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request, extra_context=None):
        # The site's own page asks whether it is really them, and tells them by mail.
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_security")

    def get_urls(self):
        from forum.moderation.views import act

        return [
            path("act/<slug:verb>/", self.admin_view(act), name="act"),
            *super().get_urls(),
        ]
