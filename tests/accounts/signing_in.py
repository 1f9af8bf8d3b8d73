"""Signing in as a person does, and reading the mail about it."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD


def sign_in(client, member, password=PASSWORD, **more):
    words = {"login": member.username, "password": password, **more}
    return client.post(reverse("account_login"), words)


def sign_in_afresh(client, member):
    """With the password asked for once more, for what asks for it."""
    sign_in(client, member)
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def code_in(message) -> str:
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", message.body, re.MULTILINE)[1]


def link_in(message) -> str:
    return re.search(r"http://testserver(/accounts/\S+)", message.body)[1]


def code_of(secret) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
