from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone


class NotificationQuerySet(models.QuerySet):
    """Notifications by whom they are for and whether they were read."""

    def of(self, member):
        return self.filter(member=member)

    def unread(self):
        return self.filter(read_at=None)


class Notification(models.Model):
    """One thing a member is told: a sentence of the site's own, and where it happened."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    text = models.CharField(max_length=500)
    url = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("member", F("at").desc(), F("id").desc(), name="notification_newest"),
            models.Index(
                "member", condition=models.Q(read_at__isnull=True), name="notification_unread"
            ),
        ]

    def __str__(self):
        return self.text
