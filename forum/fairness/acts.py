"""Acts of moderators as the people concerned and the public are told of them.

The log itself is for moderators. A member is told of every act that concerns them, and can ask for
a second look at those that took something from them. The public is told of what changed the
discussions, never a text, and names only where the site's settings say so.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forum.articles.models import Article
from forum.moderation.models import LogEntry, Verb

# In words for the member concerned.
TOLD: dict[str, Promise] = {
    Verb.HIDE: _("Your comment was hidden"),
    Verb.HIDE_BRANCH: _("Your comment was hidden, with the branch it stands in"),
    Verb.RESTORE: _("Your comment was shown again"),
    Verb.RESTORE_BRANCH: _("Your comment was shown again, with the branch it stands in"),
    Verb.REDACT: _("The words were taken out of an earlier text of your comment"),
    Verb.MOVE: _("Your comment was moved"),
    Verb.SPLIT: _("Your reply was made a thread of its own"),
    Verb.LOCK_BRANCH: _("Your comment was closed to answers and edits, with the branch below it"),
    Verb.UNLOCK_BRANCH: _("Your comment was opened again, with the branch below it"),
    Verb.BAN: _("You were barred from posting"),
    Verb.UNBAN: _("You may post again"),
    Verb.HOLD: _("Your comment was held until a moderator has looked at it"),
    Verb.SEND_BACK: _("Your comment came back to you as a draft"),
    Verb.WARN: _("You were warned"),
    Verb.UNWARN: _("A warning was taken back"),
    Verb.ROLE: _("You were given a role"),
    Verb.REMOVE_FACTOR: _("Your second factor was taken away"),
}
# What the member can ask a second look at.
APPEALABLE = {Verb.HIDE, Verb.HIDE_BRANCH, Verb.SEND_BACK, Verb.REDACT, Verb.WARN, Verb.BAN}
# What the public log says.
PUBLIC: dict[str, Promise] = {
    Verb.HIDE: _("hid a comment"),
    Verb.HIDE_BRANCH: _("hid a comment with its branch"),
    Verb.RESTORE: _("restored a comment"),
    Verb.RESTORE_BRANCH: _("restored a comment with its branch"),
    Verb.REDACT: _("took the words out of an earlier text of a comment"),
    Verb.MOVE: _("moved a comment"),
    Verb.SPLIT: _("made a thread of a reply"),
    Verb.MERGE: _("brought the discussion into another"),
    Verb.LOCK: _("closed the discussion"),
    Verb.UNLOCK: _("opened the discussion"),
    Verb.LOCK_BRANCH: _("closed a comment and its branch"),
    Verb.UNLOCK_BRANCH: _("opened a comment and its branch"),
    Verb.BAN: _("barred a member from posting"),
    Verb.UNBAN: _("lifted the ban of a member"),
    Verb.HOLD: _("held a comment"),
    Verb.SEND_BACK: _("sent a comment back to its author"),
    Verb.WARN: _("warned a member"),
    Verb.UNWARN: _("took a warning back"),
    Verb.LET_STAND: _("let an act stand after an appeal"),
    Verb.GRANT: _("undid an act after an appeal"),
}
# Whose words are between the moderator and the member.
BETWEEN_TWO = {Verb.SEND_BACK, Verb.WARN, Verb.UNWARN, Verb.LET_STAND, Verb.GRANT}


@dataclass(frozen=True)
class PublicLine:
    """An act as the public log has it; `member` is empty where the site does not name members,
    `place`, the address of the comment, where it is not there to be read, and `into`, the article
    where the discussion went on, where that is not out."""

    at: datetime
    moderator: str
    words: Promise
    member: str
    number: int | None
    place: str
    article: Article | None
    into: Article | None
    reason: str
    until: datetime | None


def told_publicly(entry: LogEntry) -> PublicLine:
    """An entry with one of the PUBLIC verbs, read with all it names."""
    return PublicLine(
        at=entry.at,
        moderator=entry.moderator.display_name
        if settings.MODERATION_LOG_NAMES_MODERATORS
        else gettext("A moderator"),
        words=PUBLIC[entry.verb],
        member=entry.member.display_name
        if settings.MODERATION_LOG_NAMES_MEMBERS and entry.member
        else "",
        number=entry.comment.number if entry.comment else None,
        place=entry.comment.get_absolute_url()
        if entry.comment and entry.comment.is_visible
        else "",
        article=entry.comment.article if entry.comment else entry.article,
        into=entry.into if entry.into and entry.into.is_published else None,
        reason="" if entry.verb in BETWEEN_TWO else entry.reason,
        until=entry.until,
    )


def is_in_force(entry: LogEntry) -> bool:
    """Whether what was done is still so; words that were taken out stay out, and a warning was
    given. On an entry read with its comment and member, without a query."""
    if entry.verb in (Verb.HIDE, Verb.HIDE_BRANCH, Verb.SEND_BACK):
        return entry.comment is not None and entry.comment.hidden_at is not None
    if entry.verb == Verb.BAN:
        return entry.member is not None and entry.member.is_banned
    return True
