"""What readers do with a discussion without saying anything."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.reading import marks
from forum.reading.marks import Numbers, Standing
from forum.reading.mine import Own
from forum.reading.models import Following, PersonFollowing, ReadMark, Visit


class FollowingRefused(Exception):
    """This cannot be followed or muted; the message says why."""


def visit(*, member: User, article: Article) -> Standing:
    """Where the member stands in the discussion, being there now. One statement, which writes
    when a visit begins, and once a minute while it lasts.

    On the first visit nothing is new.
    """
    now = timezone.now()
    fields: dict[str, Any] = {
        "member": member.pk,
        "article": article.pk,
        "last": article.last_number,
        "now": now,
        "still_there": now - marks.VISIT_LASTS,
        "noted": now - marks.NOTED_FOR,
        "kept": marks.VISITS_KEPT,
        "linked": marks.LINKED,
    }
    with connection.cursor() as cursor:
        cursor.execute(marks.VISIT, fields)
        count, new, keys, numbers, visits, moments, can_undo, *own = cursor.fetchone()
    return Standing(
        last_number=article.last_number,
        count=count,
        new=marks.pairs(new or ()),
        first_new=[marks.Linked(*one) for one in zip(keys, numbers, strict=True)],
        earlier=[marks.Earlier(*one) for one in zip(visits, moments, strict=True)],
        can_undo=can_undo,
        own=Own(*own),
    )


def see(*, member: User, article: Article, numbers: Numbers) -> None:
    """The member has seen these comments; numbers that were not given yet are left out. What was
    seen stays seen when something done at a stroke is undone."""
    seen = marks.ranges(marks.within(numbers, article.last_number))
    fields: dict[str, Any] = {"member": member.pk, "article": article.pk, "seen": seen}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE reading_readmark SET seen = seen + %(seen)s, undone_to = undone_to + %(seen)s
             WHERE member_id = %(member)s AND article_id = %(article)s AND NOT seen @> %(seen)s
            """,
            fields,
        )


def mark_all_read(*, member: User, article: Article, until: int) -> None:
    """Nothing up to comment number `until` is new to the member any more. Can be undone."""
    _at_a_stroke(member, article, "seen + %(numbers)s", min(until, article.last_number))


def since_visit(*, member: User, visit: Visit) -> None:
    """New is what came since that visit of the member's began, seen or not, and nothing else.
    Can be undone."""
    _at_a_stroke(member, visit.article, "%(numbers)s", visit.last_number)


def undo(*, member: User, article: Article) -> None:
    """What was done last at a stroke is as if it had not been, but for what was seen since."""
    ReadMark.objects.filter(member=member, article=article, undone_to__isnull=False).update(
        seen=F("undone_to"), undone_to=None
    )


def _at_a_stroke(member: User, article: Article, seen: str, last: int) -> None:
    numbers = marks.ranges([(1, last)])
    fields: dict[str, Any] = {"member": member.pk, "article": article.pk, "numbers": numbers}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE reading_readmark SET undone_to = seen, seen = {seen}
             WHERE member_id = %(member)s AND article_id = %(article)s AND seen <> {seen}
            """,  # noqa: S608 - one of the two expressions above
            fields,
        )


def follow(*, member: User, article: Article, branch: Comment | None = None) -> None:
    """The discussion is among the member's from now on, also when they say nothing in it; with
    `branch`, the branch that starts at this comment. What was muted is muted no more."""
    _set(member, article, branch, followed_at=timezone.now(), muted_at=None)


def mute(*, member: User, article: Article, branch: Comment | None = None) -> None:
    """The discussion, or a branch of it, is new to the member no more, whatever comes; it can
    be read as before."""
    _set(member, article, branch, followed_at=None, muted_at=timezone.now())


def stop_following(*, member: User, article: Article, branch: Comment | None = None) -> None:
    """Neither followed nor muted."""
    Following.objects.filter(member=member, article=article, branch=branch).delete()


def unmute_place(*, member: User, following: int) -> bool:
    """The discussion or branch that this row of the member's mutes is muted no more; False where
    it mutes nothing any more."""
    muted = Following.objects.filter(pk=following, member=member, muted_at__isnull=False)
    return bool(muted.delete()[0])


def follow_to(*, comments: Collection[Comment], article: Article) -> None:
    """Comments came to `article`: who follows or mutes a branch of theirs does so there."""
    Following.objects.filter(branch__in=comments).update(article=article)


@transaction.atomic
def _set(member: User, article: Article, branch: Comment | None, **moments) -> None:
    Following.objects.update_or_create(
        member=member, article=article, branch=branch, defaults=moments
    )


def follow_person(*, member: User, person: User) -> None:
    """What the person says and writes is on the member's page of people they follow."""
    _set_person(member, person, followed_at=timezone.now(), muted_at=None)


def mute_person(*, member: User, person: User) -> None:
    """What the person says is folded for the member, is never new to them, is in no list of
    theirs, and tells them nothing. The person does not learn of it."""
    _set_person(member, person, followed_at=None, muted_at=timezone.now())


def stop_following_person(*, member: User, person: User) -> None:
    """Neither followed nor muted."""
    PersonFollowing.objects.filter(member=member, person=person).delete()


def unmute_person(*, member: User, person: User) -> bool:
    """The member mutes the person no more; False where they do not."""
    muted = PersonFollowing.objects.filter(member=member, person=person, muted_at__isnull=False)
    return bool(muted.delete()[0])


@transaction.atomic
def _set_person(member: User, person: User, **moments) -> None:
    if member.pk == person.pk:
        raise FollowingRefused(_("You cannot follow or mute yourself."))
    PersonFollowing.objects.update_or_create(member=member, person=person, defaults=moments)
