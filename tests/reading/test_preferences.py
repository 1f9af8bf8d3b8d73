"""How somebody reads: theme and order for everybody, language and time zone for members."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from tests.factories import make_article, make_comment, make_member
from tests.site_map import content

pytestmark = pytest.mark.django_db
PLACE = "/preferences/"


def choose(client, **chosen):
    return client.post(PLACE, {"theme": "", "order": "threads"} | chosen)


def head(page):
    return page.content.decode().partition("<body>")[0]


def test_device_decides_until_somebody_chooses(client):
    page = head(client.get("/"))
    assert "data-theme" not in page
    assert 'content="light dark"' in page


@pytest.mark.parametrize("kind", ["reader", "member"])
def test_chosen_theme_stands_at_the_head_of_every_page(client, kind):
    article = make_article()
    if kind == "member":
        client.force_login(make_member())
    assert choose(client, theme="dark").url == PLACE
    for place in ("/", article.get_absolute_url(), PLACE, "/no-such-page/"):
        page = head(client.get(place))
        assert 'data-theme="dark"' in page, place
        assert 'content="dark"' in page, place
    choose(client, theme="")
    assert "data-theme" not in head(client.get("/"))


def test_readers_page_is_kept_apart_by_theme_and_still_costs_one_query(
    client, django_assert_num_queries
):
    address = make_article().get_absolute_url()
    choose(client, theme="dark")
    client.get(address)
    with django_assert_num_queries(1):
        assert 'data-theme="dark"' in head(client.get(address))
    assert "data-theme" not in head(Client().get(address))


def test_strange_cookies_make_no_further_kept_pages(client):
    address = make_article().get_absolute_url()
    tag = client.get(address)["ETag"]
    client.cookies["theme"] = "x" * 500
    assert client.get(address)["ETag"] == tag


def test_theme_of_a_member_is_theirs_in_another_browser(client):
    member = make_member()
    client.force_login(member)
    choose(client, theme="light", order="time")
    other = Client()
    other.force_login(member)
    assert 'data-theme="light"' in head(other.get("/"))
    member.refresh_from_db()
    assert member.preferences["order"] == "time"


def test_what_is_no_choice_is_refused_in_words(client):
    page = choose(client, theme="pink", order="random")
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"theme", "order"}


def test_moments_are_in_the_time_zone_of_the_member(client):
    article = make_article(published=datetime(2024, 3, 12, 23, 30, tzinfo=UTC))
    comment = make_comment(article, posted_at=datetime(2024, 3, 12, 23, 30, tzinfo=UTC))
    client.force_login(make_member())
    choose(client, time_zone="Asia/Tokyo")
    mine = client.get(comment.author.get_absolute_url()).content.decode()
    assert "13 Mar 2024" in mine
    others = Client().get(comment.author.get_absolute_url()).content.decode()
    assert "12 Mar 2024" in others


def test_cards_kept_for_all_are_in_the_time_zone_of_the_site(client):
    posted = datetime(2024, 3, 12, 23, 30, tzinfo=UTC)
    comment = make_comment(make_article(published=posted), posted_at=posted)
    client.force_login(make_member())
    choose(client, time_zone="Asia/Tokyo")
    cache.clear()
    for asking in (client, Client()):
        page = asking.get(comment.article.get_absolute_url()).content.decode()
        assert "12 Mar 2024, 23:30" in page


def test_time_zone_that_is_gone_from_the_machine_hurts_nobody(client):
    member = make_member()
    member.prefer("time_zone", "Mars/Olympus")
    client.force_login(member)
    assert client.get("/").status_code == 200


def test_language_is_no_choice_where_there_is_one(client):
    client.force_login(make_member())
    assert "language" not in client.get(PLACE).context["form"].fields


def test_language_of_a_member_goes_before_that_of_the_browser(client, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    client.force_login(make_member())
    choose(client, language="de")
    page = client.get("/")
    assert '<html lang="de"' in page.content.decode()
    assert page["Content-Language"] == "de"
    assert '<html lang="en"' in Client().get("/").content.decode()
    settings.LANGUAGES = [("en", "English")]
    assert '<html lang="en"' in client.get("/").content.decode()


def test_picture_costs_no_look_at_who_asks(client, django_assert_num_queries):
    client.force_login(make_member())
    name = default_storage.save("some.txt", ContentFile(b"a picture"))
    with django_assert_num_queries(0):
        assert content(client.get(reverse("media", args=[name]))) == b"a picture"
