"""Accounts that somebody began and never confirmed the address of: a mistyped address, a change of
mind, or a row of names taken by a machine. Each holds a login name that nobody else can have.

Nobody has ever signed in to such an account, so there is nothing of its own in it. What others
did with its name does not keep it: where somebody mentions it, `@name` stays as they wrote it, and
is no link any more. What the site did with it keeps it: a role, a ban, an import, a note.
"""

from collections.abc import Collection
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from forum.comments.models import Comment
from forum.comments.rendering import answering
from forum.pagination import by_key
from forum.people import posted_mail
from forum.people.holding import hold
from forum.people.holdings import named
from forum.people.renaming import redraw_comments

# What signing up alone makes, and what members do with a name: gone with the account.
GOES_ALONG = {
    "account.EmailAddress.user",
    "mfa.Authenticator.user",
    "accounts.FormerName.member",
    "comments.Mention.member",
    "notifications.Notification.member",
    "reading.PersonFollowing.person",
    "reading.ToldOf.member",
}
# Few, because the articles in which they are mentioned wait meanwhile.
AT_ONCE = 20


def remove() -> int:
    """Remove the accounts that waited longer than UNCONFIRMED_KEPT_DAYS for their address to be
    confirmed; how many. Their names and addresses are free again."""
    return sum(_remove([one.pk for one in batch]) for batch in by_key(_waiting(), size=AT_ONCE))


def _waiting() -> QuerySet[User]:
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(
        Exists(addresses.filter(verified=False)),
        ~Exists(addresses.filter(verified=True)),
        date_joined__lt=timezone.now() - timedelta(days=settings.UNCONFIRMED_KEPT_DAYS),
        last_login=None,
        is_active=True,
        is_staff=False,
        is_superuser=False,
        is_editor=False,
        is_author=False,
        is_contributor=False,
        moderated_categories=[],
    )


@transaction.atomic
def _remove(keys: Collection[int]) -> int:
    """Those of the accounts that nothing else names, as they are once their rows are held."""
    held, _articles = hold(User.objects.filter(pk__in=keys), Comment.objects.none)
    waiting = set(_waiting().filter(pk__in=held).values_list("pk", flat=True))
    for one in named():
        if one.label not in GOES_ALONG:
            name = one.field.attname
            waiting -= set(one.rows.filter(**{f"{name}__in": waiting}).values_list(name, flat=True))
    addresses = EmailAddress.objects.filter(user__in=waiting)
    emails = list(addresses.values_list("email", flat=True))
    mentioned = list(answering(waiting).values_list("pk", flat=True))
    User.objects.filter(pk__in=waiting).delete()
    redraw_comments(mentioned)
    if emails:
        transaction.on_commit(lambda: posted_mail.delete(emails))
    return len(waiting)
