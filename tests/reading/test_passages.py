"""One card, an exchange, a comment by its number: each at its address, and gated like the page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles.flows import Piece, revise_article, unpublish_article
from forum.articles.models import Article
from forum.comments import branches, flows
from forum.comments.models import Comment
from tests.comments.test_reading import numbers
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
MOMENTS = ["withdrawn_at", "hidden_at", "held_at"]


def at(name, comment):
    return reverse(name, args=[comment.pk])


def hide(comment, moment):
    Comment.objects.filter(pk=comment.pk).update(**{moment: timezone.now()})


def test_card_is_what_the_page_shows(client):
    comment = make_comment(author=make_member("Zoë"), text="*Said*.")
    card = client.get(at("comment_card", comment))
    assert numbers(card) == [1]
    assert "<em>Said</em>" in card.text
    assert "<html" not in card.text
    assert card["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", ["comment_card", "comment_exchange", "comment_likes"])
def test_nothing_of_a_comment_out_of_sight_is_at_its_addresses(client, moment, name):
    author = make_member("Rude Person")
    comment = make_comment(author=author, text="Very rude words.")
    make_comment(parent=comment)
    hide(comment, moment)
    for person in (make_member(), author, make_moderator()):
        client.force_login(person)
        assert client.get(at(name, comment)).status_code == 404
    client.logout()
    assert client.get(at(name, comment)).status_code in (302, 404)


@pytest.mark.parametrize("name", ["comment_card", "comment_exchange"])
def test_comment_of_a_draft_is_for_who_may_read_the_draft(client, name):
    comment = make_comment()
    unpublish_article(article=Article.objects.get())
    assert client.get(at(name, comment)).status_code == 404
    client.force_login(comment.article.author)
    assert client.get(at(name, comment)).status_code == 200


@pytest.mark.parametrize("moment", MOMENTS)
def test_card_names_no_parent_that_is_out_of_sight(client, moment):
    parent = make_comment(author=make_member("Rude Person"), text="Very rude words.")
    answer = make_comment(parent=parent, text="Really?")
    hide(parent, moment)
    card = client.get(at("comment_card", answer)).text
    assert "Really?" in card
    assert "ude" not in card


@pytest.fixture
def quarrel():
    """1 One > 2 Two > 3 One > 4 Three, 5 Two; 6 One by name to Two; 7 One to Three; 8 Two alone."""
    article = make_article()
    one, two, three = (make_member(name) for name in ("One", "Two", "Three"))
    first = make_comment(article, one)
    second = make_comment(parent=first, author=two)
    third = make_comment(parent=second, author=one)
    fourth = make_comment(parent=third, author=three)
    make_comment(parent=third, author=two)
    make_comment(article, one, text="@Two: and another thing.")
    make_comment(parent=fourth, author=one)
    make_comment(article, two)
    return article


def test_exchange_is_the_chain_and_what_the_two_said_afterwards(client, quarrel):
    third = quarrel.comments.get(number=3)
    page = client.get(at("comment_exchange", third))
    assert numbers(page) == [1, 2, 3, 5, 6]
    assert "What <bdi>One</bdi> and <bdi>Two</bdi> said to each other afterwards" in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert numbers(client.get(at("comment_exchange", quarrel.comments.get(number=4)))) == [
        1,
        2,
        3,
        4,
        7,
    ]


def test_exchange_begun_by_name_is_with_who_was_named(client, quarrel):
    sixth = quarrel.comments.get(number=6)
    two = quarrel.comments.get(number=2).author
    make_comment(parent=sixth, author=two)
    assert numbers(client.get(at("comment_exchange", sixth))) == [6, 9]


def test_exchange_of_who_answers_nobody_is_their_comment_alone(client, quarrel):
    assert numbers(client.get(at("comment_exchange", quarrel.comments.get(number=1)))) == [1]


@pytest.mark.parametrize("moment", MOMENTS)
def test_exchange_does_not_show_who_wrote_what_is_out_of_sight(client, quarrel, moment):
    hide(quarrel.comments.get(number=2), moment)
    page = client.get(at("comment_exchange", quarrel.comments.get(number=3)))
    assert numbers(page) == [1, 2, 3]
    assert "Two" not in page.text


def test_exchange_goes_on_on_further_pages(client, settings, quarrel):
    settings.COMMENTS_PER_PAGE = 1
    address = at("comment_exchange", quarrel.comments.get(number=3))
    page = client.get(address)
    assert numbers(page) == [3, 5]  # the chain is cut to the nearest
    assert 'href="?start=6"' in page.text
    assert numbers(client.get(f"{address}?start=6")) == [6]


@pytest.mark.parametrize("count", [1, 12])
def test_exchange_and_card_cost_the_same_for_one_as_for_many(
    client, django_assert_max_num_queries, count
):
    two = make_member("One"), make_member("Two")
    comment = make_comment(author=two[1])
    middle = None
    for n in range(2 * count):
        comment = make_comment(parent=comment, author=two[n % 2])
        middle = comment if n == count else middle
    with django_assert_max_num_queries(7):
        assert client.get(at("comment_exchange", middle)).status_code == 200
    with django_assert_max_num_queries(5):
        client.get(at("comment_card", middle))
    client.force_login(make_member())
    with django_assert_max_num_queries(8):
        client.get(at("comment_exchange", middle))


def test_kept_exchange_is_never_stale(client, quarrel, django_assert_num_queries):
    address = at("comment_exchange", quarrel.comments.get(number=3))
    client.get(address)
    with django_assert_num_queries(1):
        assert numbers(client.get(address)) == [1, 2, 3, 5, 6]
    fifth = quarrel.comments.get(number=5)
    flows.withdraw_comment(comment=fifth, by=fifth.author)
    # 6 answers it by name, and must not tell who wrote it.
    assert numbers(client.get(address)) == [1, 2, 3]


def by_number(article, number):
    return f"{article.get_absolute_url()}comment-{number}/"


def test_number_leads_to_the_comment(client):
    comment = make_comment()
    assert client.get(by_number(comment.article, 1)).url == comment.get_absolute_url()


def test_number_and_permalink_follow_a_comment_to_another_article(client):
    old, new = make_article(), make_article()
    make_comment(new)
    comment = make_comment(old)
    answer = make_comment(parent=comment)
    branches.move_comment(comment=comment, article=new)
    for moved, number in ((comment, 2), (answer, 3)):
        place = f"{new.get_absolute_url()}#comment-{number}"
        assert client.get(by_number(old, number - 1), follow=True).redirect_chain[-1][0] == place
        assert client.get(moved.get_absolute_url()).url == place


def test_number_leads_on_when_the_article_has_another_address(client):
    comment = make_comment()
    old = by_number(comment.article, 1)
    piece = Piece(headline="x", text="x", slug="another")
    revise_article(article=comment.article, piece=piece, by=comment.article.author)
    assert client.get(old).url == comment.get_absolute_url()


def test_number_that_nobody_has_or_may_see_is_nowhere(client):
    comment = make_comment()
    assert client.get(by_number(comment.article, 2)).status_code == 404
    hidden = make_comment(comment.article)
    flows.hide_comment(comment=hidden, reason="rude")
    assert client.get(by_number(comment.article, 2)).status_code == 404
    unpublish_article(article=Article.objects.get())
    assert client.get(by_number(comment.article, 1)).status_code == 404
