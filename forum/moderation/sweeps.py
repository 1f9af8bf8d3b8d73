"""Many at once, for waves of spam and for all that one member wrote; undone with one click.

Members are barred from posting first and banned last: between the two are the articles' rows, and
whoever holds one of those may be waiting to tell the member something.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum.comments import cases, sight
from forum.comments import flows as comments_flows
from forum.comments.models import Comment, Verdict
from forum.flags.flows import settle, unsettle
from forum.moderation import flows
from forum.moderation.flows import ModerationRefused, _require_bannable, require_moderator
from forum.moderation.models import LogEntry, Sweep, Verb
from forum.moderation.tasks import learn_verdict, unlearn_verdict
from forum.notifications.flows import notify

UNDO_FOR = timedelta(hours=24)
MOST = 500


@transaction.atomic
def sweep(
    *,
    comments: Collection[Comment],
    by: User,
    reason: str,
    sought: str,
    ban: bool = False,
    until: datetime | None = None,
    is_spam: bool = False,
) -> Sweep | None:
    """Hide the comments, and with `ban` bar their authors until a moment or for good; None when
    all of it was so before. Their authors are told once each, and flags on them were right.

    Moderators are not banned so, and who is banned already stays so. What `is_spam` teaches the
    classifier, until it is undone. Raises ModerationRefused
    for more than MOST.
    """
    _require_moderator_of_all(comments, by)
    if ban:
        require_moderator(by)
    made = Sweep.objects.create(by=by, sought=sought[:500], is_spam=is_spam)
    authors = _bannable([comment.author for comment in comments], by) if ban else []
    for author in authors:
        comments_flows.bar_while_acting(author)
    hidden = sight.hide_comments(comments=comments, reason=reason, at=made.at)
    banned = _ban(authors, made, reason, until)
    if not hidden and not banned:
        made.delete()
        return None
    cases.decide(hidden, verdict=Verdict.HIDDEN, by=by, at=made.at)
    settle(comments=hidden, upheld=True)
    if is_spam and hidden:
        decided_at = made.at.isoformat()
        learn_verdict.batch_defer(
            *({"comment": one.pk, "is_spam": True, "decided_at": decided_at} for one in hidden)
        )
    _log(made, Verb.HIDE, hidden, reason)
    _tell(
        hidden,
        lambda n: ngettext(
            "A moderator hid a comment of yours: %(reason)s",
            "A moderator hid %(count)d comments of yours: %(reason)s",
            n,
        ),
        reason,
    )
    return made


@transaction.atomic
def hold_all(*, member: User, by: User, reason: str) -> Sweep | None:
    """Let the newest comments of a member that are shown (at most MOST) wait for a moderator;
    None where there are none."""
    require_moderator(by)
    shown = sight.visible_of(member, MOST)
    made = Sweep.objects.create(by=by, sought=_("All by %(name)s") % {"name": member})
    held = sight.hold_comments(comments=shown, reason=reason, at=made.at)
    if not held:
        made.delete()
        return None
    _log(made, Verb.HOLD, held, reason)
    _tell(
        held,
        lambda n: ngettext(
            "A comment of yours waits for a moderator: %(reason)s",
            "%(count)d comments of yours wait for a moderator: %(reason)s",
            n,
        ),
        reason,
    )
    return made


@transaction.atomic
def ban_and_hide(
    *, member: User, by: User, reason: str, until: datetime | None = None
) -> Sweep | None:
    """Bar a member from posting and hide what they wrote, at most MOST; nothing that they post at
    this moment slips through. The two are undone apart. Raises ModerationRefused as `ban`."""
    require_moderator(by)
    _require_bannable(member, by)
    comments_flows.bar_while_acting(member)
    made = sweep(
        comments=sight.visible_of(member, MOST),
        by=by,
        reason=reason,
        sought=_("All by %(name)s") % {"name": member},
    )
    flows.ban(member=member, by=by, reason=reason, until=until)
    return made


@transaction.atomic
def undo_sweep(*, sweep: Sweep, by: User) -> bool:
    """Bring back all that a sweep took out of sight and lift its bans, but for what was decided
    anew since; False when it was undone before. Raises ModerationRefused after UNDO_FOR."""
    if by.pk != sweep.by_id:
        require_moderator(by)
    if sweep.at <= timezone.now() - UNDO_FOR:
        raise ModerationRefused(_("A sweep can be undone for a day. That time is over."))
    if not Sweep.objects.filter(pk=sweep.pk, undone_at=None).update(undone_at=timezone.now()):
        return False
    entries = sweep.entries.select_related("comment__author", "member")
    swept = [entry.comment for entry in entries if entry.comment]
    back = sight.bring_back(comments=swept, taken_at=sweep.at)
    cases.reopen(back, flags=unsettle(comments=back))
    if sweep.is_spam and back:
        decided_at = sweep.at.isoformat()
        unlearn_verdict.batch_defer(
            *({"comment": one.pk, "decided_at": decided_at} for one in back)
        )
    barred = [entry.member_id for entry in entries if entry.member_id and entry.verb == Verb.BAN]
    freed = User.objects.filter(pk__in=barred, banned_at=sweep.at)
    members = list(freed)
    freed.update(banned_at=None, banned_until=None, ban_reason="")
    undone = _("Undone.")
    _log(sweep, Verb.RESTORE, back, undone, by=by)
    LogEntry.objects.bulk_create(
        LogEntry(moderator=by, verb=Verb.UNBAN, member=member, reason=undone, sweep=sweep)
        for member in members
    )
    _tell(
        back,
        lambda n: ngettext(
            "A comment of yours is shown again.", "%(count)d comments of yours are shown again.", n
        ),
        "",
    )
    return True


def undoable(*, by: User) -> list[Sweep]:
    """The latest sweeps that this moderator can undo, with who made them: those of others name
    people and words of the whole site, and are for who moderates all of it. One query."""
    recent = Sweep.objects.filter(at__gt=timezone.now() - UNDO_FOR, undone_at=None)
    if not by.is_staff:
        recent = recent.filter(by=by)
    return list(recent.select_related("by").order_by("-at", "-pk")[:5])


def _require_moderator_of_all(comments: Collection[Comment], by: User) -> None:
    if len(comments) > MOST:
        raise ModerationRefused(_("At most %(most)d at once.") % {"most": MOST})
    for article in {comment.article_id: comment.article for comment in comments}.values():
        require_moderator(by, article)
    if not comments:
        require_moderator(by)


def _bannable(authors: list[User], by: User) -> list[User]:
    found = {}
    for author in authors:
        try:
            _require_bannable(author, by)
        except ModerationRefused:
            continue
        found[author.pk] = author
    return [found[key] for key in sorted(found)]


def _ban(members: list[User], made: Sweep, reason: str, until: datetime | None) -> list[User]:
    keys = [member.pk for member in members]
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    banned = [member for member in rows if not member.is_banned]
    User.objects.filter(pk__in=[member.pk for member in banned]).update(
        banned_at=made.at, banned_until=until, ban_reason=reason
    )
    LogEntry.objects.bulk_create(
        LogEntry(
            at=made.at,
            moderator=made.by,
            verb=Verb.BAN,
            member=member,
            reason=reason,
            until=until,
            sweep=made,
        )
        for member in banned
    )
    return banned


def _log(
    made: Sweep, verb: Verb, comments: list[Comment], reason: str, by: User | None = None
) -> None:
    LogEntry.objects.bulk_create(
        LogEntry(
            at=timezone.now() if by else made.at,
            moderator=by or made.by,
            verb=verb,
            comment=comment,
            article_id=comment.article_id,
            member=comment.author,
            reason=reason,
            sweep=made,
        )
        for comment in comments
    )


def _tell(comments: list[Comment], words, reason: str) -> None:
    """Each author once, in order of their keys."""
    counts = Counter(comment.author_id for comment in comments)
    about = {comment.author_id: comment for comment in comments}
    for key in sorted(counts):
        notify(
            member=about[key].author,
            text=words(counts[key]) % {"count": counts[key], "reason": reason},
            url=about[key].article.get_absolute_url(),
        )
