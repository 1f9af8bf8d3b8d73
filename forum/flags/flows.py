"""Members flag comments, and hear what came of it.

Order of locks: the article's row, the flag, the records of members in order of their keys.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from forum.articles.models import Article
from forum.comments import cases, sight
from forum.comments.models import Case, Comment, Verdict
from forum.flags import permissions
from forum.flags.models import Flag, Reason, Record
from forum.notifications.flows import notify
from forum.screening import trust
from forum.screening.networks import network_hash

HELD_REASON = gettext_lazy("Several members flagged it.")


class FlagRefused(Exception):
    """The flag cannot be taken; the message is for its member, whose words must be kept."""


@transaction.atomic
def flag_comment(
    *, comment: Comment, by: User, reason: str, words: str = "", address: str = ""
) -> Flag:
    """The member's flag on the comment, as it is worded now, sent from that network address.

    Flagging again while the first waits replaces its reason. When enough members have flagged
    it, whose flags weigh enough (`FLAGS_TO_HOLD`, `FLAG_WEIGHT_TO_HOLD`), the comment is held;
    one that a moderator approved since it was last edited is not. Raises FlagRefused.
    """
    article = Article.objects.select_for_update(no_key=True).get(pk=comment.article_id)
    comment = Comment.objects.select_related("author", "article").get(pk=comment.pk)
    before = Flag.objects.filter(comment=comment, member=by).first()
    if refusal := permissions.why_not_flag(by, comment, before):
        raise FlagRefused(refusal)
    if reason == Reason.OTHER and not words.strip():
        raise FlagRefused(_("Say in a few words what it is."))
    _refuse_too_many(by, before)
    weight = _weight(by)
    flag, _created = Flag.objects.update_or_create(
        comment=comment,
        member=by,
        defaults={
            "author": comment.author,
            "reason": reason,
            "words": words.strip(),
            "written_at": comment.edited_at or comment.posted_at,
            "weight": before.weight if before and before.is_open else weight,
            "network": network_hash(address),
            "flagged_at": timezone.now(),
            "withdrawn_at": None,
            "upheld_at": None,
            "rejected_at": None,
        },
    )
    if not (before and before.is_open):
        _add(comment, weight=weight, reach=article.comment_count)
    return flag


@transaction.atomic
def withdraw_flag(*, comment: Comment, by: User) -> bool:
    """Take the member's flag back; False when none of theirs waits for an answer."""
    Article.objects.select_for_update(no_key=True).get(pk=comment.article_id)
    flag = Flag.objects.open().filter(comment=comment, member=by).first()
    if flag is None:
        return False
    Flag.objects.filter(pk=flag.pk).update(withdrawn_at=timezone.now())
    cases.remove_flag(comment, weight=flag.weight)
    return True


@transaction.atomic
def settle(*, comments: Collection[Comment], upheld: bool) -> int:
    """Answer the flags on these comments: they were right, or not; how many hear of it.

    Flags that were answered the same way before stay as they are; those that were answered the
    other way are answered anew. The members' weights follow.
    """
    other = "rejected" if upheld else "upheld"
    this = "upheld" if upheld else "rejected"
    flags = list(
        Flag.objects.standing()
        .filter(comment__in=comments, **{f"{this}_at": None})
        .select_related("member", "comment__article")
        .order_by("member")
    )
    if not flags:
        return 0
    _count(flags, {this: 1})
    _count([flag for flag in flags if getattr(flag, f"{other}_at")], {other: -1})
    Flag.objects.filter(pk__in=[flag.pk for flag in flags]).update(
        **{f"{this}_at": timezone.now(), f"{other}_at": None}
    )
    for flag in flags:
        _tell(flag, upheld=upheld)
    return len(flags)


@transaction.atomic
def unsettle(*, comments: Collection[Comment]) -> dict[int, tuple[int, float]]:
    """The answered flags on these comments wait again; number and weight of them by comment."""
    flags = list(
        Flag.objects.standing()
        .filter(comment__in=comments)
        .exclude(upheld_at=None, rejected_at=None)
        .order_by("member")
    )
    _count([flag for flag in flags if flag.upheld_at], {"upheld": -1})
    _count([flag for flag in flags if flag.rejected_at], {"rejected": -1})
    Flag.objects.filter(pk__in=[flag.pk for flag in flags]).update(upheld_at=None, rejected_at=None)
    sums: dict[int, tuple[int, float]] = {}
    for flag in flags:
        count, weight = sums.get(flag.comment_id, (0, 0.0))
        sums[flag.comment_id] = count + 1, weight + flag.weight
    return sums


def _refuse_too_many(by: User, before: Flag | None) -> None:
    if before and before.is_open:
        return
    today = Flag.objects.filter(member=by, flagged_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= settings.FLAGS_PER_DAY:
        raise FlagRefused(_("You have flagged very much today. Moderators look at that first."))


def _weight(member: User) -> float:
    record = Record.objects.filter(member=member).first() or Record(member=member)
    return record.weight * trust.lifts(member.trust_level).flag_weight


def _add(comment: Comment, *, weight: float, reach: int) -> None:
    approved = Case.objects.decided(Verdict.APPROVED).filter(comment=comment).first()
    count, sum_of_weights = cases.add_flag(comment, weight=weight, reach=reach)
    is_approved = approved and (not comment.edited_at or comment.edited_at < approved.decided_at)
    enough = count >= settings.FLAGS_TO_HOLD and sum_of_weights >= settings.FLAG_WEIGHT_TO_HOLD
    if enough and not is_approved:
        sight.hold_comments(comments=[comment], reason=str(HELD_REASON), at=timezone.now())


def _count(flags: list[Flag], changes: dict[str, int]) -> None:
    """Add to the members' records, which are taken in order of their keys."""
    if not flags:
        return
    times: dict[int, int] = defaultdict(int)
    for flag in flags:
        times[flag.member_id] += 1
    Record.objects.bulk_create(
        [Record(member_id=key) for key in sorted(times)], ignore_conflicts=True
    )
    records = list(Record.objects.select_for_update().filter(member__in=times).order_by("member"))
    for record in records:
        for name, change in changes.items():
            total = getattr(record, name) + change * times[record.member_id]
            setattr(record, name, max(0, total))
    Record.objects.bulk_update(records, list(changes))


def _tell(flag: Flag, *, upheld: bool) -> None:
    words = (
        gettext_lazy(
            "You flagged a comment under “%(article)s”. The moderators agreed: it is gone."
        )
        if upheld
        else gettext_lazy("You flagged a comment under “%(article)s”. The moderators let it stand.")
    )
    article = flag.comment.article
    notify(
        member=flag.member,
        text=words % {"article": article.headline},
        url=article.get_absolute_url() if upheld else flag.comment.get_absolute_url(),
    )
