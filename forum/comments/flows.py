"""What happens to comments. Every door (page, admin, import) comes through here.

Order of locks: the article's row is taken first, in the statement that changes its counters; who
needs two articles takes them in order of primary key. All that costs time (cleaning, rendering,
looking up names) is done before.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from forum import markup
from forum.articles.models import Article
from forum.comments import announcements, cases, permissions, reply_links, tree
from forum.comments.models import Comment, CommentRevision, Draft, FormerPlace, Like, ReplyLink
from forum.comments.rendering import LINK_REL, redraw
from forum.comments.sight import as_it_is

# Nobody means to say the same to the same comment again so soon.
REPEATED_WITHIN = timedelta(hours=1)


class ReplyRefused(Exception):
    """The comment cannot be taken; the message is for its writer, whose text must be kept."""


class LikeRefused(Exception):
    """This member cannot like this comment; the message says why."""


class WarningUnread(ReplyRefused):
    """A moderator warned the writer, who must say that they have read it before they post."""

    def __init__(self):
        super().__init__(_("Read what a moderator wrote to you, and say that you have, to post."))


class TooSoon(ReplyRefused):
    """Too much in too short a time; posting succeeds after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after


class PostedBefore(ReplyRefused):
    """The composer's key was used for another text: what is posted next needs a new one."""


def post_comment(
    *,
    author: User,
    article: Article,
    text: str,
    parent: Comment | None = None,
    post_key: UUID | None = None,
    posted_at: datetime | None = None,
) -> Comment:
    """The comment, posted: numbered, in its place, its reply links kept as rows, its draft gone.

    Posting a text twice with one `post_key` gives the comment of the first time, whatever has
    happened since; another text with that key raises PostedBefore. With another key the same text
    in the same place within an hour is that comment too: a form that the back button brought.
    Raises ReplyRefused when the text, the person, the discussion or the parent does not allow it,
    also when that became so a moment ago.
    """
    if post_key and (said := _said_just_now(author, article, text, parent)):
        return said
    try:
        return _post(author, article, text, parent, post_key, posted_at)
    except (IntegrityError, ReplyRefused) as trouble:
        posted = post_key and Comment.objects.filter(author=author, post_key=post_key).first()
        if not posted:
            raise
        if posted.text == text:
            return posted
        if isinstance(trouble, ReplyRefused):
            raise
        raise PostedBefore(
            _(
                "Another text was posted from here already, as comment %(number)d. "
                "Post once more to add this one."
            )
            % {"number": posted.number}
        ) from None


def _said_just_now(
    author: User, article: Article, text: str, parent: Comment | None
) -> Comment | None:
    recent = timezone.now() - REPEATED_WITHIN
    return (
        Comment.objects.visible()
        .filter(author=author, posted_at__gt=recent, article=article, parent=parent, text=text)
        .first()
    )


def _post(
    author: User,
    article: Article,
    text: str,
    parent: Comment | None,
    post_key: UUID | None,
    posted_at: datetime | None,
) -> Comment:
    refusal = permissions.why_not_comment(author, article)
    if refusal:
        raise ReplyRefused(refusal)
    if author.warned_at:
        raise WarningUnread()
    clean = render(text)
    answers = reply_links.resolve(clean, article=article, parent=parent)
    html, used = reply_links.draw(clean, answers, article_id=article.pk)
    is_newcomer = cases.is_newcomer(author)
    comment = Comment(
        article=article,
        author=author,
        parent=parent,
        text=text,
        html=html,
        html_version=markup.ENGINE,
        post_key=post_key,
        posted_at=posted_at or timezone.now(),
    )
    with transaction.atomic():
        _wait_for_bans(author)
        # Before others begin to wait for this.
        discard_draft(member=author, article=article, parent=parent)
        comment.number, is_held = _enter(
            article, author, comment.posted_at, may_be_held=permissions.is_held(author, article)
        )
        if is_held:
            comment.held_at = timezone.now()
            comment.held_reason = _("New comments on this article wait for a moderator.")
        if parent is not None:
            comment.parent = _fresh_parent(parent, article)
        tree.insert(comment)
        reply_links.add(comment, used)
        if is_newcomer:
            cases.open_for_newcomer(comment, reach=comment.number)
        if not is_held:
            announcements.posted(article.pk, [comment.number])
    return comment


@transaction.atomic
def edit_comment(*, comment: Comment, by: User, text: str) -> Comment:
    """The comment with its new text; the earlier one is kept and readers see that it was edited.

    An edit that changes nothing leaves no trace; the draft is gone either way. Raises ReplyRefused
    outside the edit window, for more than a slip when that is over, and whenever the text could
    not be posted.
    """
    comment = as_it_is(comment)
    refusal = permissions.why_not_edit(by, comment)
    if refusal:
        raise ReplyRefused(refusal)
    discard_draft(member=by, article=comment.article, comment=comment)
    if text == comment.text:
        return comment
    if refusal := permissions.why_not_edit_to(comment, text):
        raise ReplyRefused(refusal)
    clean = render(text)
    answers = reply_links.resolve(
        clean, article=comment.article, before=comment.number, parent=comment.parent
    )
    # A handle that stays keeps the comment it meant, also after its member was renamed.
    kept = reply_links.kept([comment])[comment.pk]
    answers |= kept.answers
    html, used = reply_links.draw(clean, answers, article_id=comment.article_id)
    now = timezone.now()
    CommentRevision.objects.create(
        comment=comment,
        text=comment.text,
        markup=comment.markup,
        html=comment.html,
        html_version=comment.html_version,
        written_at=comment.edited_at or comment.posted_at,
        replaced_at=now,
    )
    comment.text, comment.markup, comment.edited_at = text, "markdown", now
    comment.html = reply_links.draw_prefix(html, kept.prefix, article_id=comment.article_id)
    comment.html_version = markup.ENGINE
    comment.save(update_fields=["text", "markup", "html", "html_version", "edited_at"])
    reply_links.keep(comment, used)
    if comment.is_visible:
        announcements.changed(comment)
    return comment


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User) -> Comment:
    """The comment is out of sight by its author's wish; doing it twice changes nothing."""
    comment = as_it_is(comment)
    if comment.withdrawn_at:
        return comment
    refusal = permissions.why_not_withdraw(by, comment)
    if refusal:
        raise ReplyRefused(refusal)
    was_visible = comment.is_visible
    comment.withdrawn_at = timezone.now()
    comment.save(update_fields=["withdrawn_at"])
    if was_visible:
        _take_out_of_sight(comment)
    return comment


@transaction.atomic
def undo_withdrawal(*, comment: Comment, by: User) -> Comment:
    """The comment is back as it was; raises ReplyRefused when its time for that is over."""
    comment = as_it_is(comment)
    if refusal := permissions.why_not_undo_withdrawal(by, comment):
        raise ReplyRefused(refusal)
    comment.withdrawn_at = None
    comment.save(update_fields=["withdrawn_at"])
    if comment.is_visible:
        _bring_into_sight(comment)
    return comment


def save_draft(
    *,
    member: User,
    article: Article,
    text: str,
    parent: Comment | None = None,
    comment: Comment | None = None,
    post_key: UUID | None = None,
) -> None:
    """Keep what a member has typed so far, for another of their screens; no words, no draft.

    It is other words for `comment` where that is given. Of what was posted there is no draft,
    however late it arrives.
    """
    place: dict[str, Any] = {"comment": comment} if comment else {"parent": parent}
    if not text.strip() or _is_posted(member, text.rstrip(), comment, post_key):
        discard_draft(member=member, article=article, **place)
        return
    Draft.objects.of(member, article=article, **place).update_or_create(
        member=member,
        **place,
        defaults={
            "article": article,
            "text": text[: 2 * settings.LONGEST_COMMENT],
            "post_key": post_key,
            "saved_at": timezone.now(),
        },
    )


def _is_posted(member: User, text: str, comment: Comment | None, post_key: UUID | None) -> bool:
    if comment:
        return text == comment.text
    posted = Comment.objects.filter(author=member, post_key=post_key, text=text)
    return post_key is not None and posted.exists()


def discard_draft(
    *,
    member: User,
    article: Article,
    parent: Comment | None = None,
    comment: Comment | None = None,
) -> None:
    """Forget what was typed there."""
    Draft.objects.of(member, article=article, parent=parent, comment=comment).delete()


@transaction.atomic
def redact_revision(*, revision: CommentRevision) -> bool:
    """Take the words out of an earlier text of a comment; that there was one stays to be seen.
    False when they were out before."""
    changed = CommentRevision.objects.filter(pk=revision.pk, redacted_at=None).update(
        text="", html="", redacted_at=timezone.now()
    )
    return bool(changed)


@transaction.atomic
def hide_comment(*, comment: Comment, reason: str) -> bool:
    """Take the comment out of sight; its answers stay. False when it was hidden before."""
    comment = as_it_is(comment)
    if comment.hidden_at:
        return False
    was_visible = comment.is_visible
    comment.hidden_at, comment.hidden_reason = timezone.now(), reason
    comment.save(update_fields=["hidden_at", "hidden_reason"])
    if was_visible:
        _take_out_of_sight(comment)
    return True


@transaction.atomic
def restore_comment(*, comment: Comment) -> bool:
    """Undo hiding and holding. False when there was nothing to undo."""
    comment = as_it_is(comment)
    if not comment.hidden_at and not comment.held_at:
        return False
    comment.hidden_at = comment.held_at = None
    comment.hidden_reason = comment.held_reason = ""
    comment.save(update_fields=["hidden_at", "hidden_reason", "held_at", "held_reason"])
    if comment.is_visible:
        _bring_into_sight(comment)
    return True


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
        _change_article(comment, held[target_id])
    return Comment.objects.get(pk=comment.pk)


@transaction.atomic
def like_comment(*, comment: Comment, by: User) -> Comment:
    """The comment, liked by the member; liking it twice changes nothing. The database keeps
    `like_count` (migration 0005). Raises LikeRefused for one's own, and for one out of sight."""
    comment = as_it_is(comment)
    refusal = permissions.why_not_like(by, comment)
    if refusal:
        raise LikeRefused(refusal)
    Like.objects.bulk_create([Like(comment=comment, member=by)], ignore_conflicts=True)
    comment.refresh_from_db(fields=["like_count"])
    return comment


@transaction.atomic
def unlike_comment(*, comment: Comment, by: User) -> Comment:
    """The comment, liked by the member no more. It can always be taken back."""
    comment = as_it_is(comment)
    Like.objects.filter(comment=comment, member=by).delete()
    comment.refresh_from_db(fields=["like_count"])
    return comment


def preview_comment(
    *, article: Article, text: str, parent: Comment | None = None, comment: Comment | None = None
) -> SafeString:
    """What the text would look like, posted now or put in place of what `comment` says; raises
    ReplyRefused as posting would."""
    clean = render(text)
    before = comment.number if comment else None
    answers = reply_links.resolve(clean, article=article, before=before, parent=parent)
    prefix: list[ReplyLink] = []
    if comment is not None:
        kept = reply_links.kept([comment])[comment.pk]
        answers, prefix = answers | kept.answers, kept.prefix
    html, _used = reply_links.draw(clean, answers, article_id=article.pk)
    return reply_links.draw_prefix(html, prefix, article_id=article.pk)


def render(text: str) -> str:
    """The clean HTML of a comment's text, without reply links; raises ReplyRefused for none or
    too much."""
    if not text.strip():
        raise ReplyRefused(_("Write something first."))
    if len(text) > settings.LONGEST_COMMENT:
        raise ReplyRefused(
            _("This is %(over)d characters too long: a comment can have %(limit)d.")
            % {"over": len(text) - settings.LONGEST_COMMENT, "limit": settings.LONGEST_COMMENT}
        )
    try:
        return markup.render_markdown(text, link_rel=LINK_REL)
    except markup.MarkupRefused as error:
        raise ReplyRefused(str(error)) from error


def _enter(
    article: Article, author: User, posted_at: datetime, *, may_be_held: bool
) -> tuple[int, bool]:
    """Take the article's row until the transaction ends, a number for a new comment, and whether
    it waits for a moderator; then it does not count yet.

    One statement: what it returns, and whether the discussion is open, cannot change any more;
    nor whether the author may post, since `_wait_for_bans`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE articles_article
               SET last_number = last_number + 1,
                   comment_count = comment_count
                       + CASE WHEN %(may)s AND comments_policy = 'held' THEN 0 ELSE 1 END,
                   last_commented_at = CASE WHEN %(may)s AND comments_policy = 'held'
                       THEN last_commented_at ELSE greatest(last_commented_at, %(at)s) END
             WHERE id = %(id)s AND locked_at IS NULL AND published_at IS NOT NULL
               AND comments_policy <> 'closed'
               AND (comments_close_at IS NULL OR comments_close_at > clock_timestamp())
               AND EXISTS (
                   SELECT FROM accounts_user
                    WHERE id = %(author)s AND warned_at IS NULL
                      AND (banned_at IS NULL OR banned_until <= clock_timestamp())
               )
            RETURNING last_number, %(may)s AND comments_policy = 'held'
            """,
            {"may": may_be_held, "at": posted_at, "id": article.pk, "author": author.pk},
        )
        row = cursor.fetchone()
    if row is None:
        _refuse_who_may_not_post(author)
        article.refresh_from_db(
            fields=[
                *("locked_at", "lock_reason", "published_at"),
                *("comments_policy", "comments_close_at"),
            ]
        )
        raise ReplyRefused(
            permissions.why_closed(article)
            if article.is_closed
            else _("This article is not published.")
        )
    return row


def bar_while_acting(member: User) -> None:
    """Until the transaction ends nothing that this member posts is let in, and what was about to
    be is in: whoever then bars them knows all they wrote. Taken before any article's row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('posting', %s))", [member.pk])


def _wait_for_bans(author: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended('posting', %s))", [author.pk]
        )


def _refuse_who_may_not_post(author: User) -> None:
    author.refresh_from_db(
        fields=["banned_at", "banned_until", "ban_reason", "warned_at", "warning"]
    )
    if author.is_banned:
        raise ReplyRefused(permissions.why_banned(author))
    if author.warned_at:
        raise WarningUnread()


def _fresh_parent(parent: Comment, article: Article) -> Comment:
    """The parent as it is now; raises ReplyRefused where it can no longer be answered."""
    parent = Comment.objects.defer("text", "html").get(pk=parent.pk)
    if parent.article_id != article.pk or not parent.is_visible:
        raise ReplyRefused(_("The comment you answer is no longer there."))
    return parent


def _take_out_of_sight(comment: Comment) -> None:
    _count(comment.article, -1)
    announcements.gone(comment.article_id, [comment.number])


def _bring_into_sight(comment: Comment) -> None:
    _count(comment.article, 1)
    announcements.posted(comment.article_id, [comment.number])
    announcements.changed(comment)


def _count(article: Article, change: int) -> None:
    article.comment_count += change
    article.save(update_fields=["comment_count"])


def _change_article(comment: Comment, target: Article) -> None:
    """Give a branch that hangs in its new place the article of that place, and numbers there."""
    source = comment.article
    branch = list(
        Comment.objects.filter(
            tree_id=comment.tree_id, lft__gte=comment.lft, rght__lte=comment.rght
        ).order_by("number")
    )
    FormerPlace.objects.bulk_create(
        FormerPlace(article=source, number=one.number, comment=one) for one in branch
    )
    visible = [one for one in branch if one.is_visible]
    announcements.gone(source.pk, [one.number for one in visible])
    for one in branch:
        target.last_number += 1
        one.article, one.number = target, target.last_number
    announcements.posted(target.pk, [one.number for one in visible])
    Comment.objects.bulk_update(branch, ["article", "number"], batch_size=500)
    source.comment_count -= len(visible)
    target.comment_count += len(visible)
    latest = max(one.posted_at for one in branch)
    target.last_commented_at = max(latest, target.last_commented_at or latest)
    source.save(update_fields=["comment_count"])
    target.save(update_fields=["comment_count", "last_number", "last_commented_at"])
    moved = {one.pk for one in branch}
    touched = Comment.objects.filter(reply_links__target__in=moved) | Comment.objects.filter(
        pk__in=moved
    )
    redraw(list(touched.distinct().order_by("pk")))
