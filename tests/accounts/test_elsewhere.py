"""Accounts on other sites without a browser; the way through one is in
tests/browser/test_signing_in.py."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_member

pytestmark = pytest.mark.django_db


def leave_for_github(client):
    """The page that leads there, and what GitHub is told."""
    page = client.post(f"{reverse('github_login')}?process=login")
    return page, parse_qs(urlsplit(page.context["address"]).query)


def test_form_leads_to_another_site_by_a_page_and_never_by_a_redirect(client):
    page, _told = leave_for_github(client)
    assert page.status_code == 200
    text = page.content.decode()
    assert "You go on to <b>github.com</b>" in text
    assert '<meta http-equiv="refresh" content="0; url=https://github.com/login/oauth/' in text
    assert "form-action 'self'" in page["Content-Security-Policy"]


def test_turning_back_at_the_other_site_is_said(client):
    _page, told = leave_for_github(client)
    back = {"error": "access_denied", "state": told["state"][0]}
    answer = client.get(reverse("github_callback"), back)
    assert answer.url == reverse("socialaccount_login_cancelled")
    assert "You turned back" in client.get(answer.url).content.decode()


def test_answer_that_nobody_asked_for_signs_nobody_in(client):
    """Somebody's browser is led to an answer of the other site that was given to another."""
    _page, told = leave_for_github(Client())
    answer = client.get(reverse("github_callback"), {"code": "x", "state": told["state"][0]})
    assert answer.status_code == 401
    assert client.get("/").wsgi_request.user.is_anonymous


def test_page_asks_before_it_leads_away(client):
    page = client.get(reverse("github_login"))
    assert page.status_code == 200
    assert "Sign in with GitHub?" in page.content.decode()


def test_sites_without_keys_are_not_offered(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    for name in ("account_login", "account_signup"):
        assert "GitHub" not in client.get(reverse(name)).content.decode()
    client.force_login(make_member())
    assert "Accounts elsewhere" not in client.get(reverse("account_security")).content.decode()
