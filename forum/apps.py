from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"
    label = "forum"
    verbose_name = "Rejoinder"

    def ready(self):
        from forum import checks  # noqa: F401 - they register themselves
