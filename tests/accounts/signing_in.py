"""Signing in as a person does, and reading the mail about it."""

import re

from django.urls import reverse

from tests.factories import PASSWORD


def sign_in(client, member, password=PASSWORD, **more):
    words = {"login": member.username, "password": password, **more}
    return client.post(reverse("account_login"), words)


def code_in(message) -> str:
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", message.body, re.MULTILINE)[1]


def link_in(message) -> str:
    return re.search(r"http://testserver(/accounts/\S+)", message.body)[1]
