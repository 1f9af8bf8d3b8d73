"""Who is told that a comment answers or names them.

Done by a job behind the posts, for all that came since the last one together, so a discussion is
not held up by mailboxes. What is out of sight is told of when it comes into sight. The sentence
names neither the writer nor their words: they may be out of sight tomorrow, and a mailbox keeps
what it was told.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.comments.models import Comment, Mention
from forum.notifications.flows import Notice, notify_all
from forum.reading.models import Following, PersonFollowing, ToldOf

# In the preferences of members.
BY_MAIL = "mail_answers"

Meant = set[tuple[int, int]]


@transaction.atomic
def tell_of(comments: Iterable[int]) -> int:
    """Tell those whom the comments with these keys answer or name, as far as they were not told of
    it before, may read it, and mute neither its writer nor the place; how many were told. A
    constant number of queries, but for mail."""
    found = Comment.objects.select_related("article", "parent").filter(pk__in=set(comments))
    shown = {c.pk: c for c in found if c.is_visible and c.article.is_published}
    meant = _meant(shown)
    meant -= _muting(shown, meant)
    # In the order of their keys, as nobody may wait in a circle; who holds them tells alone.
    members = (
        User.objects.select_for_update(no_key=True)
        .filter(pk__in={member for member, _comment in meant}, is_active=True)
        .order_by("pk")
        .in_bulk()
    )
    meant -= set(ToldOf.objects.filter(comment__in=shown).values_list("member", "comment"))
    new = sorted(pair for pair in meant if pair[0] in members)
    ToldOf.objects.bulk_create(ToldOf(member_id=member, comment_id=pk) for member, pk in new)
    notify_all([_notice(members[member], shown[pk]) for member, pk in new])
    return len(new)


def _notice(member: User, comment: Comment) -> Notice:
    answers = comment.parent is not None and comment.parent.author_id == member.pk
    said = (
        _("A comment of yours on “{headline}” was answered.")
        if answers
        else _("You were named in the discussion of “{headline}”.")
    )
    return Notice(
        member=member,
        text=format_lazy(said, headline=comment.article.headline),
        url=comment.get_absolute_url(),
        mail=bool(member.preferences.get(BY_MAIL)),
    )


def _meant(shown: dict[int, Comment]) -> Meant:
    """Keys of members, each with that of a comment which answers or names them."""
    parents = {
        (c.parent.author_id, pk) for pk, c in shown.items() if c.parent and c.parent.is_visible
    }
    linked = Comment.objects.visible().order_by().filter(answered_by__comment__in=shown)
    named = Mention.objects.filter(comment__in=shown)
    meant = {
        *parents,
        *linked.values_list("author", "answered_by__comment"),
        *named.values_list("member", "comment"),
    }
    return {(member, pk) for member, pk in meant if member != shown[pk].author_id}


def _muting(shown: dict[int, Comment], meant: Meant) -> Meant:
    """Those of them who mute the writer, or the place: there the narrowest of what they follow and
    mute decides."""
    members = {member for member, _comment in meant}
    writers = {comment.author_id for comment in shown.values()}
    people = PersonFollowing.objects.filter(
        member__in=members, person__in=writers, muted_at__isnull=False
    )
    muted = set(people.values_list("member", "person"))
    places = (
        Following.objects.filter(
            Q(branch=None)
            | Q(
                branch__tree_id=F("article__comments__tree_id"),
                branch__lft__lte=F("article__comments__lft"),
                branch__rght__gte=F("article__comments__rght"),
            ),
            member__in=members,
            article__comments__in=shown,
        )
        .annotate(comment=F("article__comments"))
        .order_by("member", "comment", F("branch__level").desc(nulls_last=True))
        .distinct("member", "comment")
    )
    return {pair for pair in meant if (pair[0], shown[pair[1]].author_id) in muted} | {
        (member, pk)
        for member, pk, muted_at in places.values_list("member", "comment", "muted_at")
        if muted_at
    }
