"""Verdicts on comments that the desk has besides hiding, and taking one's own decisions back."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles.models import Article
from forum.comments import cases, sight
from forum.comments import flows as comments
from forum.comments.models import Case, Comment, Verdict
from forum.flags.flows import unsettle
from forum.moderation import flows
from forum.moderation.flows import (
    ModerationRefused,
    _decided,
    _log,
    _tell_of_sight,
    require_moderator,
)
from forum.moderation.models import LogEntry, Verb
from forum.moderation.tasks import unlearn_verdict
from forum.notifications.flows import notify

UNDO_FOR = timedelta(hours=24)


@transaction.atomic
def approve(*, comment: Comment, by: User) -> bool:
    """The comment stands: what waits is let out, what is hidden comes back, and flags on it were
    wrong. False when it was approved before and nothing came up since."""
    require_moderator(by, comment.article)
    comment = sight.as_it_is(comment)
    if comment.hidden_at:
        return flows.restore(comment=comment, by=by)
    case = cases.of(comment).first()
    if case and case.verdict == Verdict.APPROVED:
        return False
    why_held = comment.held_reason
    if comments.restore_comment(comment=comment):
        _tell_of_sight(comment)
    # Taken back, the approval holds it again for this reason.
    _decided(Verdict.APPROVED, comment, by, Verb.APPROVE, why_held, is_spam=False)
    return True


@transaction.atomic
def send_back(*, comment: Comment, by: User, note: str) -> bool:
    """Take a comment out of sight and give its text back to its author, as a draft that they can
    change and post; `note` is for them alone. False when it was hidden before."""
    require_moderator(by, comment.article)
    comment = sight.as_it_is(comment)
    if comment.withdrawn_at:
        raise ModerationRefused(_("Its author has withdrawn it meanwhile."))
    if not comments.hide_comment(comment=comment, reason=_("Sent back to its author.")):
        return False
    sight.give_back(comment=comment)
    _decided(Verdict.SENT_BACK, comment, by, Verb.SEND_BACK, note)
    notify(
        member=comment.author,
        text=_("Your comment under “%(article)s” came back to you as a draft: %(note)s")
        % {"article": comment.article.headline, "note": note},
        url=_composer(comment),
        mail=True,
    )
    return True


@transaction.atomic
def undo(*, entry: LogEntry, by: User) -> bool:
    """Take back what this line of the log says, as if it had not been done; it stays in the log,
    with another line. Flags wait again, and the comment waits with them.

    One's own decisions, for UNDO_FOR. False when it is not the last word any more: when it was
    undone, or others decided since. Raises ModerationRefused.
    """
    require_moderator(by, entry.article)
    if entry.moderator_id != by.pk:
        raise ModerationRefused(_("Only who decided can take it back."))
    if entry.at <= timezone.now() - UNDO_FOR:
        raise ModerationRefused(_("A decision can be taken back for a day. That time is over."))
    if entry.verb not in UNDOES:
        raise ModerationRefused(_("This cannot be taken back."))
    return UNDOES[Verb(entry.verb)](entry, by)


def can_undo(entry: LogEntry) -> bool:
    """Whether its moderator can take this back: nobody has decided otherwise since. No queries
    where what the entry concerns is loaded, with the comment's case."""
    if entry.verb not in UNDOES or entry.at <= timezone.now() - UNDO_FOR:
        return False
    if entry.verb == Verb.BAN:
        return bool(entry.member and entry.member.banned_at == entry.at)
    if entry.verb == Verb.WARN:
        return bool(entry.member and entry.member.warned_at == entry.at)
    if entry.verb == Verb.LOCK:
        return bool(entry.article and entry.article.locked_at == entry.at)
    if entry.verb == Verb.HOLD:
        return bool(entry.comment and _is_held_by(entry, entry.comment))
    case = entry.comment and getattr(entry.comment, "case", None)
    return bool(case and case.decided_at == entry.at)


def _undo_hiding(entry: LogEntry, by: User) -> bool:
    comment = _still_so(entry)
    if comment is None or comment.hidden_at is None:
        return False
    # What was held before waits on.
    back = sight.bring_back(comments=[comment], taken_at=comment.hidden_at)
    if entry.verb == Verb.SEND_BACK:
        sight.take_back(comment=comment)
    cases.reopen([comment], flags=unsettle(comments=[comment]))
    unlearn_verdict.defer(comment=comment.pk, decided_at=entry.at.isoformat())
    _log(Verb.RESTORE, by, "", comment=comment, article=comment.article, member=comment.author)
    if any(one.is_visible for one in back):
        _tell_of_sight(comment)
    return True


def _undo_holding(entry: LogEntry, by: User) -> bool:
    comment = sight.as_it_is(Comment.objects.get(pk=entry.comment_id))
    if not _is_held_by(entry, comment):
        return False
    sight.bring_back(comments=[comment], taken_at=entry.at)
    _log(Verb.RESTORE, by, "", comment=comment, article=comment.article, member=comment.author)
    _tell_of_sight(comment)
    return True


def _is_held_by(entry: LogEntry, comment: Comment) -> bool:
    """Whether it waits since then, and nothing was decided on it."""
    return comment.held_at == entry.at and not comment.hidden_at and not comment.withdrawn_at


def _undo_approval(entry: LogEntry, by: User) -> bool:
    comment = _still_so(entry)
    if comment is None:
        return False
    cases.reopen([comment], flags=unsettle(comments=[comment]))
    unlearn_verdict.defer(comment=comment.pk, decided_at=entry.at.isoformat())
    if entry.reason and entry.verb == Verb.APPROVE:
        sight.hold_comments(comments=[comment], reason=entry.reason, at=timezone.now())
    _log(Verb.REOPEN, by, "", comment=comment, article=comment.article, member=comment.author)
    return True


def _undo_ban(entry: LogEntry, by: User) -> bool:
    assert entry.member_id
    member = User.objects.select_for_update(no_key=True).get(pk=entry.member_id)
    return member.banned_at == entry.at and flows.unban(member=member, by=by)


def _undo_warning(entry: LogEntry, by: User) -> bool:
    assert entry.member_id
    changed = User.objects.filter(pk=entry.member_id, warned_at=entry.at).update(
        warned_at=None, warning=""
    )
    if changed:
        _log(Verb.UNWARN, by, "", member=entry.member)
    return bool(changed)


def _undo_lock(entry: LogEntry, by: User) -> bool:
    assert entry.article_id
    article = Article.objects.select_for_update(no_key=True).get(pk=entry.article_id)
    return article.locked_at == entry.at and flows.unlock(article=article, by=by)


UNDOES = {
    Verb.HIDE: _undo_hiding,
    Verb.SEND_BACK: _undo_hiding,
    Verb.HOLD: _undo_holding,
    Verb.APPROVE: _undo_approval,
    Verb.RESTORE: _undo_approval,
    Verb.BAN: _undo_ban,
    Verb.WARN: _undo_warning,
    Verb.LOCK: _undo_lock,
}


def _still_so(entry: LogEntry) -> Comment | None:
    """The comment of the entry, with its article held, where that is the last word on it."""
    comment = sight.as_it_is(Comment.objects.get(pk=entry.comment_id))
    is_last = Case.objects.filter(pk=comment.pk, decided_at=entry.at).exists()
    return comment if is_last else None


def _composer(comment: Comment) -> str:
    """Where the author finds their text again."""
    if comment.parent_id:
        return reverse("comment_reply", args=[comment.parent_id])
    return reverse("comment_post", args=[comment.article.publish_date, comment.article.slug])
