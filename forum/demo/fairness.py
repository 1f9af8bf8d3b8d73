"""What shows in the demo that moderators can be asked why: branches hidden and closed, appeals,
notes, a moderator of one category, and figures of the last weeks."""

import random
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.fairness.figures import count_day
from forum.fairness.flows import appeal, decide, write_note
from forum.moderation import threads
from forum.moderation.flows import give_role
from forum.moderation.models import LogEntry, Verb
from forum.tags.models import Category

WEEKS = 6


def show_fairness(members: dict[str, User], *, owner: User) -> None:
    """Every verb of threads once, an appeal that waits and one that was heard."""
    moderator = next(m for m in members.values() if m.is_staff and m.pk != owner.pk)
    _keep_a_category(members, owner)
    answered = _answered_by_others(moderator)
    if len(answered) < 3:
        return  # a demo too small to have quarrels
    closed, quarrel, apart = answered[:3]
    threads.lock_branch(
        comment=closed, by=moderator, reason="Both sides have said it twice; let it rest."
    )
    threads.hide_branch(comment=quarrel, by=moderator, reason="A quarrel between two people.")
    reply = apart.get_children().visible().first()
    if reply is not None:
        threads.split(comment=reply, by=moderator, reason="Another matter, and a good one.")
    if len(answered) > 4:
        threads.move(
            comment=answered[3],
            article=answered[4].article,
            by=moderator,
            reason="It is about that article rather than this one.",
        )
    _merge_two(moderator)
    _appeal(quarrel, owner)
    write_note(member=closed.author, by=moderator, text="Civil when asked; writes late at night.")
    _decide_over_weeks([moderator, owner])
    today = timezone.localdate()
    for back in range(7 * WEEKS + 1):
        count_day(today - timedelta(days=back))


def _keep_a_category(members: dict[str, User], owner: User) -> None:
    category = Category.objects.order_by("position", "name").first()
    plain = [m for m in members.values() if m.role == Role.MEMBER and not m.is_banned]
    keeper = plain[-1] if plain else None
    if category and keeper:
        give_role(member=keeper, role=Role.CATEGORY_MODERATOR, by=owner, categories=[category])


def _answered_by_others(moderator: User) -> list[Comment]:
    """Comments with a few answers, of different articles, whose writers are plain members."""
    articles = Article.objects.filter(locked_at=None, comment_count__gt=15).newest_first()[2:12]
    found = []
    for article in articles:
        answered = (
            Comment.objects.filter(
                article=article, level__lte=1, rght__range=(F("lft") + 3, F("lft") + 9)
            )
            .visible()
            .exclude(author=moderator)
            .select_related("author", "article")
            .order_by("number")
        )
        found += list(answered[:1])
    return found


def _merge_two(moderator: User) -> None:
    """The smallest discussion goes on in the next one that is filed under the same."""
    talked = Article.objects.published().filter(locked_at=None, comment_count__gte=2)
    for small in talked.order_by("comment_count", "pk"):
        alike = talked.filter(categories__in=small.categories.all()).exclude(pk=small.pk)
        if target := alike.order_by("comment_count", "pk").first():
            threads.merge_discussions(
                source=small,
                target=target,
                by=moderator,
                reason="Two articles, one conversation: it goes on there.",
            )
            return


def _appeal(quarrel: Comment, owner: User) -> None:
    """The one who began asks and waits; one who only answered was heard."""
    acts = LogEntry.objects.filter(verb=Verb.HIDE_BRANCH).select_related("member")
    by_member = {act.member_id: act for act in acts.order_by("pk")}
    for act in by_member.values():
        member = act.member
        if member is None or member.pk == owner.pk:
            continue
        if member.pk == quarrel.author_id:
            appeal(entry=act, by=member, text="I asked a question. Others made a quarrel of it.")
        else:
            heard = appeal(entry=act, by=member, text="I only said which bus goes there.")
            decide(appeal=heard, by=owner, undo=True, answer="So you did. It stands there again.")
            return


def _decide_over_weeks(moderators: list[User]) -> None:
    """Comments that were looked at and let stand, as the log has them."""
    choose = random.Random(7)
    since = timezone.now() - timedelta(weeks=WEEKS)
    looked_at = Comment.objects.filter(posted_at__gt=since).visible().order_by("posted_at")
    LogEntry.objects.bulk_create(
        LogEntry(
            moderator=choose.choice(moderators),
            verb=Verb.APPROVE,
            comment_id=comment.pk,
            article_id=comment.article_id,
            member_id=comment.author_id,
            at=min(comment.posted_at + timedelta(minutes=choose.randint(2, 90)), timezone.now()),
        )
        for comment in looked_at.only("article", "author", "posted_at")
        if choose.random() < 0.4
    )
