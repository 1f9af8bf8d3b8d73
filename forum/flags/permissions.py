"""Who may flag what: questions on loaded objects, without queries. The answer is the reason why
not, for the person who asked, or None."""

from django.utils.translation import gettext as _

from forum.comments.models import Comment
from forum.comments.permissions import Person, why_banned
from forum.flags.models import Flag


def why_not_flag(person: Person, comment: Comment, flag: Flag | None) -> str | None:
    """Why this person, whose `flag` on it there may be, cannot flag the comment."""
    if not person.is_authenticated:
        return _("Sign in to flag a comment.")
    if not comment.is_visible:
        return _("This comment is no longer shown.")
    if comment.author_id == person.pk:
        return _("This comment is your own. You can edit or withdraw it.")
    if person.is_banned:
        return why_banned(person)
    if flag and (flag.upheld_at or flag.rejected_at) and not _is_edited_since(comment, flag):
        return _("You have flagged this comment, and the moderators have decided.")
    return None


def _is_edited_since(comment: Comment, flag: Flag) -> bool:
    return comment.edited_at is not None and comment.edited_at > flag.written_at
