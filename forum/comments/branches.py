"""What happens to branches and whole discussions: hidden, closed, moved, brought into another.

As everywhere (`forum.comments.flows`) the rows of the articles are taken first, of two in order of
primary key.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from forum.articles.models import Article
from forum.comments import announcements, reply_links, tree
from forum.comments.flows import ReplyRefused
from forum.comments.models import Comment, Draft, FormerPlace
from forum.comments.rendering import renumber
from forum.comments.sight import as_it_is, count


@transaction.atomic
def hide_branch(*, comment: Comment, reason: str) -> list[Comment]:
    """Take a comment and all that is below it out of sight; those that were hidden before stay
    as they were, and do not come back with it. What was hidden by it, in order of number."""
    comment = as_it_is(comment)
    branch = list(Comment.objects.below(comment).filter(hidden_at=None).in_time_order())
    in_sight = [one for one in branch if one.is_visible]
    now = timezone.now()
    for one in branch:
        one.hidden_at, one.hidden_reason, one.hidden_with = now, reason, comment
    Comment.objects.filter(pk__in=[one.pk for one in branch]).update(
        hidden_at=now, hidden_reason=reason, hidden_with=comment
    )
    count(comment.article, -len(in_sight))
    announcements.gone(comment.article_id, [one.number for one in in_sight])
    return branch


@transaction.atomic
def restore_branch(*, comment: Comment) -> list[Comment]:
    """Bring back exactly what `hide_branch` of this comment hid, wherever in the discussion it
    hangs by now, and return it; what was held or withdrawn meanwhile stays out of sight."""
    comment = as_it_is(comment)
    branch = list(
        Comment.objects.filter(hidden_with=comment, article=comment.article_id).in_time_order()
    )
    for one in branch:
        one.hidden_at, one.hidden_reason, one.hidden_with = None, "", None
    Comment.objects.filter(pk__in=[one.pk for one in branch]).update(
        hidden_at=None, hidden_reason="", hidden_with=None
    )
    in_sight = [one for one in branch if one.is_visible]
    count(comment.article, len(in_sight))
    announcements.posted(comment.article_id, [one.number for one in in_sight])
    announcements.shown_again(comment.article_id, in_sight)
    return branch


@transaction.atomic
def lock_branch(*, comment: Comment, reason: str) -> bool:
    """Nobody can answer or edit the comment any more, nor what is below it, and whoever tries is
    told the reason. False when it was locked before; a lock further up is another."""
    comment = as_it_is(comment)
    return bool(
        Comment.objects.filter(pk=comment.pk, locked_at=None).update(
            locked_at=timezone.now(), lock_reason=reason
        )
    )


@transaction.atomic
def unlock_branch(*, comment: Comment) -> bool:
    """Undo `lock_branch` of this comment. False when it was not locked."""
    comment = as_it_is(comment)
    return bool(
        Comment.objects.filter(pk=comment.pk, locked_at__isnull=False).update(
            locked_at=None, lock_reason=""
        )
    )


@transaction.atomic
def merge_discussions(*, source: Article, target: Article) -> list[Comment]:
    """Bring all comments of one discussion into another, thread by thread; which ones.

    They take new numbers there, in their old order, and the old ones lead to them for ever. What
    stood there keeps its numbers; in order of time all stand as they were said. Raises
    ReplyRefused for a discussion and itself.
    """
    if source.pk == target.pk:
        raise ReplyRefused(_("A discussion cannot be merged with itself."))
    held = {
        article.pk: article
        for article in Article.objects.select_for_update(no_key=True)
        .filter(pk__in=[source.pk, target.pk])
        .order_by("pk")
    }
    comments = list(Comment.objects.filter(article=source).order_by("number"))
    if comments:
        _change_article(comments, held[source.pk], held[target.pk])
    return comments


@transaction.atomic
def move_comment(
    *, comment: Comment, article: Article | None = None, parent: Comment | None = None
) -> Comment:
    """Hang a comment with its whole branch below `parent`, or make it a thread of `article`.

    Within one article the numbers stay. In another the branch takes new numbers there, in its
    old order; the old ones stay reserved and lead to it. Reply links keep their targets. Raises
    ReplyRefused when the parent lies inside the branch or in another article than named.
    """
    target_id = parent.article_id if parent else (article or comment.article).pk
    if article is not None and article.pk != target_id:
        raise ReplyRefused(_("The comment to hang it under belongs to another article."))
    held = {
        a.pk: a
        for a in Article.objects.select_for_update(no_key=True)
        .filter(pk__in={comment.article_id, target_id})
        .order_by("pk")
    }
    comment = Comment.objects.select_related("article").get(pk=comment.pk)
    if comment.article_id not in held:
        raise ReplyRefused(_("The comment was moved by somebody else just now."))
    if parent is not None:
        parent.refresh_from_db()
        if parent.article_id != target_id:
            raise ReplyRefused(_("The comment to hang it under was moved just now."))
        if parent.tree_id == comment.tree_id and comment.lft <= parent.lft <= comment.rght:
            raise ReplyRefused(_("A comment cannot be moved below itself."))
    tree.move(comment, parent)
    if comment.article_id != target_id:
        branch = list(Comment.objects.below(comment).order_by("number"))
        _change_article(branch, comment.article, held[target_id])
    return Comment.objects.get(pk=comment.pk)


def _change_article(branch: list[Comment], source: Article, target: Article) -> None:
    """Give comments that stand in their places the article of those places, and numbers there.
    `branch` is whole branches, in order of number; both articles are held."""
    moved = [one.pk for one in branch]
    FormerPlace.objects.bulk_create(
        FormerPlace(article=source, number=one.number, comment=one) for one in branch
    )
    visible = [one for one in branch if one.is_visible]
    announcements.gone(source.pk, [one.number for one in visible])
    for one in branch:
        target.last_number += 1
        one.article, one.number = target, target.last_number
    announcements.posted(target.pk, [one.number for one in visible])
    renumber(branch, reply_links.led_elsewhere(branch), source=source)
    # Who was hidden with a comment that is in the other article now comes back alone.
    torn = Q(pk__in=moved, hidden_with__isnull=False) & ~Q(hidden_with__in=moved) | Q(
        hidden_with__in=moved
    ) & ~Q(pk__in=moved)
    Comment.objects.filter(torn).update(hidden_with=None)
    Draft.objects.filter(parent__in=moved).update(article=target)
    source.comment_count -= len(visible)
    target.comment_count += len(visible)
    latest = max(one.posted_at for one in branch)
    target.last_commented_at = max(latest, target.last_commented_at or latest)
    source.save(update_fields=["comment_count"])
    target.save(update_fields=["comment_count", "last_number", "last_commented_at"])
