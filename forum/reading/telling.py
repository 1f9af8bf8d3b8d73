"""Who is told that a comment answers or names them.

Done by a job behind the post, so a discussion is not held up by mailboxes. What is out of sight is
told of when it comes into sight. The sentence names neither the writer nor their words: they may be
out of sight tomorrow, and a mailbox keeps what it was told.
"""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.comments.models import Comment
from forum.notifications.flows import notify
from forum.reading.models import Following, PersonFollowing, ToldOf

# In the preferences of members.
BY_MAIL = "mail_answers"


def tell_of(comment: Comment) -> int:
    """Tell those whom the comment answers or names, as far as they were not told of it before, may
    read it, and mute neither its writer nor the place; how many were told."""
    if not comment.is_visible or not comment.article.is_published:
        return 0
    told = 0
    # In order of their keys: telling takes the members' rows.
    for member in _meant(comment).order_by("pk"):
        answers = comment.parent is not None and comment.parent.author_id == member.pk
        told += _tell(member, comment, answers=answers)
    return told


@transaction.atomic
def _tell(member: User, comment: Comment, *, answers: bool) -> bool:
    _told, is_new = ToldOf.objects.get_or_create(member=member, comment=comment)
    if is_new:
        said = (
            _("A comment of yours on “{headline}” was answered.")
            if answers
            else _("You were named in the discussion of “{headline}”.")
        )
        notify(
            member=member,
            text=format_lazy(said, headline=comment.article.headline),
            url=comment.get_absolute_url(),
            mail=bool(member.preferences.get(BY_MAIL)),
        )
    return is_new


def _meant(comment: Comment) -> QuerySet[User]:
    answered = Comment.objects.visible().filter(
        Q(pk=comment.parent_id) | Q(answered_by__comment=comment)
    )
    return (
        User.objects.filter(
            Q(pk__in=answered.order_by().values("author")) | Q(mentions__comment=comment),
            is_active=True,
        )
        .exclude(pk=comment.author_id)
        .exclude(pk__in=_muting(comment))
        .distinct()
    )


def _muting(comment: Comment) -> list[int]:
    """Keys of the members who mute the writer, or the place: there the narrowest of what they
    follow and mute decides."""
    person = PersonFollowing.objects.filter(person=comment.author_id, muted_at__isnull=False)
    places = Following.objects.filter(
        Q(branch=None)
        | Q(
            branch__tree_id=comment.tree_id,
            branch__lft__lte=comment.lft,
            branch__rght__gte=comment.rght,
        ),
        article=comment.article_id,
    ).order_by(F("branch__level").asc(nulls_first=True))
    nearest = {place.member_id: place for place in places}
    muted = [pk for pk, place in nearest.items() if place.muted_at]
    return [*person.values_list("member", flat=True), *muted]
