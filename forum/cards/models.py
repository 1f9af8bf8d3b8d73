from django.db import models


class LinkCardQuerySet(models.QuerySet):
    """Cards by what is known of their pages."""

    def shown(self):
        """Those that say more than the bare link."""
        return self.exclude(fetched_at=None).exclude(title="")


class LinkCard(models.Model):
    """What a page that is linked to says of itself: plain words, cleaned, and no picture.

    `site` is the host of the address, whatever the page calls itself: a card says where a click
    leads.
    """

    url = models.CharField(max_length=500, unique=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    site = models.CharField(max_length=253, blank=True)
    fetched_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = LinkCardQuerySet.as_manager()

    def __str__(self):
        return self.url
