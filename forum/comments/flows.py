"""What happens to comments. Every door (page, admin, import) comes through here.

Order of locks: the article's row is taken first, in the statement that changes its counters; who
needs two articles takes them in order of primary key. All that costs time (cleaning, rendering,
looking up names) is done before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from accounts.models import User
from forum import markup
from forum.articles.models import Article
from forum.comments import announcements, holding, pacing, permissions, reply_links, tree
from forum.comments.models import Comment, CommentRevision, Draft, FormerPlace, Like, ReplyLink
from forum.comments.rendering import LINK_REL, redraw
from forum.screening import judging, trust
from forum.screening.judging import Sent, Submission, Verdict

# Nobody means to say the same to the same comment again so soon.
REPEATED_WITHIN = timedelta(hours=1)
UNKNOWN = Sent()
# Rules that are saved while somebody posts are asked too; not without end.
MOST_JUDGEMENTS = 5


class ReplyRefused(Exception):
    """The comment cannot be taken; the message is for its writer, whose text must be kept. With
    `until` it can be taken then."""

    def __init__(self, message: str, *, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class RulesChanged(Exception):
    """A rule was saved while a comment was judged by those before; the version now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class LikeRefused(Exception):
    """This member cannot like this comment; the message says why."""


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
    sent: Sent = UNKNOWN,
) -> Comment:
    """The comment, posted: numbered, in its place, its reply links kept as rows, its draft gone.

    The rules for comments (`forum.screening`) are asked first: what they hold is posted and waits,
    what they refuse raises ReplyRefused, and so does what comes too soon after the member's last.
    What was said at an earlier time (`posted_at`) is not judged. `sent` is how its form came.

    Posting a text twice with one `post_key` gives the comment of the first time, whatever has
    happened since; another text with that key raises PostedBefore. With another key the same text
    in the same place within an hour is that comment too: a form that the back button brought.
    Raises ReplyRefused when the text, the person, the discussion or the parent does not allow it,
    also when that became so a moment ago.
    """
    if post_key and (said := _said_just_now(author, article, text, parent)):
        return said
    try:
        return _post(author, article, text, parent, post_key, posted_at, sent)
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
    sent: Sent,
) -> Comment:
    refusal = permissions.why_not_comment(author, article)
    if refusal:
        raise ReplyRefused(refusal)
    clean = render(text, author=author)
    answers = reply_links.resolve(clean, article=article, parent=parent)
    html, used = reply_links.draw(clean, answers, article_id=article.pk)
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
    if posted_at is not None:
        _insert(comment, parent, used, None, sent)
        return comment
    version = None
    for _judgement in range(MOST_JUDGEMENTS):
        verdict = _judged(author, article, clean, version, sent=sent)
        try:
            _insert(comment, parent, used, verdict, sent)
        except RulesChanged as changed:
            version = changed.version
        except pacing.TooSoon as wait:
            raise ReplyRefused(str(wait), until=wait.until) from wait
        else:
            return comment
    raise ReplyRefused(_("The rules are being changed this moment. Try again."))


@transaction.atomic
def _insert(
    comment: Comment,
    parent: Comment | None,
    used: Mapping[str, reply_links.Answer],
    verdict: Verdict | None,
    sent: Sent,
) -> None:
    """Post what was made ready; raises RulesChanged, TooSoon and ReplyRefused. Without a verdict
    nothing is asked of it."""
    author, article = comment.author, comment.article
    if verdict is not None:
        pacing.require_paces(author, verdict.paces)
    # Before others begin to wait for this.
    discard_draft(member=author, article=article, parent=parent)
    entry = _enter(comment, is_held=verdict is not None and verdict.is_held)
    comment.number = entry.number
    if verdict is not None:
        if entry.rules != verdict.version:
            raise RulesChanged(entry.rules)
        pacing.require_slow_mode(author, article, entry.pace)
    comment.held_at, comment.held_reason = None, ""
    if entry.is_held:
        comment.held_at = timezone.now()
        comment.held_reason = (verdict and verdict.reason) or _(
            "New comments on this article wait for a moderator."
        )
    if parent is not None:
        comment.parent = _fresh_parent(parent, article)
        if verdict is not None and comment.parent.flags_above:
            pacing.require_cool_branch(author, comment.parent, comment.parent.flags_above)
    tree.insert(comment)
    reply_links.add(comment, used)
    if not entry.is_held:
        announcements.posted(article.pk, [comment.number])
    elif verdict and verdict.is_held:
        holding.keep_findings(comment, verdict.findings)
    else:
        holding.keep_reason(comment, comment.held_reason)
    if verdict and verdict.asks_akismet and not verdict.is_held:
        app.configure_task("forum.comments.tasks.ask_akismet").defer(
            comment=comment.pk, address=sent.address, agent=sent.agent
        )


def _judged(
    author: User,
    article: Article,
    clean: str,
    version: int | None,
    *,
    before: str | None = None,
    sent: Sent = UNKNOWN,
) -> Verdict:
    """What the rules say; raises ReplyRefused where they refuse."""
    submission = Submission(
        author=author,
        html=clean,
        before=before,
        sent=sent,
        shown=lambda most: (
            Comment.objects.visible().filter(author=author).order_by()[:most].count()
        ),
    )
    verdict = judging.judge(submission, article, version=version)
    if verdict.refusal:
        raise ReplyRefused(verdict.refusal)
    return verdict


def edit_comment(*, comment: Comment, by: User, text: str) -> Comment:
    """The comment with its new text; the earlier one is kept and readers see that it was edited.

    An edit that changes nothing leaves no trace. Raises ReplyRefused outside the edit window,
    for more than a slip when that is over, and whenever the text could not be posted. What an edit
    adds that a rule holds takes the comment out of sight until a moderator has looked.
    """
    refusal = permissions.why_not_edit(by, comment)
    if refusal:
        raise ReplyRefused(refusal)
    clean = render(text, author=by)
    version = None
    for _judgement in range(MOST_JUDGEMENTS):
        verdict = _judged(by, comment.article, clean, version, before=comment.html)
        try:
            return _edit(comment, by, text, clean, verdict)
        except RulesChanged as changed:
            version = changed.version
    raise ReplyRefused(_("The rules are being changed this moment. Try again."))


@transaction.atomic
def _edit(comment: Comment, by: User, text: str, clean: str, verdict: Verdict) -> Comment:
    comment = _hold(comment)
    refusal = permissions.why_not_edit(by, comment)
    if refusal:
        raise ReplyRefused(refusal)
    if text == comment.text:
        return comment
    if refusal := permissions.why_not_edit_to(comment, text):
        raise ReplyRefused(refusal)
    if (rules := judging.current_version()) != verdict.version:
        raise RulesChanged(rules)
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
    if verdict.is_held:
        _hold_back(comment, verdict.reason)
        holding.keep_findings(comment, verdict.findings)
    elif comment.is_visible:
        announcements.changed(comment)
    return comment


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User) -> Comment:
    """The comment is out of sight by its author's wish; doing it twice changes nothing."""
    comment = _hold(comment)
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
    else:
        holding.settle(comment)
    return comment


@transaction.atomic
def undo_withdrawal(*, comment: Comment, by: User) -> Comment:
    """The comment is back as it was; raises ReplyRefused when its time for that is over."""
    comment = _hold(comment)
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
    parent: Comment | None,
    text: str,
    post_key: UUID | None = None,
) -> None:
    """Keep what a member has typed so far, for another of their screens; no words, no draft.

    Nor is there one of what was posted, however late the draft arrives.
    """
    posted = Comment.objects.filter(author=member, post_key=post_key, text=text.rstrip())
    if not text.strip() or (post_key and posted.exists()):
        discard_draft(member=member, article=article, parent=parent)
        return
    Draft.objects.update_or_create(
        member=member,
        article=article,
        parent=parent,
        defaults={
            "text": text[: 2 * settings.LONGEST_COMMENT],
            "post_key": post_key,
            "saved_at": timezone.now(),
        },
    )


def discard_draft(*, member: User, article: Article, parent: Comment | None) -> None:
    """Forget what was typed there."""
    Draft.objects.filter(member=member, article=article, parent=parent).delete()


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
    comment = _hold(comment)
    if comment.hidden_at:
        return False
    was_visible = comment.is_visible
    comment.hidden_at, comment.hidden_reason = timezone.now(), reason
    comment.save(update_fields=["hidden_at", "hidden_reason"])
    if was_visible:
        _take_out_of_sight(comment)
    else:
        holding.settle(comment)
    return True


@transaction.atomic
def hold_comment(*, comment: Comment, reason: str, rule_name: str = "", words: str = "") -> bool:
    """Let a comment wait for a moderator, out of sight but for its author, who is told `reason`;
    moderators see `rule_name` and `words`. False when it was not in sight."""
    comment = _hold(comment)
    if not comment.is_visible:
        return False
    _hold_back(comment, reason)
    holding.keep_reason(comment, rule_name or reason, words)
    return True


@transaction.atomic
def count_open_flags(*, comment: Comment, flags: int) -> None:
    """Keep how many flags of a comment wait for an answer. Where they gather, answers below it
    wait (`forum.comments.pacing`); with none left, the branch is cool again."""
    comment = _hold(comment)
    Comment.objects.filter(pk=comment.pk).update(open_flags=flags)


@transaction.atomic
def restore_comment(*, comment: Comment) -> bool:
    """Undo hiding and holding. False when there was nothing to undo."""
    comment = _hold(comment)
    if not comment.hidden_at and not comment.held_at:
        return False
    comment.hidden_at = comment.held_at = None
    comment.hidden_reason = comment.held_reason = ""
    comment.save(update_fields=["hidden_at", "hidden_reason", "held_at", "held_reason"])
    holding.settle(comment)
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
    comment = _hold(comment)
    refusal = permissions.why_not_like(by, comment)
    if refusal:
        raise LikeRefused(refusal)
    Like.objects.bulk_create([Like(comment=comment, member=by)], ignore_conflicts=True)
    comment.refresh_from_db(fields=["like_count"])
    return comment


@transaction.atomic
def unlike_comment(*, comment: Comment, by: User) -> Comment:
    """The comment, liked by the member no more. It can always be taken back."""
    comment = _hold(comment)
    Like.objects.filter(comment=comment, member=by).delete()
    comment.refresh_from_db(fields=["like_count"])
    return comment


def preview_comment(
    *,
    article: Article,
    text: str,
    author: User | None = None,
    parent: Comment | None = None,
    comment: Comment | None = None,
) -> SafeString:
    """What the text would look like, posted now or put in place of what `comment` says; raises
    ReplyRefused as posting would."""
    clean = render(text, author=author)
    before = comment.number if comment else None
    answers = reply_links.resolve(clean, article=article, before=before, parent=parent)
    prefix: list[ReplyLink] = []
    if comment is not None:
        kept = reply_links.kept([comment])[comment.pk]
        answers, prefix = answers | kept.answers, kept.prefix
    html, _used = reply_links.draw(clean, answers, article_id=article.pk)
    return reply_links.draw_prefix(html, prefix, article_id=article.pk)


def render(text: str, *, author: User | None = None) -> str:
    """The clean HTML of a comment's text, without reply links, with pictures where an author is
    trusted with them; raises ReplyRefused for none or too much."""
    if not text.strip():
        raise ReplyRefused(_("Write something first."))
    if len(text) > settings.LONGEST_COMMENT:
        raise ReplyRefused(
            _("This is %(over)d characters too long: a comment can have %(limit)d.")
            % {"over": len(text) - settings.LONGEST_COMMENT, "limit": settings.LONGEST_COMMENT}
        )
    try:
        pictures = author is not None and trust.may_show_pictures(author.trust_level)
        return markup.render_markdown(text, link_rel=LINK_REL, images=pictures)
    except markup.MarkupRefused as error:
        raise ReplyRefused(str(error)) from error


@dataclass(frozen=True)
class Entry:
    """What a new comment finds: its number, whether it waits for a moderator, the seconds of slow
    mode, and the version of the rules."""

    number: int
    is_held: bool
    pace: int | None
    rules: int


def _enter(comment: Comment, *, is_held: bool) -> Entry:
    """Take the article's row until the transaction ends, with a number for a new comment. One that
    waits for a moderator, because it `is_held` or all here are, does not count yet.

    One statement: what it returns, and whether the discussion is open to the author, cannot change
    any more.
    """
    author, article = comment.author, comment.article
    may_be_held = permissions.is_held(author, article)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE articles_article
               SET last_number = last_number + 1,
                   comment_count = comment_count
                       + CASE WHEN %(held)s OR %(may)s AND comments_policy = 'held'
                              THEN 0 ELSE 1 END,
                   last_commented_at = CASE WHEN %(held)s OR %(may)s AND comments_policy = 'held'
                       THEN last_commented_at ELSE greatest(last_commented_at, %(at)s) END
             WHERE id = %(id)s AND locked_at IS NULL AND published_at IS NOT NULL
               AND comments_policy <> 'closed'
               AND (comments_close_at IS NULL OR comments_close_at > clock_timestamp())
               AND (comments_from_level <= %(level)s OR NOT %(may)s)
            RETURNING last_number, %(held)s OR %(may)s AND comments_policy = 'held',
                      comments_pace, (SELECT coalesce(max(version), 0) FROM screening_ruleversion)
            """,
            {
                "held": is_held,
                "may": may_be_held,
                "level": author.trust_level,
                "at": comment.posted_at,
                "id": article.pk,
            },
        )
        row = cursor.fetchone()
    if row is None:
        article.refresh_from_db(
            fields=[
                *("locked_at", "lock_reason", "published_at"),
                *("comments_policy", "comments_close_at", "comments_from_level"),
            ]
        )
        raise ReplyRefused(
            permissions.why_not_comment(author, article) or _("This article is not published.")
        )
    return Entry(*row)


def _hold(comment: Comment) -> Comment:
    """The comment as it is now, with its article's row held until the transaction ends."""
    while True:
        article = Article.objects.select_for_update(no_key=True).get(pk=comment.article_id)
        comment = Comment.objects.select_related("author", "parent").get(pk=comment.pk)
        if comment.article_id == article.pk:
            comment.article = article
            return comment


def _fresh_parent(parent: Comment, article: Article) -> Comment:
    """The parent as it is now; raises ReplyRefused where it can no longer be answered."""
    parent = Comment.objects.defer("text", "html").with_flags_above().get(pk=parent.pk)
    if parent.article_id != article.pk or not parent.is_visible:
        raise ReplyRefused(_("The comment you answer is no longer there."))
    parent.article = article
    return parent


def _hold_back(comment: Comment, reason: str) -> None:
    was_visible = comment.is_visible
    comment.held_at, comment.held_reason = comment.held_at or timezone.now(), reason
    comment.save(update_fields=["held_at", "held_reason"])
    if was_visible:
        _take_out_of_sight(comment)


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
    redraw(list(touched.distinct().select_related("author").order_by("pk")))
