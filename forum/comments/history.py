"""What a comment said before it was edited, and what has changed from one text to the next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from forum import worddiff
from forum.comments.models import Comment, CommentRevision


@dataclass(frozen=True)
class Difference:
    """What changed between two texts, under a heading."""

    label: str
    runs: list[worddiff.Run]


@dataclass(frozen=True)
class Version:
    """One text of a comment. `difference` is to the one before, and None for the first and where
    a moderator took the words out of either; `revision` is None for the text of now."""

    html: str
    written_at: datetime
    revision: CommentRevision | None
    difference: Difference | None

    @property
    def is_redacted(self) -> bool:
        return self.revision is not None and self.revision.redacted_at is not None


def versions(comment: Comment) -> list[Version]:
    """All texts of the comment, the oldest first; one query."""
    found: list[Version] = []
    before: str | None = None
    for revision in comment.revisions.all():
        text = None if revision.redacted_at else revision.text
        found.append(
            Version(revision.html, revision.written_at, revision, _difference(before, text))
        )
        before = text
    written_at = comment.edited_at or comment.posted_at
    found.append(Version(comment.html, written_at, None, _difference(before, comment.text)))
    return found


def since_answered(comment: Comment, answer: Comment) -> Difference | None:
    """What changed in the comment since `answer` was written; None for nothing, and where a
    moderator took out what it answered. One query."""
    answered = comment.revisions.filter(replaced_at__gt=answer.posted_at).first()
    if answered is None or answered.redacted_at:
        return None
    label = _("Changed since comment %(number)d answered") % {"number": answer.number}
    return Difference(label, _runs(answered.text, comment.text))


def _difference(before: str | None, after: str | None) -> Difference | None:
    if before is None or after is None:
        return None
    return Difference(_("What changed"), _runs(before, after))


def _runs(before: str, after: str) -> list[worddiff.Run]:
    return worddiff.with_long_stretches_skipped(worddiff.differences(before, after))
