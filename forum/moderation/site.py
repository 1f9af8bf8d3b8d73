from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class ModerationSite(admin.AdminSite):
    """Django admin as the moderation desk; signs in through the site's own pages."""

    site_title = _("Moderation")
    site_header = _("Moderation")
    index_title = _("Moderation")
