"""What moderators do to threads: move, split, merge, hide and lock branches. Like all acts of
theirs (`forum.moderation.flows`), each and its lines in the log are one transaction.

Everything here is safe beside people who post at the same moment, because the flows below take the
rows of the articles first, two in order of primary key: whoever posts comes before or after the
act, and is told where it shut them out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles.models import Article
from forum.comments import branches, cases
from forum.comments import flows as comments
from forum.comments.models import Comment, Verdict
from forum.flags.flows import settle, unsettle
from forum.moderation.flows import ModerationRefused, log_acts, require_moderator
from forum.moderation.models import Verb
from forum.notifications.flows import notify
from forum.reading import flows as reading


@transaction.atomic
def move(
    *,
    comment: Comment,
    by: User,
    reason: str,
    article: Article | None = None,
    parent: Comment | None = None,
) -> bool:
    """Hang a comment and all below it under `parent`, or make it a thread of `article`. False
    where it stands there already.

    In another article the branch takes new numbers, and the old ones lead there. Raises
    ModerationRefused where one of the two discussions is not theirs to moderate, and where the
    comment cannot stand.
    """
    target = parent.article if parent else article or comment.article
    for one in {comment.article, target}:
        require_moderator(by, one)
    _require_published(target)
    before = Comment.objects.get(pk=comment.pk)
    if (before.article_id, before.parent_id) == (target.pk, parent and parent.pk):
        return False
    with _refusals():
        moved = branches.move_comment(comment=comment, article=article, parent=parent)
    if moved.article_id != before.article_id:
        branch = Comment.objects.below(moved).only("pk")
        reading.follow_to(comments=branch, article=target)
    log_acts(Verb.MOVE, by, reason, [moved])
    return True


@transaction.atomic
def split(*, comment: Comment, by: User, reason: str) -> bool:
    """Make a reply, with all below it, a thread of its own in the same discussion. False where it
    is one."""
    require_moderator(by, comment.article)
    if not Comment.objects.filter(pk=comment.pk, parent__isnull=False).exists():
        return False
    with _refusals():
        comment = branches.move_comment(comment=comment)
    log_acts(Verb.SPLIT, by, reason, [comment])
    return True


@transaction.atomic
def merge_discussions(*, source: Article, target: Article, by: User, reason: str) -> bool:
    """Bring all comments of one discussion into another; the first is empty then, and open. False
    where it was empty. Raises ModerationRefused where one of them is not theirs to moderate."""
    for article in (source, target):
        require_moderator(by, article)
    _require_published(target)
    with _refusals():
        moved = branches.merge_discussions(source=source, target=target)
    if not moved:
        return False
    reading.follow_to(comments=moved, article=target)
    log_acts(Verb.MERGE, by, reason, article=source, into=target)
    return True


@transaction.atomic
def hide_branch(*, comment: Comment, by: User, reason: str) -> bool:
    """Take a comment and all below it out of sight; each of them has its line in the log, because
    each writer may ask why. Flags there were right. False where all of it was hidden."""
    require_moderator(by, comment.article)
    hidden = branches.hide_branch(comment=comment, reason=reason)
    cases.decide(hidden, verdict=Verdict.HIDDEN, by=by)
    settle(comments=hidden, upheld=True)
    log_acts(Verb.HIDE_BRANCH, by, reason, hidden)
    _tell_writers(
        hidden,
        _("A moderator hid a branch with your comment under “%(article)s”: %(reason)s")
        % {"article": comment.article.headline, "reason": reason},
        reverse("my_acts"),
    )
    return bool(hidden)


@transaction.atomic
def restore_branch(*, comment: Comment, by: User, reason: str = "") -> bool:
    """Bring back exactly what was hidden with this branch, and its flags wait again; each writer
    is told. False where nothing was."""
    require_moderator(by, comment.article)
    restored = branches.restore_branch(comment=comment)
    cases.reopen(restored, flags=unsettle(comments=restored))
    log_acts(Verb.RESTORE_BRANCH, by, reason, restored)
    _tell_writers(
        restored,
        _("A branch with your comment under “%(article)s” is shown again.")
        % {"article": comment.article.headline},
        comment.article.get_absolute_url(),
    )
    return bool(restored)


@transaction.atomic
def lock_branch(*, comment: Comment, by: User, reason: str) -> bool:
    """Close a branch to answers and edits, with the reason on its card; False where it was."""
    require_moderator(by, comment.article)
    locked = branches.lock_branch(comment=comment, reason=reason)
    if locked:
        log_acts(Verb.LOCK_BRANCH, by, reason, [comment])
    return locked


@transaction.atomic
def unlock_branch(*, comment: Comment, by: User, reason: str = "") -> bool:
    """Open a closed branch again. False where it was open; a lock further up is another."""
    require_moderator(by, comment.article)
    unlocked = branches.unlock_branch(comment=comment)
    if unlocked:
        log_acts(Verb.UNLOCK_BRANCH, by, reason, [comment])
    return unlocked


def _tell_writers(branch: list[Comment], text: str, url: str) -> None:
    """Each once, in order of their keys."""
    writers = User.objects.filter(pk__in={one.author_id for one in branch})
    for writer in writers.order_by("pk"):
        notify(member=writer, text=text, url=url)


def _require_published(target: Article) -> None:
    """Raises ModerationRefused for an article that is not out: what comes to it would be gone."""
    if not target.is_published:
        raise ModerationRefused(_("This article is not published, so nobody would find it there."))


@contextmanager
def _refusals() -> Iterator[None]:
    """What the discussion refuses is refused to the moderator, in the same words."""
    try:
        yield
    except comments.ReplyRefused as refusal:
        raise ModerationRefused(str(refusal)) from refusal
