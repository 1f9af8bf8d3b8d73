"""Where members are signed in. allauth notes each session with its browser; Django's session says
whether it still opens anything."""

from collections.abc import Collection

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User


def open_sessions(member: User) -> list[UserSession]:
    """The sessions that the member is signed in with, the latest used first; two queries. One from
    before a new password opens nothing and is not among them."""
    noted = UserSession.objects.filter(user=member).order_by("-last_seen_at", "-pk")
    found = Session.objects.filter(
        pk__in=noted.order_by().values("session_key"), expire_date__gt=timezone.now()
    )
    hashes = {member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()}
    good = {one.pk for one in found if one.get_decoded().get(HASH_SESSION_KEY) in hashes}
    return [one for one in noted if one.session_key in good]


def end_sessions(members: Collection[User]) -> None:
    """Sign these members out everywhere. A session names its member only inside, so all that
    could still be used are looked through."""
    keys = {str(member.pk) for member in members}
    over = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) in keys
    ]
    Session.objects.filter(pk__in=over).delete()
    UserSession.objects.filter(user__in=members).delete()


def forget_ended() -> None:
    """Delete sessions that expired, and what was noted of those that are gone."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
