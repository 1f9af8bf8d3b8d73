"""What the front page calls being discussed."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from forum.articles.flows import unpublish_article
from forum.comments import flows
from forum.comments.models import Comment
from forum.reading.being_discussed import articles, being_discussed
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db


def discussed():
    cache.clear()
    return articles(being_discussed())


def said(article, people, *, days=0):
    for member in people:
        comment = make_comment(article, member)
        Comment.objects.filter(pk=comment.pk).update(
            posted_at=timezone.now() - timedelta(days=days)
        )


@pytest.fixture
def people():
    return [make_member() for _ in range(5)]


def test_more_people_weigh_more_than_more_comments(people):
    quarrel, talk = make_article(), make_article()
    said(quarrel, people[:2] * 4)
    said(talk, people[:3])
    assert discussed() == [talk, quarrel]


def test_a_day_halves_what_a_person_weighs(people):
    yesterday, today = make_article(), make_article()
    said(yesterday, people, days=2)
    said(today, people[:2])
    assert discussed() == [today, yesterday]


def test_one_person_alone_and_old_talk_are_not_listed(people):
    alone, old = make_article(), make_article()
    said(alone, people[:1] * 3)
    said(old, people, days=20)
    assert discussed() == []


def test_comments_out_of_sight_count_for_nothing(people):
    article = make_article()
    said(article, people[:2])
    flows.hide_comment(comment=article.comments.first(), reason="rude")
    assert discussed() == []


def test_article_that_is_taken_back_leaves_the_front_page_at_once(client, people):
    article = make_article(headline="Talked about")
    said(article, people[:2])
    cache.clear()
    assert client.get("/").content.decode().count("Talked about") >= 2
    unpublish_article(article=article)
    assert "Talked about" not in client.get("/").content.decode()
