"""The map of the site: one include for each room."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView
from django.views.static import serve

urlpatterns = [
    path("", include("forum.reading.urls")),
    path("", include("forum.flags.urls")),
    path("", include("forum.comments.urls")),
    path("", include("forum.articles.urls")),
    path("", include("forum.people.urls")),
    path("accounts/", include("accounts.urls")),
    path("notifications/", include("forum.notifications.urls")),
    path("", include("forum.fairness.urls")),
    path("admin/", admin.site.urls),
    path("", include("forum.moderation.urls")),
    path("dev/", include("forum.demo.urls")),
    path(
        "robots.txt",
        cache_control(public=True, max_age=24 * 3600)(
            TemplateView.as_view(template_name="robots.txt", content_type="text/plain")
        ),
        name="robots",
    ),
    # Pictures are few and re-encoded, and no name is given twice; a proxy in front may serve the
    # folder itself.
    path(
        "media/<path:path>",
        cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)(serve),
        {"document_root": settings.MEDIA_ROOT},
        name="media",
    ),
]

handler404 = "accounts.views.not_found"
