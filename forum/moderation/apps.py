from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "forum.moderation"
    label = "moderation"
    verbose_name = _("Moderation")
    default = True

    def ready(self):
        from forum.moderation.roles import give_permissions

        post_migrate.connect(give_permissions, dispatch_uid="forum.moderation.roles")


class AdminSiteConfig(admin.AdminConfig):
    """Django admin as the moderation desk."""

    default_site = "forum.moderation.site.ModerationSite"
    default = False
