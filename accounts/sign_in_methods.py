"""All the ways in which a member can sign in, at one look."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings

from accounts.models import User


@dataclass(frozen=True)
class Methods:
    email: EmailAddress | None
    more_emails: int
    has_app: bool
    passkeys: int
    has_recovery_codes: bool
    sessions: int
    elsewhere: int
    # Whether this site lets people sign in with an account elsewhere.
    offers_elsewhere: bool


def of(member: User) -> Methods:
    """The member's ways to sign in; four queries."""
    emails = list(EmailAddress.objects.filter(user=member).order_by("-primary"))
    kinds = list(Authenticator.objects.filter(user=member).values_list("type", flat=True))
    return Methods(
        email=emails[0] if emails else None,
        more_emails=len(emails[1:]),
        has_app=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        has_recovery_codes=Authenticator.Type.RECOVERY_CODES in kinds,
        sessions=UserSession.objects.filter(user=member).count(),
        elsewhere=SocialAccount.objects.filter(user=member).count(),
        offers_elsewhere=bool(settings.SOCIALACCOUNT_PROVIDERS),
    )
