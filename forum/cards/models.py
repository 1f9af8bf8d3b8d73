from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

# What pages say of themselves seldom changes, and each look costs somebody else's server.
LOOKED_AGAIN_AFTER = timedelta(days=30)
FAILURES_FORGOTTEN_AFTER = timedelta(days=7)


class LinkCardQuerySet(models.QuerySet):
    """Cards by what is known of their pages."""

    def due(self, now: datetime):
        """Those whose words are old, or could not be had, and where nothing failed lately; not
        those that are waited for. Of each site one, so that no server is asked for many at once."""
        failed_lately = Q(failed_at__gte=now - FAILURES_FORGOTTEN_AFTER)
        known_of_old = Q(fetched_at__lt=now - LOOKED_AGAIN_AFTER)
        never_had = Q(fetched_at__isnull=True, failed_at__isnull=False)
        due = self.filter(known_of_old | never_had).exclude(failed_lately)
        return self.filter(pk__in=due.order_by("site", "fetched_at", "pk").distinct("site"))

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

    @property
    def is_fresh(self):
        """Whether its words need not be looked for again."""
        return (
            self.fetched_at is not None and self.fetched_at >= timezone.now() - LOOKED_AGAIN_AFTER
        )
