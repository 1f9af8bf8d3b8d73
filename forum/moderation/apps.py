from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "forum.moderation"
    label = "moderation"
    verbose_name = _("Moderation")
    default = True


class AdminSiteConfig(admin.AdminConfig):
    """Django admin as the moderation desk."""

    default_site = "forum.moderation.site.ModerationSite"
    default = False
