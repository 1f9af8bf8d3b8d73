"""The pages that show comments: the article, both orders, members, the front page."""

import re

import pytest
from django.urls import reverse

from forum.comments import flows
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db


def numbers(page):
    return [int(n) for n in re.findall(r'id="comment-(\d+)"', page.content.decode())]


@pytest.fixture
def talk():
    """1 > 2 > 4 and 3 > 5, as numbers."""
    article = make_article()
    one = make_comment(article)
    two = make_comment(parent=one)
    three = make_comment(article)
    make_comment(parent=two)
    make_comment(parent=three)
    return article


def test_threads_are_the_first_order(client, talk):
    assert numbers(client.get(talk.get_absolute_url())) == [1, 2, 4, 3, 5]


def test_time_order_is_by_number(client, talk):
    assert numbers(client.get(f"{talk.get_absolute_url()}?order=time")) == [1, 2, 3, 4, 5]


def test_chosen_order_is_remembered(client, talk):
    client.get(f"{talk.get_absolute_url()}?order=time")
    assert numbers(client.get(talk.get_absolute_url())) == [1, 2, 3, 4, 5]
    client.get(f"{talk.get_absolute_url()}?order=threads")
    assert numbers(client.get(talk.get_absolute_url())) == [1, 2, 4, 3, 5]


@pytest.mark.parametrize("query", ["?order=nonsense", "?start=x", "?start=999", "?start=-1"])
def test_nonsense_in_the_address_shows_the_discussion(client, talk, query):
    assert numbers(client.get(f"{talk.get_absolute_url()}{query}")) == [1, 2, 4, 3, 5]


@pytest.mark.parametrize("order", ["threads", "time"])
def test_pages_show_every_comment_once_and_permalinks_find_theirs(client, settings, talk, order):
    settings.COMMENTS_PER_PAGE = 2
    seen, address = [], f"{talk.get_absolute_url()}?order={order}"
    pages = 0
    while address and pages < 9:
        page = client.get(address)
        seen += numbers(page)
        pages += 1
        found = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = found and talk.get_absolute_url() + found[1].replace("&amp;", "&")
    assert seen == ([1, 2, 4, 3, 5] if order == "threads" else [1, 2, 3, 4, 5])
    assert pages == 3
    for comment in talk.comments.all():
        answer = client.get(comment.get_absolute_url())
        assert answer.url.endswith(f"#comment-{comment.number}")
        assert comment.number in numbers(client.get(answer.url))


def test_previous_page_leads_back(client, settings, talk):
    settings.COMMENTS_PER_PAGE = 2
    page = client.get(f"{talk.get_absolute_url()}?order=time&start=5").content.decode()
    assert 'rel="prev" href="?order=time&amp;start=3#discussion"' in page
    page = client.get(f"{talk.get_absolute_url()}?order=time&start=3").content.decode()
    assert 'rel="prev" href="?order=time#discussion"' in page


def test_answers_elsewhere_are_named_under_a_comment(client):
    article = make_article()
    one = make_comment(article, make_member("One"))
    make_comment(parent=one)
    make_comment(article, text="@One: a thread of its own.")
    page = client.get(article.get_absolute_url()).content.decode()
    assert 'Answered by <a href="#comment-3">#3</a>' in page
    in_time = client.get(f"{article.get_absolute_url()}?order=time").content.decode()
    assert '<a href="#comment-2">#2</a>, <a href="#comment-3">#3</a>' in in_time


def test_badges_name_the_author_and_moderators(client):
    article = make_article()
    make_comment(article, article.author)
    make_comment(article, make_moderator())
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count(">Author</span>") == 1
    assert page.count(">Moderator</span>") == 1


def test_moderator_of_some_categories_has_the_badge_there_and_loses_it_with_them(client):
    rivers, hills = (category_named(name=name) for name in ("Rivers", "Hills"))
    keeper = make_member(moderated_categories=[rivers.pk])
    there, elsewhere = (make_article(categories=[one]) for one in (rivers, hills))
    make_comment(there, keeper)
    make_comment(there, make_member(moderated_categories=[hills.pk]))
    make_comment(elsewhere, keeper)

    def badges(article):
        return client.get(article.get_absolute_url()).content.decode().count(">Moderator</span>")

    assert (badges(there), badges(elsewhere)) == (1, 0)
    # The pages are kept by now: what changes the badge must raise their versions.
    keeper.moderated_categories = [hills.pk]
    keeper.save(update_fields=["moderated_categories"])
    assert (badges(there), badges(elsewhere)) == (0, 1)
    there.categories.add(hills)
    assert badges(there) == 2


def test_hidden_comment_with_replies_says_why_it_is_hidden(client):
    article = make_article()
    comment = make_comment(article, make_member("Rude Person"), text="Very rude words.")
    make_comment(parent=comment)
    flows.hide_comment(comment=comment, reason="off topic")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Hidden by a moderator: off topic" in page
    assert "Rude" not in page


@pytest.mark.parametrize("out", ["hide", "withdraw"])
def test_comment_out_of_sight_leaks_nowhere(client, out):
    article = make_article()
    author = make_member("Rude Person", username="rude")
    comment = make_comment(article, author, text="Very rude words.")
    make_comment(article, make_member("Other"), text="@Rude Person: really?", parent=comment)
    if out == "hide":
        flows.hide_comment(comment=comment, reason="off topic")
    else:
        flows.withdraw_comment(comment=comment, by=author)
    other = reverse("member", args=[comment.replies.get().author.username])
    for address in ("/", article.get_absolute_url(), reverse("member", args=["rude"]), other):
        assert "Very rude words" not in client.get(address).content.decode()


def test_reply_link_to_another_page_leads_there(client, settings):
    settings.COMMENTS_PER_PAGE = 2
    article = make_article()
    one = make_comment(article, make_member("One"))
    make_comment(article)
    make_comment(article, text="@One: from the next page.")
    page = client.get(f"{article.get_absolute_url()}?start=3").content.decode()
    assert f'<a class="reply-link" href="{one.get_absolute_url()}">@One</a>' in page


def test_run_of_two_people_does_not_indent_further_and_keeps_its_parents(client):
    article = make_article()
    one, two = make_member("One"), make_member("Two")
    comment = None
    for n in range(12):
        comment = make_comment(article, one if n % 2 == 0 else two, parent=comment)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "indent-1" in page
    assert "indent-2" not in page
    assert numbers(client.get(article.get_absolute_url())) == list(range(1, 13))


def test_indent_is_capped_and_the_parent_named(client):
    article = make_article()
    comment = None
    for n in range(12):
        comment = make_comment(article, make_member(f"Person {n}"), parent=comment)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "indent-6" in page
    assert "indent-7" not in page
    assert "@Person 10</bdi></a>" in page


def test_front_page_leads_with_the_newest_article_and_lists_comments(client):
    older = make_article(headline="The older one")
    newer = make_article(headline="The newer one")
    make_comment(older, text="The latest word.")
    page = client.get("/").content.decode()
    assert page.index(newer.headline) < page.index(older.headline)
    assert "The latest word." in page


def test_empty_site_has_a_front_page(client):
    assert client.get("/").status_code == 200


def test_member_page_lists_what_they_said_newest_first(client):
    member = make_member("Zoë", username="zoe")
    article = make_article()
    parent = make_comment(article, make_member("Other"), text="A question?")
    make_comment(article, member, text="First words.")
    make_comment(article, member, text="An answer.", parent=parent)
    page = client.get(reverse("member", args=["zoe"])).content.decode()
    assert page.index("An answer.") < page.index("First words.")
    assert "A question?" in page


def test_member_page_is_keyset_paged(client, settings):
    settings.ARTICLES_PER_PAGE = 2
    member = make_member(username="zoe")
    article = make_article()
    for n in range(5):
        make_comment(article, member, text=f"Remark {n}.")
    seen, address = [], reverse("member", args=["zoe"])
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"Remark \d", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found and found[1]
    assert seen == [f"Remark {n}" for n in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("address", ["/?before=x", "/members/nobody/", "/2026/02/30/x/"])
def test_address_that_leads_nowhere_says_so(client, address):
    page = client.get(address)
    assert page.status_code == 404
    assert "nothing at this address" in page.content.decode()
