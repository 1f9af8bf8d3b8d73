"""What happens to comments. Every door (page, admin, import) comes through here.

Order of locks: the article's row is taken first, in the statement that changes its counters; who
needs two articles takes them in order of primary key. All that costs time (cleaning, rendering,
looking up names) is done before.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from accounts.models import User
from forum import markup
from forum.articles.models import Article
from forum.comments import announcements, cases, holding, pacing, permissions, reply_links, tree
from forum.comments.models import Comment, CommentRevision, Draft, Like, ReplyLink, Untold
from forum.comments.rendering import LINK_REL
from forum.comments.sight import as_it_is, count
from forum.screening import judging, trust
from forum.screening.judging import Sent, Submission, Verdict
from forum.screening.networks import network_hash

# Nobody means to say the same to the same comment again so soon.
REPEATED_WITHIN = timedelta(hours=1)
UNKNOWN = Sent()
# Rules that are saved while somebody posts are asked too; not without end.
MOST_JUDGEMENTS = 5
ASK_AKISMET = "forum.comments.tasks.ask_akismet"
# The job that tells those whom new comments answer or name, by its name, as addresses are known by
# theirs: who mutes what is known above.
TELL = "forum.reading.tasks.tell_of_untold"


class ReplyRefused(Exception):
    """The comment cannot be taken; the message is for its writer, whose text must be kept."""


class LikeRefused(Exception):
    """This member cannot like this comment; the message says why."""


class WarningUnread(ReplyRefused):
    """A moderator warned the writer, who must say that they have read it before they post."""

    def __init__(self):
        super().__init__(_("Read what a moderator wrote to you, and say that you have, to post."))


class TooSoon(ReplyRefused):
    """Too much in too short a time; posting succeeds after `retry_after` seconds, at `until`."""

    def __init__(self, message: str, *, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after
        self.until = timezone.now() + timedelta(seconds=retry_after)


class RulesChanged(Exception):
    """A rule was saved while a comment was judged by those before; the version now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


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
    what they refuse raises ReplyRefused, and what comes too soon after the member's last TooSoon.
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
            if isinstance(trouble, IntegrityError) and not _is_open(author):
                raise ReplyRefused(permissions.why_account_closed()) from None
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


def _is_open(person: User) -> bool:
    """Whether the account is open now: the database lets an erased one write nothing, and knows
    it before the person does."""
    return User.objects.filter(pk=person.pk, is_active=True).exists()


def _said_just_now(
    author: User, article: Article, text: str, parent: Comment | None
) -> Comment | None:
    recent = timezone.now() - REPEATED_WITHIN
    said = Comment.objects.visible().filter(author=author, posted_at__gt=recent)
    # One row at most, without the order and the columns that nobody asks about.
    same = said.filter(article=article, parent=parent, text=text).order_by().values("pk")[:1]
    return Comment.objects.get(pk=same[0]["pk"]) if same else None


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
    if author.warned_at:
        raise WarningUnread()
    clean = render(text, author=author)
    answers = reply_links.resolve(clean, article=article, parent=parent)
    html, used = reply_links.draw(clean, answers, article_id=article.pk)
    is_newcomer = cases.is_newcomer(author, article)
    comment = Comment(
        article=article,
        author=author,
        parent=parent,
        text=text,
        html=html,
        html_version=markup.ENGINE,
        post_key=post_key,
        posted_at=posted_at,
    )
    ready = Ready(comment, clean, answers, used, is_newcomer, network_hash(sent.address))
    if posted_at is not None:
        _insert(ready, None)
        return comment
    version = None
    for _judgement in range(MOST_JUDGEMENTS):
        verdict = _judged(author, article, clean, version, sent=sent)
        comment.posted_at = None  # type: ignore[assignment]  # the database says when
        try:
            _insert(ready, verdict)
        except RulesChanged as changed:
            version = changed.version
        except pacing.TooSoon as wait:
            raise TooSoon(str(wait), retry_after=wait.seconds) from wait
        else:
            return comment
    raise ReplyRefused(_("The rules are being changed this moment. Try again."))


@dataclass(frozen=True)
class Ready:
    """A comment that is about to be posted: its clean HTML, what its handles may mean, those
    that are drawn in it, whether it is among its author's first, and the hash of the network
    address that it comes from."""

    comment: Comment
    clean: str
    answers: dict[str, reply_links.Answer]
    used: dict[str, reply_links.Answer]
    is_newcomer: bool
    network: int | None


@transaction.atomic
def _insert(ready: Ready, verdict: Verdict | None) -> None:
    """Post what was made ready; raises RulesChanged, TooSoon and ReplyRefused. Without a verdict
    nothing is asked of it."""
    comment, used = ready.comment, ready.used
    author, article = comment.author, comment.article
    if verdict is not None:
        pacing.require_paces(author, verdict.paces)
    _wait_for_bans(author)
    entry = _enter(comment, is_held=verdict is not None and verdict.is_held)
    comment.number, comment.posted_at = entry.number, entry.posted_at
    if verdict is not None and entry.rules != verdict.version:
        raise RulesChanged(entry.rules)
    _be_welcome(author)
    if verdict is not None:
        pacing.require_slow_mode(author, article, entry.pace)
        if comment.parent is not None:
            pacing.require_cool_branch(author, article, comment.parent, entry.flags_above)
    comment.held_at, comment.held_reason = None, ""
    if entry.is_held:
        comment.held_at = timezone.now()
        comment.held_reason = (verdict and verdict.reason) or _(
            "New comments on this article wait for a moderator."
        )
    if targets_moved := reply_links.moved(used, article_id=article.pk, but=comment.parent):
        # What was looked up before the row was taken, as it is now.
        answers = ready.answers | targets_moved
        comment.html, used = reply_links.draw(ready.clean, answers, article_id=article.pk)
    if not tree.insert(comment, network=ready.network):
        raise ReplyRefused(_why_not_below(comment.parent, article))
    reply_links.add(comment, used)
    if ready.is_newcomer:
        cases.open_for_newcomer(comment, reach=comment.number)
    if entry.is_held:
        holding.keep_findings(comment, verdict.findings if verdict else ())
        return
    announcements.posted(article.pk, [comment.number])
    # Nobody is told now of what was said before.
    if verdict is not None and (comment.parent or used):
        _tell_of(comment)
    if verdict is not None and verdict.asks_akismet:
        app.configure_task(ASK_AKISMET).defer(
            comment=comment.pk, address=verdict.sent.address, agent=verdict.sent.agent
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
    said = Comment.objects.visible().filter(author=author).order_by()
    submission = Submission(
        author=author,
        html=clean,
        before=before,
        sent=sent,
        shown=lambda most: said[:most].count(),
    )
    verdict = judging.judge(submission, article, version=version)
    if verdict.refusal:
        raise ReplyRefused(verdict.refusal)
    return verdict


def edit_comment(*, comment: Comment, by: User, text: str) -> Comment:
    """The comment with its new text; the earlier one is kept and readers see that it was edited.

    An edit that changes nothing leaves no trace; the draft is gone either way. Raises ReplyRefused
    outside the edit window, for more than a slip when that is over, and whenever the text could
    not be posted. What an edit adds that a rule holds takes the comment out of sight until a
    moderator has looked.
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
    comment = as_it_is(comment)
    if not comment.author.is_active:
        raise ReplyRefused(permissions.why_account_closed())
    refusal = permissions.why_not_edit(by, comment)
    if refusal:
        raise ReplyRefused(refusal)
    discard_draft(member=by, article=comment.article, comment=comment)
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
        if used.keys() - kept.answers.keys():
            _tell_of(comment)
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


@transaction.atomic
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
    however late it arrives. What was given back since the composer with this `post_key` was opened
    stays; no words without a key discard all there is.
    """
    place: dict[str, Any] = {"comment": comment} if comment else {"parent": parent}
    text = text[: 2 * settings.LONGEST_COMMENT]
    # Screens save one after the other, and none between a post's look at the drafts and its end.
    bar_while_acting(member)
    drafts = Draft.objects.of(member, article=article, **place)
    is_done = not text.strip() or _is_posted(member, text.rstrip(), comment, post_key)
    if not post_key and not text.strip():
        drafts.delete()
        return
    saved = {"text": "" if is_done else text, "saved_at": timezone.now()}
    whole = saved | {"returned": "", "post_key": post_key}
    # Between two of these a moderator may give a text back.
    while not drafts.unknown_to(post_key).update(**saved):
        known = drafts.known_to(post_key)
        if is_done:
            known.delete()
            return
        if known.update(**whole):
            return
        _draft, is_new = drafts.get_or_create(
            member=member, **place, defaults=whole | {"article": article}
        )
        if is_new:
            return


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
def hold_comment(*, comment: Comment, reason: str, rule_name: str = "", words: str = "") -> bool:
    """Let a comment wait for a moderator, out of sight but for its author, who is told `reason`;
    moderators see `rule_name` and `words`. False when it was not in sight."""
    comment = as_it_is(comment)
    if not comment.is_visible:
        return False
    _hold_back(comment, reason)
    holding.keep_reason(comment, rule_name or reason, words)
    return True


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
    comment.hidden_at = comment.held_at = comment.hidden_with = None
    comment.hidden_reason = comment.held_reason = ""
    comment.save(
        update_fields=["hidden_at", "hidden_reason", "hidden_with", "held_at", "held_reason"]
    )
    if comment.is_visible:
        _bring_into_sight(comment)
    return True


@transaction.atomic
def like_comment(*, comment: Comment, by: User) -> Comment:
    """The comment, liked by the member; liking it twice changes nothing. The database keeps
    `like_count` (migration 0005). Raises LikeRefused for one's own, for one out of sight, and for
    a member whose account was erased a moment ago."""
    comment = as_it_is(comment)
    refusal = permissions.why_not_like(by, comment)
    if refusal:
        raise LikeRefused(refusal)
    try:
        with transaction.atomic():
            Like.objects.bulk_create([Like(comment=comment, member=by)], ignore_conflicts=True)
    except IntegrityError:
        if _is_open(by):
            raise
        raise LikeRefused(permissions.why_account_closed()) from None
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
    *,
    article: Article,
    text: str,
    author: User | None = None,
    parent: Comment | None = None,
    comment: Comment | None = None,
) -> SafeString:
    """What the text would look like, posted by `author` now or put in place of what `comment`
    says; raises ReplyRefused as posting would."""
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
    """What a new comment finds: its number, the moment it is said, whether it waits for a
    moderator, the seconds of slow mode, the version of the rules, and the flags that wait above."""

    number: int
    posted_at: datetime
    is_held: bool
    pace: int | None
    rules: int
    flags_above: int


def _enter(comment: Comment, *, is_held: bool) -> Entry:
    """Take the article's row until the transaction ends, with a number for a new comment. One that
    waits for a moderator, because it `is_held` or all here are, does not count yet. Its draft is
    gone, but for what was given back since its composer was opened.

    One statement: what it returns, and whether the discussion is open to the author, cannot change
    any more. The moment, where none is given, is that of the number: later ones have later moments.
    """
    article = comment.article
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH draft AS (
              DELETE FROM comments_draft
               WHERE member_id = %(author)s AND article_id = %(id)s
                 AND comment_id IS NULL
                 AND (parent_id = %(parent)s OR %(parent)s::bigint IS NULL AND parent_id IS NULL)
                 AND (returned = '' OR post_key = %(key)s::uuid)
            ), given_back AS (
              UPDATE comments_draft SET text = ''
               WHERE member_id = %(author)s AND article_id = %(id)s
                 AND comment_id IS NULL
                 AND (parent_id = %(parent)s OR %(parent)s::bigint IS NULL AND parent_id IS NULL)
                 AND returned <> '' AND post_key IS DISTINCT FROM %(key)s::uuid
            )
            UPDATE articles_article
               SET last_number = last_number + 1,
                   comment_count = comment_count
                       + CASE WHEN %(held)s OR %(may)s AND comments_policy = 'held'
                              THEN 0 ELSE 1 END,
                   last_commented_at = CASE WHEN %(held)s OR %(may)s AND comments_policy = 'held'
                       THEN last_commented_at
                       ELSE greatest(last_commented_at, coalesce(%(at)s, clock_timestamp())) END
             WHERE id = %(id)s AND locked_at IS NULL AND published_at IS NOT NULL
               AND comments_policy <> 'closed'
               AND (comments_close_at IS NULL OR comments_close_at > clock_timestamp())
               AND (comments_from_level <= %(level)s OR NOT %(may)s)
            RETURNING last_number, coalesce(%(at)s, clock_timestamp()),
                      %(held)s OR %(may)s AND comments_policy = 'held', comments_pace,
                      (SELECT coalesce(max(version), 0) FROM screening_ruleversion),
                      (SELECT coalesce(sum(flagged.open_flags), 0)
                         FROM comments_comment parent JOIN comments_comment flagged
                           ON flagged.tree_id = parent.tree_id AND flagged.open_flags > 0
                          AND flagged.lft <= parent.lft AND flagged.rght >= parent.rght
                        WHERE parent.id = %(parent)s::bigint)
            """,
            {
                "held": is_held,
                "level": comment.author.trust_level,
                "id": article.pk,
                "author": comment.author_id,
                "parent": comment.parent_id,
                "key": comment.post_key,
                "may": permissions.is_held(comment.author, article),
                "at": comment.posted_at,
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
            permissions.why_not_comment(comment.author, article)
            or _("This article is not published.")
        )
    return Entry(*row)


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


def _be_welcome(author: User) -> None:
    """Raises ReplyRefused where the writer was banned or warned since they were read: a ban that
    is in force before the comment has its number comes before it."""
    author.refresh_from_db(
        fields=["banned_at", "banned_until", "ban_reason", "warned_at", "warning"]
    )
    if author.is_banned:
        raise ReplyRefused(permissions.why_banned(author))
    if author.warned_at:
        raise WarningUnread()


def _why_not_below(parent: Comment, article: Article) -> str:
    """Why a comment that was there when its answer was begun can be answered no longer."""
    now = Comment.objects.knowing_locks().filter(pk=parent.pk, article=article).first()
    if now is not None and now.is_visible and now.branch_lock_reason is not None:
        return permissions.why_branch_locked(now.branch_lock_reason)
    return _("The comment you answer is no longer there.")


def _hold_back(comment: Comment, reason: str) -> None:
    was_visible = comment.is_visible
    comment.held_at, comment.held_reason = comment.held_at or timezone.now(), reason
    comment.save(update_fields=["held_at", "held_reason"])
    if was_visible:
        _take_out_of_sight(comment)


def _take_out_of_sight(comment: Comment) -> None:
    count(comment.article, -1)
    announcements.gone(comment.article_id, [comment.number])


def _bring_into_sight(comment: Comment) -> None:
    count(comment.article, 1)
    announcements.posted(comment.article_id, [comment.number])
    announcements.changed(comment)
    _tell_of(comment)


def _tell_of(comment: Comment) -> None:
    """One job tells of all that came since the last. It is asked for after the commit: one that
    waits then will see the comment, and one that has begun may not."""
    Untold.objects.create(comment=comment)
    transaction.on_commit(_ask_to_tell, robust=True)


def _ask_to_tell() -> None:
    if ProcrastinateJob.objects.filter(queueing_lock=TELL, status="todo").exists():
        return
    with suppress(AlreadyEnqueued):
        app.configure_task(TELL, queueing_lock=TELL).defer()
