import logging

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.comments.flows import TELL
from forum.comments.models import Untold
from forum.reading.telling import tell_of

AT_ONCE = 100

logger = logging.getLogger(__name__)


# By the clock as well: a server that ends between a post and its job leaves the comment untold.
@app.periodic(cron="*/10 * * * *")
@app.task(name=TELL, queueing_lock=TELL)
def tell_of_untold(timestamp: int = 0) -> None:
    """Tell those whom comments answer or name that nobody was told of yet."""
    while _tell_of_next():
        pass


@app.task(retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def tell_of_comment(*, comment: int) -> None:
    """Tell those whom a comment answers or names; nothing when it was erased meanwhile."""
    tell_of([comment])


@transaction.atomic
def _tell_of_next() -> bool:
    """Of the oldest that no other job is telling of; False when there are none."""
    oldest = Untold.objects.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE]
    untold = dict(oldest.values_list("pk", "comment"))
    try:
        with transaction.atomic():
            tell_of(untold.values())
    except Exception:
        # One that cannot be told of keeps no other back: each gets a job, which is tried again.
        logger.exception("These comments are told of one by one: %s", set(untold.values()))
        for comment in set(untold.values()):
            tell_of_comment.defer(comment=comment)
    Untold.objects.filter(pk__in=untold).delete()
    return bool(untold)
