"""Members follow and mute each other."""

import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from forum.articles.models import Article
from forum.comments.flows import hide_comment, like_comment
from forum.reading import flows
from forum.reading.marks import count_new
from forum.reading.models import PersonFollowing
from tests.factories import make_article, make_comment, make_member
from tests.test_queries import cost

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    me = make_member("Me")
    client.force_login(me)
    return me


@pytest.fixture
def other():
    return make_member("Zoë", username="zoe")


def choose(client, person, choice):
    return client.post(reverse("member_following", args=[person.username]), {"choice": choice})


def people(client):
    return client.get(reverse("followed_people")).content.decode()


def test_what_somebody_followed_says_and_writes_is_on_one_page(client, me, other):
    article = make_article(make_member("Inês", username="ines", is_author=True), headline="Kerbs")
    make_comment(article, other, text="A remark of Zoë's.")
    hidden = make_comment(article, other, text="Hidden.")
    hide_comment(comment=hidden, reason="off topic")
    make_article(article.author, headline="A draft", published=False)
    assert "A remark of Zoë" not in people(client)
    assert choose(client, other, "follow").url == other.get_absolute_url()
    choose(client, article.author, "follow")
    page = people(client)
    assert "A remark of Zoë" in page
    assert "Kerbs" in page
    assert "Hidden." not in page
    assert "A draft" not in page
    choose(client, other, "neither")
    assert "A remark of Zoë" not in people(client)


def test_choice_is_one_of_three_and_said_on_the_members_page(client, me, other):
    choose(client, other, "follow")
    assert "You follow this member." in client.get(other.get_absolute_url()).content.decode()
    choose(client, other, "mute")
    choose(client, other, "mute")
    assert "You mute this member." in client.get(other.get_absolute_url()).content.decode()
    assert PersonFollowing.objects.get().followed_at is None


def test_nobody_follows_themselves(client, me):
    assert choose(client, me, "follow").status_code == 404
    with pytest.raises(flows.FollowingRefused):
        flows.mute_person(member=me, person=me)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFollowing.objects.create(member=me, person=me, muted_at=me.date_joined)


def test_muted_member_is_new_to_nobody_who_mutes_them(client, me, other):
    article = make_article()
    make_comment(article)
    article.refresh_from_db()
    flows.visit(member=me, article=article)
    flows.mute_person(member=me, person=other)
    make_comment(article, other)
    article.refresh_from_db()
    assert flows.visit(member=me, article=article).count == 0
    count_new(me, [article])
    assert article.new_count == 0
    make_comment(article)
    article.refresh_from_db()
    count_new(me, [article])
    assert (flows.visit(member=me, article=article).count, article.new_count) == (1, 1)


def test_lists_leave_out_who_is_muted_and_pages_fold_them(client, me, other):
    comment = make_comment(author=other, text="Something loud.")
    assert "Something loud." in client.get("/").content.decode()
    flows.mute_person(member=me, person=other)
    assert "Something loud." not in client.get("/").content.decode()
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert re.search(rf'href="/folded.css\?people={other.pk}["&]', page)
    mine = json.loads(re.search(r'id="mine"[^>]*>(.*?)</script>', page)[1])
    assert mine["muted"] == [other.pk]
    style = client.get("/folded.css", {"people": other.pk})
    assert style["Content-Type"] == "text/css"
    assert f'[data-by="{other.pk}"]' in style.content.decode()
    assert f'data-by="{other.pk}"' in page


def test_page_of_who_mutes_nobody_has_no_style_of_its_own(client, me, other):
    page = client.get(make_comment(author=other).article.get_absolute_url())
    assert "folded.css" not in page.content.decode()


@pytest.mark.parametrize("people", ["", "x", "1-", "1--2", '1"]{}', "-".join(["1"] * 1001)])
def test_style_is_made_for_keys_alone(client, people):
    assert client.get("/folded.css", {"people": people}).status_code == 400


def test_style_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/folded.css", {"people": "1-2"})
    assert "immutable" in answer["Cache-Control"]


def test_who_is_muted_sees_nothing_of_it(client, me, other):
    flows.mute_person(member=other, person=me)
    page = client.get(other.get_absolute_url()).content.decode()
    assert "You mute" not in page
    assert "Me" not in people(client).partition("<main")[2]


def test_likes_received_are_those_of_what_can_be_seen(client, me, other):
    seen, hidden = make_comment(author=other), make_comment(author=other)
    draft = make_comment(author=other)
    for comment in (seen, hidden, draft):
        like_comment(comment=comment, by=me)
    hide_comment(comment=hidden, reason="off topic")
    Article.objects.filter(pk=draft.article_id).update(published_at=None, publish_date=None)
    page = client.get(reverse("member_liked", args=["zoe"]))
    assert page.context["likes"] == 1
    assert page.context["page"].rows == [seen]


def test_likes_received_are_said_to_be_none_where_there_are_none(client, other):
    make_comment(author=other)
    page = client.get(reverse("member_liked", args=["zoe"])).content.decode()
    assert "Nobody has liked a comment of theirs yet." in page
    assert "in all" not in page


def test_members_page_turns_by_key(client, other, settings):
    settings.ARTICLES_PER_PAGE = 2
    article = make_article()
    said = [make_comment(article, other) for _ in range(5)]
    place, seen = other.get_absolute_url(), []
    while place:
        page = client.get(place).context["page"]
        seen += page.rows
        place = page.next_key and f"{other.get_absolute_url()}?before={page.next_key}"
    assert seen == said[::-1]


@pytest.mark.parametrize("place", ["member", "member_liked", "followed_people"])
def test_pages_of_people_cost_the_same_with_one_as_with_twelve(client, me, other, place):
    address = reverse(place, args=[] if place == "followed_people" else ["zoe"])
    costs = []
    for more in (1, 11):
        for _ in range(more):
            comment = make_comment(author=other, parent=make_comment())
            flows.follow_person(member=me, person=make_member())
            flows.follow_person(member=me, person=other)
            flows.follow_person(member=me, person=comment.article.author)
        costs.append(cost(client, address))
    assert costs[0] == costs[1] <= 8
