"""What is out of sight is out of sight everywhere: neither its words nor whose they were stand on
any page of the site for those who may not read it."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles.models import Article
from forum.comments import flows
from forum.comments.models import Comment
from tests.factories import make_comment, make_member
from tests.site_map import ADDRESSES, content, make_world

pytestmark = pytest.mark.django_db

WORDS, NAME, LOGIN_NAME = "xyzzy", "Plugh Marker", "plugh"


@pytest.fixture
def world():
    return make_world()


def hide(comment):
    flows.hide_comment(comment=comment, reason="off topic")


def withdraw(comment):
    flows.withdraw_comment(comment=comment, by=comment.author)


def hold(comment):
    Comment.objects.filter(pk=comment.pk).update(held_at=timezone.now(), held_reason="a link")
    article = Article.objects.get(pk=comment.article_id)
    Article.objects.filter(pk=article.pk).update(comment_count=article.comment_count - 1)


def marked_comments(world, marked, out_of_sight):
    """An edited comment with answers by number, by place and further down, one that answers
    somebody, and one that nobody answers; all out of sight."""
    first = make_comment(world.article, marked, text=f"{WORDS} one")
    first = flows.edit_comment(comment=first, by=marked, text=f"{WORDS} two")
    answer = make_comment(author=world.member, text="An answer.", parent=first)
    below = make_comment(author=marked, text=f"@Zoë: {WORDS}.", parent=answer)
    make_comment(author=world.member, text="Another answer.", parent=below)
    comments = [
        first,
        below,
        make_comment(author=marked, text=f"@Zoë: {WORDS}", parent=world.comment),
        make_comment(world.article, marked, text=f"{WORDS} alone"),
    ]
    for comment in comments:
        out_of_sight(comment)
    flows.edit_comment(comment=answer, by=world.member, text="An answer, edited.")
    return comments, answer


@pytest.fixture
def marked():
    return make_member(NAME, username=LOGIN_NAME)


@pytest.fixture
def out_of_sight(world, marked):
    """Comments hidden, withdrawn and held, and an answer to each."""
    made = [marked_comments(world, marked, take) for take in (hide, withdraw, hold)]
    return [one for comments, _answer in made for one in comments], [answer for _, answer in made]


def places(world, comments):
    """Every address of the site, with each comment where it is one of a comment, and every page
    of the discussion in each order."""
    found = {}
    for comment in comments:
        there = replace(world, comment=comment)
        for name, address in ADDRESSES.items():
            found[reverse(name, args=address.key(there)), str(address.query(there))] = (
                address.query(there)
            )
    for order in ("threads", "time"):
        for start in ["", *world.article.comments.values_list("number", flat=True)]:
            query = {"order": order, "start": start}
            found[world.article.get_absolute_url(), str(query)] = query
    return [(place, query) for (place, _), query in found.items()]


def said(answer):
    """All that an answer says, with the addresses it led through."""
    places = [place for place, _status in answer.redirect_chain]
    return "\n".join([*places, content(answer).decode()])


# Who somebody is can be read there, whatever becomes of their comments.
OWN_PAGES = [reverse(name, args=[LOGIN_NAME]) for name in ("member", "member_liked")]


@pytest.mark.parametrize("kind", ["reader", "member"])
def test_comment_out_of_sight_leaks_nowhere(client, settings, world, out_of_sight, kind):
    settings.COMMENTS_PER_PAGE = 5
    comments, answers = out_of_sight
    if kind == "member":
        client.force_login(world.member)

    for place, query in places(world, [*comments, *answers]):
        page = said(client.get(place, query, follow=True))
        assert WORDS not in page, (place, query)
        if place not in OWN_PAGES:
            assert NAME not in page, (place, query)
            assert LOGIN_NAME not in page, (place, query)


def test_walk_finds_what_is_in_sight(client, world, marked):
    """The control: shown, the same comment is found on the pages that the walk goes over."""
    comments, _answer = marked_comments(world, marked, lambda comment: None)
    found = [
        place
        for place, query in places(world, comments)
        if WORDS in said(client.get(place, query, follow=True))
    ]
    history = reverse("comment_history", args=[comments[0].pk])
    for place in ["/", world.article.get_absolute_url(), marked.get_absolute_url(), history]:
        assert place in found


def test_writing_below_a_comment_out_of_sight_shows_nothing_of_it(client, world, out_of_sight):
    comments, answers = out_of_sight
    client.force_login(world.member)
    for place in [
        *(reverse("comment_reply", args=[comment.pk]) for comment in [*comments, *answers]),
        *(reverse("comment_edit", args=[answer.pk]) for answer in answers),
        reverse("comment_post", args=[world.article.publish_date, world.article.slug]),
    ]:
        for words in ({"text": "What was it?", "preview": "1"}, {"text": "What was it?"}):
            page = said(client.post(place, words, follow=True))
            assert WORDS not in page, place
            assert NAME not in page, place


@pytest.mark.parametrize("order", ["threads", "time"])
@pytest.mark.parametrize("take", [hide, withdraw, hold])
def test_reply_link_to_a_comment_out_of_sight_is_none(client, world, marked, order, take):
    """The words are the other writer's; that they are a link would tell whose the comment was."""
    comment = make_comment(world.article, marked)
    make_comment(author=world.member, text=f"@{NAME}: no.", parent=comment)
    elsewhere = make_comment(world.article, text=f"@{NAME}: never.")
    flows.move_comment(comment=elsewhere, article=Article.objects.exclude(pk=comment.article_id)[0])
    elsewhere.refresh_from_db()
    take(comment)
    for article in (world.article, elsewhere.article):
        page = client.get(article.get_absolute_url(), {"order": order}).content.decode()
        assert f'<span class="reply-link">@{NAME}</span>' in page
        assert 'class="reply-link" href' not in page


def test_what_is_held_is_still_there_for_its_author(client, world, marked):
    comments, _answer = marked_comments(world, marked, hold)
    client.force_login(marked)
    history = client.get(reverse("comment_history", args=[comments[0].pk]))
    assert f"{WORDS} one" in history.content.decode()
