from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _


class ModerationSite(admin.AdminSite):
    """Django admin as the moderation desk: its front page is the queue, its lists are behind it.
    Signs in through the site's own pages."""

    site_title = _("Moderation")
    site_header = _("Moderation")
    index_title = _("Lists")

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
        from forum.moderation import desk, sweeping
        from forum.moderation.views import act

        guarded = self.admin_view
        return [
            path("", guarded(desk.desk), name="index"),
            path("lists/", guarded(self.index), name="lists"),
            path("queue/<slug:queue>/", guarded(desk.desk), name="desk"),
            path("queue/<slug:queue>/<int:pk>/", guarded(desk.desk), name="desk_item"),
            path("queue/<slug:queue>/<int:pk>/skip/", guarded(desk.skip), name="desk_skip"),
            path("queue/<slug:queue>/undo/<int:pk>/", guarded(desk.undo), name="desk_undo"),
            path(
                "queue/<slug:queue>/<int:pk>/<slug:verb>/", guarded(desk.decide), name="desk_decide"
            ),
            path("sweep/", guarded(sweeping.sweep), name="sweep"),
            path("sweep/<int:pk>/undo/", guarded(sweeping.undo), name="sweep_undo"),
            path("act/<slug:verb>/", guarded(act), name="act"),
            *super().get_urls(),
        ]
