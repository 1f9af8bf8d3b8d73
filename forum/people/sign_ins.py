"""Who signed in when, and by which method: told by allauth, kept for a while."""

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import email_confirmed, user_logged_in
from django.contrib import messages
from django.dispatch import receiver
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from forum.people.claiming import claimable
from forum.people.models import SignIn


@receiver(user_logged_in)
def remember(sender, request, user, **more):
    """Note the sign-in, and tell of comments from before that the member can claim."""
    records = get_authentication_records(request, user)
    # Of a second factor, which: a recovery code is worth a look.
    methods = [record.get("type") or record.get("method", "") for record in records]
    SignIn.objects.create(member=user, method=", ".join(filter(None, methods))[:30])
    _offer(request, user)


@receiver(email_confirmed)
def offer(sender, request, email_address, **more):
    """A member who is signed in and confirmed a further address may have more to claim."""
    if request is not None and request.user == email_address.user:
        _offer(request, email_address.user)


def _offer(request, member):
    if claimable(member).exists():
        messages.info(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                _("Something that was written before this site moved here may be yours."),
                reverse("claims"),
                _("Have a look"),
            ),
        )
