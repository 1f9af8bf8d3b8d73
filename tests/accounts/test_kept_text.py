"""What somebody typed comes back, whatever happened to their session meanwhile."""

import pytest
from django.test import Client
from django.urls import reverse

from forum.articles.models import Article
from tests.factories import PASSWORD, make_article, make_member

pytestmark = pytest.mark.django_db
TEXT = "Three paragraphs, <b>typed</b> on a train."


@pytest.fixture
def address():
    article = make_article()
    return reverse("comment_post", args=[article.publish_date, article.slug])


def test_text_of_somebody_signed_out_is_shown_and_waits_behind_the_sign_in(client, address):
    make_member(username="zoe")
    page = client.post(address, {"text": TEXT})
    assert page.status_code == 403
    assert "Three paragraphs, &lt;b&gt;typed" in page.content.decode()
    client.post(reverse("account_login"), {"login": "zoe", "password": PASSWORD, "next": address})
    assert client.get(address).context["form"].initial["text"] == TEXT
    assert client.get(address).context["form"].initial["text"] == ""


def test_form_with_a_stale_token_comes_back_with_its_text(address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member())
    page = client.post(
        address, {"text": TEXT, "password": "secret"}, headers={"origin": "http://testserver"}
    )
    body = page.content.decode()
    assert page.status_code == 403
    assert "Three paragraphs, &lt;b&gt;typed" in body
    assert "secret" not in body
    token = page.context["csrf_token"]
    again = client.post(
        address,
        {"text": TEXT, "csrfmiddlewaretoken": str(token)},
        headers={"origin": "http://testserver"},
    )
    assert again.status_code == 302


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_form_from_another_site_is_refused_without_its_words(address, origin):
    client = Client(enforce_csrf_checks=True)
    page = client.post(address, {"text": TEXT}, headers={"origin": origin})
    assert page.status_code == 403
    assert "Three paragraphs" not in page.content.decode()


def test_text_sent_to_an_article_that_is_gone_comes_back(client, address):
    client.force_login(make_member())
    Article.objects.update(published_at=None, publish_date=None)
    page = client.post(address, {"text": TEXT})
    assert page.status_code == 404
    assert "Three paragraphs, &lt;b&gt;typed" in page.content.decode()


def test_endless_text_of_a_stranger_is_not_kept(client, address):
    client.post(address, {"text": "x" * 200_000})
    assert "kept_text" not in client.session
