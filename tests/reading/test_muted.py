"""The lists of what a member mutes."""

import re

import pytest
from django.urls import reverse

from forum.articles.flows import unpublish_article
from forum.comments.flows import hide_comment
from forum.reading import flows
from forum.reading.models import Following, PersonFollowing
from tests.factories import make_article, make_comment, make_member
from tests.test_queries import cost

pytestmark = pytest.mark.django_db
PLACES, PEOPLE = "/discussions/muted/", "/discussions/muted/people/"


@pytest.fixture
def me(client):
    me = make_member("Me")
    client.force_login(me)
    return me


def text(client, address):
    return client.get(address).content.decode()


def unmute_first(client, address):
    """Presses the first button of the list."""
    button = re.search(r'<form method="post" action="([^"]+/unmute/)"', text(client, address))
    return client.post(button[1], follow=True)


def test_muted_discussions_and_threads_are_listed_last_muted_first(client, me):
    whole, part = make_article(headline="Kerbs"), make_article(headline="Bins")
    branch = make_comment(part, make_member("Zoë"), text="A remark on bins.")
    flows.mute(member=me, article=whole)
    flows.mute(member=me, article=part, branch=branch)
    flows.follow(member=me, article=make_article(headline="Trams"))
    flows.mute(member=make_member(), article=make_article(headline="Parks"))
    page = text(client, PLACES)
    assert 0 < page.index("Bins") < page.index("Kerbs")
    assert f'href="{branch.get_absolute_url()}">#1</a> <bdi>Zoë</bdi>' in page
    assert "A remark on bins." in page
    assert "the whole discussion" in page
    assert "Trams" not in page
    assert "Parks" not in page
    assert PLACES in text(client, "/discussions/")
    assert PLACES in text(client, reverse("preferences"))


def test_muted_place_is_muted_no_more_at_a_press(client, me):
    article = make_article(headline="Kerbs")
    flows.mute(member=me, article=article)
    flows.mute(member=me, article=article, branch=make_comment(article))
    for left in (1, 0):
        page = unmute_first(client, PLACES)
        assert "No longer muted." in page.content.decode()
        assert Following.objects.count() == left
    assert "You mute no discussion." in text(client, PLACES)


def test_muted_member_is_muted_no_more_at_a_press(client, me):
    flows.mute_person(member=me, person=make_member("Zoë", username="zoe"))
    flows.follow_person(member=me, person=make_member("Abdou"))
    page = text(client, PEOPLE)
    assert "<bdi>Zoë</bdi>" in page
    assert "Abdou" not in page
    assert "No longer muted." in unmute_first(client, PEOPLE).content.decode()
    assert "You mute nobody." in text(client, PEOPLE)
    assert PersonFollowing.objects.get().person.display_name == "Abdou"


def test_nothing_else_is_taken_away(client, me):
    """What is followed meanwhile, and what somebody else mutes."""
    article, other, zoe = make_article(), make_member(), make_member("Zoë", username="zoe")
    flows.mute(member=other, article=article)
    flows.follow(member=me, article=article)
    flows.follow_person(member=me, person=zoe)
    flows.mute_person(member=other, person=zoe)
    for following in Following.objects.all():
        client.post(reverse("unmute_place", args=[following.pk]))
    client.post(reverse("unmute_person", args=["zoe"]))
    client.post(reverse("unmute_place", args=[0]))
    assert Following.objects.count() == PersonFollowing.objects.count() == 2


def test_list_says_nothing_of_what_its_member_may_not_read(client, me):
    article, drawn_back = make_article(), make_article(headline="Drawn back")
    branch = make_comment(article, make_member("Zoë"), text="Plover.")
    flows.mute(member=me, article=article, branch=branch)
    flows.mute(member=me, article=drawn_back)
    hide_comment(comment=branch, reason="off topic")
    unpublish_article(article=drawn_back)
    page = text(client, PLACES)
    assert "#1 and its answers" in page
    for gone in ("Plover", "Zoë", "Drawn back", branch.get_absolute_url()):
        assert gone not in page
    unmute_first(client, PLACES)
    assert Following.objects.get().article == drawn_back


@pytest.mark.parametrize("address", [PLACES, PEOPLE])
def test_list_goes_on_behind_its_last_row_and_costs_the_same(client, me, address, settings):
    def mute_another():
        article, zoe = make_article(), make_member()
        flows.mute(member=me, article=article, branch=make_comment(article, zoe))
        flows.mute_person(member=me, person=zoe)

    mute_another()
    with_one = cost(client, address)
    for _ in range(11):
        mute_another()
    assert cost(client, address) == with_one <= 4
    settings.ARTICLES_PER_PAGE = 5
    rows, place = [], address
    while place:
        page = client.get(place).context["page"]
        rows += [row.pk for row in page.rows]
        place = page.next_key and f"{address}?before={page.next_key}"
    assert len(rows) == 12 == len(set(rows))
    assert rows == sorted(rows, reverse=True)
    assert client.get(address, {"before": "x"}).status_code == 404
