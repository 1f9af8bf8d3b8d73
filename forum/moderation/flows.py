"""What moderators do. Each act and its line in the log are one transaction; an act that was done
before changes nothing and is not logged again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles.models import Article
from forum.comments import flows as comments
from forum.comments.models import Comment, CommentRevision
from forum.moderation.models import LogEntry, Verb
from forum.moderation.tasks import learn_verdict


class ModerationRefused(Exception):
    """The act is not this person's to do; the message is for them."""


@transaction.atomic
def hide(*, comment: Comment, by: User, reason: str, is_spam: bool = False) -> bool:
    """Take a comment out of sight; False when it was hidden before. `reason` is shown in its
    place and to its author. What `is_spam` teaches the classifier."""
    _require_moderator(by)
    if not comments.hide_comment(comment=comment, reason=reason):
        return False
    if is_spam:
        learn_verdict.defer(comment=comment.pk, is_spam=True)
    _log(Verb.HIDE, by, reason, comment=comment, article=comment.article, member=comment.author)
    return True


@transaction.atomic
def restore(*, comment: Comment, by: User, reason: str = "") -> bool:
    """Bring a hidden or held comment back; False when it was neither. It teaches the classifier
    that this is no spam."""
    _require_moderator(by)
    if not comments.restore_comment(comment=comment):
        return False
    learn_verdict.defer(comment=comment.pk, is_spam=False)
    _log(Verb.RESTORE, by, reason, comment=comment, article=comment.article, member=comment.author)
    return True


@transaction.atomic
def redact(*, revision: CommentRevision, by: User, reason: str) -> bool:
    """Take the words out of an earlier text of a comment, which leaves a marker; False when they
    were out before."""
    _require_moderator(by)
    if not comments.redact_revision(revision=revision):
        return False
    comment = revision.comment
    _log(Verb.REDACT, by, reason, comment=comment, article=comment.article, member=comment.author)
    return True


@transaction.atomic
def lock(*, article: Article, by: User, reason: str) -> bool:
    """Close a discussion: nothing is posted or edited there any more. False when it was closed."""
    _require_moderator(by)
    changed = Article.objects.filter(pk=article.pk, locked_at=None).update(
        locked_at=timezone.now(), lock_reason=reason
    )
    if changed:
        _log(Verb.LOCK, by, reason, article=article)
    return bool(changed)


@transaction.atomic
def unlock(*, article: Article, by: User, reason: str = "") -> bool:
    """Open a closed discussion again; False when it was open."""
    _require_moderator(by)
    changed = Article.objects.filter(pk=article.pk, locked_at__isnull=False).update(
        locked_at=None, lock_reason=""
    )
    if changed:
        _log(Verb.UNLOCK, by, reason, article=article)
    return bool(changed)


@transaction.atomic
def ban(*, member: User, by: User, reason: str, until: datetime | None = None) -> bool:
    """Bar a member from posting until a moment, or for good; they can still read and withdraw.

    A ban that is in force is replaced when its end or reason differs. Raises ModerationRefused
    for oneself, for moderators (whom the owner alone can bar) and for an end that is past.
    """
    _require_moderator(by)
    if member.pk == by.pk:
        raise ModerationRefused(_("You cannot ban yourself."))
    if member.is_superuser or (member.is_staff and not by.is_superuser):
        raise ModerationRefused(_("Only the owner of the site can ban a moderator."))
    if until is not None and until <= timezone.now():
        raise ModerationRefused(_("The end of a ban must lie in the future."))
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.is_banned and (member.banned_until, member.ban_reason) == (until, reason):
        return False
    member.banned_at, member.banned_until, member.ban_reason = timezone.now(), until, reason
    member.save(update_fields=["banned_at", "banned_until", "ban_reason"])
    _log(Verb.BAN, by, reason, member=member, until=until)
    return True


@transaction.atomic
def unban(*, member: User, by: User, reason: str = "") -> bool:
    """Lift a ban; False when there was none."""
    _require_moderator(by)
    changed = User.objects.filter(pk=member.pk, banned_at__isnull=False).update(
        banned_at=None, banned_until=None, ban_reason=""
    )
    if changed:
        _log(Verb.UNBAN, by, reason, member=member)
    return bool(changed)


def _require_moderator(person: User) -> None:
    if not (person.is_active and person.is_staff):
        raise ModerationRefused(_("Only moderators can do this."))


def _log(verb: Verb, by: User, reason: str, **what) -> None:
    LogEntry.objects.create(moderator=by, verb=verb, reason=reason, **what)
