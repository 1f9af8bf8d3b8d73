"""Who may do what to a comment: questions on loaded objects, without queries.

Each answers with the reason why not, in words for the person who asked, or with None.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from rapidfuzz.distance.Levenshtein import distance

from accounts.models import User
from forum.articles.models import Article, CommentsFrom, CommentsPolicy
from forum.comments.models import Comment
from forum.screening import trust

Person = User | AnonymousUser

# A slip: letters changed, put in or taken out (Levenshtein's distance). A word or two.
TYPO_CHARACTERS = 12
UNDO_WITHDRAWAL_FOR = timedelta(minutes=10)


def why_not_comment(person: Person, article: Article) -> str | None:
    """Why this person cannot post to the article's discussion."""
    if not person.is_authenticated:
        return _("Sign in to comment.")
    if person.is_banned:
        return why_banned(person)
    if not article.is_published:
        return _("This article is not published.")
    if article.is_closed:
        return why_closed(article)
    if person.trust_level < article.comments_from_level and is_held(person, article):
        return _("This discussion is open to %(whom)s. You are not there yet.") % {
            "whom": CommentsFrom(article.comments_from_level).label.lower()
        }
    return None


def why_not_reply(person: Person, parent: Comment) -> str | None:
    """Why this person cannot answer this comment, read with `knowing_locks`."""
    if not parent.is_visible:
        return _("The comment you answer is no longer there.")
    if parent.branch_lock_reason is not None:
        return why_branch_locked(parent.branch_lock_reason)
    return why_not_comment(person, parent.article)


def why_not_edit(person: Person, comment: Comment) -> str | None:
    """Why this person cannot edit the comment, read with `knowing_locks`: authors may, for a while
    after they posted it."""
    if not person.is_authenticated or comment.author_id != person.pk:
        return _("Only its author can edit a comment.")
    if comment.withdrawn_at or comment.hidden_at:
        return _("This comment is no longer shown, so it cannot be edited.")
    if timezone.now() >= typos_until(comment):
        return _("Comments can be edited for %(minutes)d minutes. That time is over.") % {
            "minutes": edit_minutes(comment.author)
        }
    if person.is_banned:
        return why_banned(person)
    if comment.article.is_locked:
        return why_locked(comment.article)
    if comment.branch_lock_reason is not None:
        return why_branch_locked(comment.branch_lock_reason)
    return None


def why_not_edit_to(comment: Comment, text: str) -> str | None:
    """Why a comment that may be edited cannot say this now: after a while only what is as small
    as a slip of the pen can be mended."""
    if timezone.now() < editable_until(comment):
        return None
    if distance(comment.text, text, score_cutoff=TYPO_CHARACTERS) <= TYPO_CHARACTERS:
        return None
    return _(
        "After %(minutes)d minutes only small slips can be mended, up to %(most)d characters. "
        "Write an answer to yourself instead."
    ) % {"minutes": edit_minutes(comment.author), "most": TYPO_CHARACTERS}


def why_not_undo_withdrawal(person: Person, comment: Comment) -> str | None:
    """Why this person cannot bring a comment back that they withdrew."""
    if not person.is_authenticated or comment.author_id != person.pk:
        return _("Only its author can bring a comment back.")
    if comment.withdrawn_at is None:
        return _("This comment is not withdrawn.")
    if timezone.now() >= comment.withdrawn_at + UNDO_WITHDRAWAL_FOR:
        return _("A comment can be brought back for ten minutes. That time is over.")
    return None


def why_not_withdraw(person: Person, comment: Comment) -> str | None:
    """Why this person cannot withdraw the comment: authors may at any time, banned or not."""
    if not person.is_authenticated or comment.author_id != person.pk:
        return _("Only its author can withdraw a comment.")
    if comment.withdrawn_at:
        return _("This comment is withdrawn already.")
    return None


def why_not_like(person: Person, comment: Comment) -> str | None:
    """Why this person cannot like the comment: members may, also where a discussion is closed."""
    if not person.is_authenticated:
        return _("Sign in to like a comment.")
    if not comment.is_visible:
        return _("This comment is no longer shown.")
    if comment.author_id == person.pk:
        return _("This comment is your own. Likes are for those of others.")
    if person.is_banned:
        return why_banned(person)
    if not comment.article.is_published:
        return _("This article is not published.")
    return None


def editable_until(comment: Comment) -> datetime:
    """Until when its author may write something else: longer for those who are trusted."""
    return comment.posted_at + timedelta(minutes=edit_minutes(comment.author))


def edit_minutes(person: User) -> int:
    """For how long a member may edit their comments."""
    return settings.EDIT_WINDOW_MINUTES * trust.lifts(person.trust_level).edit_window


def typos_until(comment: Comment) -> datetime:
    """Until when its author may mend slips."""
    minutes = max(edit_minutes(comment.author), settings.TYPO_WINDOW_MINUTES)
    return comment.posted_at + timedelta(minutes=minutes)


def why_banned(person: User) -> str:
    """The ban as its member is told of it."""
    reason = _(" The reason given: %(reason)s") % {"reason": person.ban_reason}
    if not person.ban_reason:
        reason = ""
    if person.banned_until is None:
        return _("A moderator has barred you from posting.") + reason
    until = formats.date_format(timezone.localtime(person.banned_until), "DATETIME_FORMAT")
    return _("A moderator has barred you from posting until %(time)s.") % {"time": until} + reason


def why_account_closed() -> str:
    """What somebody is told whose account ended while they wrote."""
    return _("Your account was closed a moment ago, so nothing can be posted with it any more.")


def why_closed(article: Article) -> str:
    """Why the discussion takes no more comments, as people who would post are told."""
    if article.is_locked or article.comments_policy == CommentsPolicy.CLOSED:
        return why_locked(article)
    until = formats.date_format(timezone.localtime(article.comments_close_at), "DATE_FORMAT")
    return _("This discussion was open until %(day)s.") % {"day": until}


def is_held(person: User, article: Article) -> bool:
    """Whether a comment by this person waits for a moderator, where the article holds comments."""
    return not article.is_hosted_by(person)


def why_locked(article: Article) -> str:
    """The lock as people who would post are told of it."""
    if article.lock_reason:
        return _("This discussion is closed: %(reason)s") % {"reason": article.lock_reason}
    return _("This discussion is closed.")


def why_branch_locked(reason: str) -> str:
    """The lock of a branch as people who would answer or edit there are told of it."""
    return _("A moderator has closed this branch: %(reason)s") % {"reason": reason}
