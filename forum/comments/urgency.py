"""Which comments a moderator should look at, and in which order: worst first.

A comment has a case when there is a reason to look at it: it is held, it was flagged, or it is
among the first its author wrote here. A case waits until it is decided; a new reason after that
opens it again.

The order is by `due_at`, earliest first: the moment the comment began to wait, moved back by the
harm it may do, in hours. A heavier comment is as urgent as one that has waited so much longer, so
nothing waits for ever behind what is worse. The hours are

    24 × weight of the flags × (1 + log10(1 + reach))  +  12 where it is held

- The *weight* of a flag is how often its member was right (`forum.flags.models.Record`): 0.5 for a
  first one, up to 1. Three flags by new flaggers under a comment nobody else reads are worth a day
  and a half; the same three by members who are always right, in a discussion of 100, nine days.
- The *reach* is the number of comments of the discussion, as the site counts no readers. It is
  taken when a reason is added, and so need not be read when the queue is.
- Who is *held* waits for us, and nobody else does: half a day.

The database computes it with every write (a generated column), whatever writes.
"""

from django.db import models
from django.db.models import Func, Q

WAITS = Q(decided_at__isnull=True, is_withdrawn=False) & (
    Q(is_held=True) | Q(is_newcomers=True) | Q(flag_count__gt=0)
)
# By way of UTC, or PostgreSQL would think that the answer depends on its time zone.
DUE = Func(
    template="(opened_at AT TIME ZONE 'UTC' - interval '1 hour' * ("
    "24 * flag_weight * (1 + log(1 + reach)) + 12 * is_held::int)) AT TIME ZONE 'UTC'",
    output_field=models.DateTimeField(),
)
