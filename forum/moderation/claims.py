"""Who works on what: a moderator claims a case, and for five minutes nobody else is offered it.

A claim is one conditional update, so that two who open the same case at the same moment cannot
both have it. Nobody holds more than one: opening another lets go of the one before.
"""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.comments.models import Case, CaseQuerySet


@transaction.atomic
def claim(*, comment: int, by: User) -> bool:
    """Claim a waiting case, or keep it for another five minutes; False when it is another's, or
    waits no more."""
    changed = (
        Case.objects.waiting()
        .free_for(by)
        .filter(pk=comment)
        .update(claimed_by=by, claimed_at=timezone.now())
    )
    release(by=by, but=comment)
    return bool(changed)


@transaction.atomic
def claim_next(*, queue: CaseQuerySet, by: User, without: Collection[int] = ()) -> int | None:
    """Claim the worst of a queue of waiting cases that is nobody else's; the key of its comment.
    Two who ask at once get two different ones."""
    found = (
        queue.free_for(by)
        .exclude(pk__in=without)
        .worst_first()
        .select_for_update(skip_locked=True)
        .values_list("pk", flat=True)
        .first()
    )
    if found is not None:
        Case.objects.filter(pk=found).update(claimed_by=by, claimed_at=timezone.now())
    release(by=by, but=found)
    return found


def release(*, by: User, but: int | None = None) -> None:
    """Let go of what one has claimed."""
    Case.objects.filter(claimed_by=by).exclude(pk=but).update(claimed_by=None, claimed_at=None)
