from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "forum.people"
    label = "people"
    verbose_name = _("People")

    def ready(self):
        from forum.people import sign_ins  # noqa: F401 - allauth tells it who signed in
