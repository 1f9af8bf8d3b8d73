"""What moderators do. Each act and its line in the log are one transaction; an act that was done
before changes nothing and is not logged again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.flows import remove_avatar
from accounts.models import User
from accounts.roles import ALL_MARKS, MARKS, Role
from forum.articles.models import Article
from forum.comments import cases, sight
from forum.comments import flows as comments
from forum.comments.models import Comment, CommentRevision, Verdict
from forum.flags.flows import settle
from forum.moderation.models import LogEntry, Verb
from forum.moderation.tasks import learn_verdict
from forum.notifications.flows import notify
from forum.tags.models import Category


class ModerationRefused(Exception):
    """The act is not this person's to do; the message is for them."""


@transaction.atomic
def hide(*, comment: Comment, by: User, reason: str, is_spam: bool = False) -> bool:
    """Take a comment out of sight; False when it was hidden before. `reason` is shown in its
    place and to its author. Flags on it were right.
    What `is_spam` teaches the classifier."""
    require_moderator(by, comment.article)
    if not comments.hide_comment(comment=comment, reason=reason):
        return False
    _decided(Verdict.HIDDEN, comment, by, Verb.HIDE, reason, is_spam=is_spam or None)
    notify(
        member=comment.author,
        text=_("A moderator hid your comment under “%(article)s”: %(reason)s")
        % {"article": comment.article.headline, "reason": reason},
        url=reverse("my_acts"),
    )
    return True


@transaction.atomic
def restore(*, comment: Comment, by: User, reason: str = "") -> bool:
    """Bring a hidden or held comment back; False when it was neither. Flags on it were wrong."""
    require_moderator(by, comment.article)
    if not comments.restore_comment(comment=comment):
        return False
    _decided(Verdict.APPROVED, comment, by, Verb.RESTORE, reason, is_spam=False)
    _tell_of_sight(comment)
    return True


@transaction.atomic
def hold(*, comment: Comment, by: User, reason: str) -> bool:
    """Let a comment that is in sight wait for a moderator; its author is told `reason`, and sees
    it meanwhile. False when it was not in sight."""
    require_moderator(by, comment.article)
    at = timezone.now()
    if not sight.hold_comments(comments=[comment], reason=reason, at=at):
        return False
    _log(
        Verb.HOLD,
        by,
        reason,
        at=at,
        comment=comment,
        article=comment.article,
        member=comment.author,
    )
    notify(
        member=comment.author,
        text=_("Your comment under “%(article)s” waits for a moderator: %(reason)s")
        % {"article": comment.article.headline, "reason": reason},
        url=f"{comment.article.get_absolute_url()}#waiting",
    )
    return True


@transaction.atomic
def redact(*, revision: CommentRevision, by: User, reason: str) -> bool:
    """Take the words out of an earlier text of a comment, which leaves a marker; False when they
    were out before."""
    comment = revision.comment
    require_moderator(by, comment.article)
    if not comments.redact_revision(revision=revision):
        return False
    _log(Verb.REDACT, by, reason, comment=comment, article=comment.article, member=comment.author)
    return True


@transaction.atomic
def lock(*, article: Article, by: User, reason: str) -> bool:
    """Close a discussion: nothing is posted or edited there any more. False when it was closed."""
    require_moderator(by, article)
    at = timezone.now()
    changed = Article.objects.filter(pk=article.pk, locked_at=None).update(
        locked_at=at, lock_reason=reason
    )
    if changed:
        _log(Verb.LOCK, by, reason, at=at, article=article)
    return bool(changed)


@transaction.atomic
def unlock(*, article: Article, by: User, reason: str = "") -> bool:
    """Open a closed discussion again; False when it was open."""
    require_moderator(by, article)
    changed = Article.objects.filter(pk=article.pk, locked_at__isnull=False).update(
        locked_at=None, lock_reason=""
    )
    if changed:
        _log(Verb.UNLOCK, by, reason, article=article)
    return bool(changed)


@transaction.atomic
def ban(*, member: User, by: User, reason: str, until: datetime | None = None) -> bool:
    """Bar a member from posting until a moment, or for good; they can still read and withdraw.

    What they were posting at this moment is in when this answers, or is refused. A ban that is in
    force is replaced when its end or reason differs. Raises ModerationRefused
    for oneself, for moderators (whom the owner alone can bar) and for an end that is past.
    """
    require_moderator(by)
    _require_bannable(member, by)
    if until is not None and until <= timezone.now():
        raise ModerationRefused(_("The end of a ban must lie in the future."))
    comments.bar_while_acting(member)
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.is_banned and (member.banned_until, member.ban_reason) == (until, reason):
        return False
    member.banned_at, member.banned_until, member.ban_reason = timezone.now(), until, reason
    member.save(update_fields=["banned_at", "banned_until", "ban_reason"])
    _log(Verb.BAN, by, reason, at=member.banned_at, member=member, until=until)
    return True


@transaction.atomic
def give_role(*, member: User, role: Role, by: User, categories: Collection[Category] = ()) -> bool:
    """Make a member what `role` says and nothing else; `categories` are those of a moderator of
    some. False when they were so before. The owner alone can, and raises ModerationRefused for
    themselves, so that a site always has one; and for a moderator of categories without any."""
    if not (by.is_active and by.is_superuser):
        raise ModerationRefused(_("Only the owner of the site gives roles."))
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    keys = sorted(one.pk for one in categories) if role == Role.CATEGORY_MODERATOR else []
    if role == Role.CATEGORY_MODERATOR and not keys:
        raise ModerationRefused(_("Choose the categories that they moderate."))
    if member.role == role and sorted(member.moderated_categories) == keys:
        return False
    if member.pk == by.pk:
        raise ModerationRefused(_("Another owner has to change your own role."))
    for mark in ALL_MARKS:
        setattr(member, mark, mark in MARKS[role])
    member.moderated_categories = keys
    member.save(update_fields=[*ALL_MARKS, "moderated_categories"])
    _log(Verb.ROLE, by, str(role.label), member=member)
    return True


@transaction.atomic
def remove_picture(*, member: User, by: User, reason: str) -> bool:
    """Take away the picture that a member sent; the one drawn from their name is in its place.
    False when they had sent none."""
    require_moderator(by)
    if not remove_avatar(member=member):
        return False
    _log(Verb.REMOVE_PICTURE, by, reason, member=member)
    return True


@transaction.atomic
def unban(*, member: User, by: User, reason: str = "") -> bool:
    """Lift a ban; False when there was none."""
    require_moderator(by)
    changed = User.objects.filter(pk=member.pk, banned_at__isnull=False).update(
        banned_at=None, banned_until=None, ban_reason=""
    )
    if changed:
        _log(Verb.UNBAN, by, reason, member=member)
    return bool(changed)


def why_not_moderate(person: User, article: Article | None = None) -> str | None:
    """Why the discussion of `article` is not this person's to moderate; what is of no discussion
    is for those who moderate all. A query for who moderates some categories, none for others."""
    if not person.is_moderator:
        return _("Only moderators can do this.")
    if article is None and not person.is_staff:
        return _("Only those who moderate the whole site can do this.")
    if article is not None and not article.is_moderated_by(person):
        return _("You moderate other categories than those of this article.")
    return None


def require_moderator(person: User, article: Article | None = None) -> None:
    """Raises ModerationRefused for whom `why_not_moderate` says no."""
    if refusal := why_not_moderate(person, article):
        raise ModerationRefused(refusal)


def log_acts(
    verb: Verb,
    by: User,
    reason: str,
    comments: Iterable[Comment] = (),
    *,
    article: Article | None = None,
    into: Article | None = None,
) -> None:
    """A line in the log for each of the comments, or for an article, which went `into` another;
    for acts of this room."""
    entries = [
        LogEntry(
            moderator=by,
            verb=verb,
            reason=reason,
            comment=comment,
            article_id=comment.article_id,
            member_id=comment.author_id,
        )
        for comment in comments
    ]
    if article is not None:
        entries.append(LogEntry(moderator=by, verb=verb, reason=reason, article=article, into=into))
    LogEntry.objects.bulk_create(entries)


def log_appeal(*, verb: Verb, by: User, reason: str, entry: LogEntry) -> None:
    """A line in the log for the appeal against what `entry` says; it concerns the same."""
    _log(verb, by, reason, comment=entry.comment, article=entry.article, member=entry.member)


def _require_bannable(member: User, by: User) -> None:
    if member.pk == by.pk:
        raise ModerationRefused(_("You cannot ban yourself."))
    if member.is_superuser or (member.is_moderator and not by.is_superuser):
        raise ModerationRefused(_("Only the owner of the site can ban a moderator."))


def _decided(
    verdict: Verdict,
    comment: Comment,
    by: User,
    verb: Verb,
    reason: str,
    *,
    is_spam: bool | None = None,
) -> None:
    """The case is closed, the flags are answered, the log has a line of the same moment, by which
    it is known later whether this is still the last word. The classifier learns what `is_spam`
    says."""
    at = timezone.now()
    cases.decide([comment], verdict=verdict, by=by, at=at)
    if is_spam is not None:
        learn_verdict.defer(comment=comment.pk, is_spam=is_spam, decided_at=at.isoformat())
    settle(comments=[comment], upheld=verdict != Verdict.APPROVED)
    _log(verb, by, reason, at=at, comment=comment, article=comment.article, member=comment.author)


def _tell_of_sight(comment: Comment) -> None:
    """Its author hears that the comment is shown."""
    notify(
        member=comment.author,
        text=_("Your comment under “%(article)s” is shown.")
        % {"article": comment.article.headline},
        url=comment.get_absolute_url(),
    )


def _log(verb: Verb, by: User, reason: str, at: datetime | None = None, **what) -> None:
    LogEntry.objects.create(moderator=by, verb=verb, reason=reason, at=at or timezone.now(), **what)
