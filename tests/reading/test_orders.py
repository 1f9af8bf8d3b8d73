"""The most liked first, the choice of an order, threads across pages, the author's remarks."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from forum.comments import flows
from forum.comments.models import Comment, Like
from tests.comments.test_reading import numbers
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db


def like(comment, times):
    Like.objects.bulk_create(Like(comment=comment, member=make_member()) for _ in range(times))


@pytest.fixture
def talk():
    """1 > 2 > 4 with 1 + 3 likes, 3 > 5 > 7 with 0 + 2, 6 with 4, 8 with none."""
    article = make_article()
    one = make_comment(article)
    two = make_comment(parent=one)
    three = make_comment(article)
    four = make_comment(parent=two)
    five = make_comment(parent=three)
    six = make_comment(article)
    make_comment(parent=five)
    make_comment(article)
    for comment, times in ((one, 1), (two, 1), (four, 3), (five, 2), (six, 4)):
        like(comment, times)
    return article


MOST_LIKED = [1, 2, 4, 6, 3, 5, 7, 8]


def test_most_liked_threads_come_first_and_the_older_of_two_alike(client, talk):
    assert numbers(client.get(f"{talk.get_absolute_url()}?order=likes")) == MOST_LIKED
    like(talk.comments.get(number=6), 1)
    assert numbers(client.get(f"{talk.get_absolute_url()}?order=likes"))[0] == 6


def test_likes_of_what_is_out_of_sight_lift_no_thread(client, talk):
    flows.hide_comment(comment=talk.comments.get(number=1), reason="rude")
    flows.hide_comment(comment=talk.comments.get(number=4), reason="rude")
    page = client.get(f"{talk.get_absolute_url()}?order=likes")
    assert numbers(page) == [6, 3, 5, 7, 1, 2, 8]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_by_likes_show_every_comment_once_and_lead_back(client, settings, talk, size):
    settings.COMMENTS_PER_PAGE = size
    address, pages = f"{talk.get_absolute_url()}?order=likes", []
    while address and len(pages) < 20:
        page = client.get(address)
        pages.append(numbers(page))
        found = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = found and talk.get_absolute_url() + found[1].replace("&amp;", "&")
    assert [n for page in pages for n in page] == MOST_LIKED
    last = f"{talk.get_absolute_url()}?order=likes&start={pages[-1][0]}"
    found = re.search(r'rel="prev" href="([^"]+)"', client.get(last).content.decode())
    before = client.get(talk.get_absolute_url() + found[1].replace("&amp;", "&"))
    assert numbers(before) == pages[-2]


def test_permalinks_open_the_page_that_holds_the_comment_by_likes(client, settings, talk):
    settings.COMMENTS_PER_PAGE = 3
    client.get(f"{talk.get_absolute_url()}?order=likes")
    for comment in talk.comments.all():
        answer = client.get(comment.get_absolute_url())
        assert answer.url.endswith(f"#comment-{comment.number}")
        assert comment.number in numbers(client.get(answer.url))


def test_order_of_a_member_is_kept_on_all_their_devices(client, talk):
    member = make_member()
    client.force_login(member)
    client.get(f"{talk.get_absolute_url()}?order=likes")
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(pk=member.pk))
    assert numbers(elsewhere.get(talk.get_absolute_url())) == MOST_LIKED
    assert numbers(Client().get(talk.get_absolute_url())) == [1, 2, 4, 3, 5, 7, 6, 8]


def test_choosing_what_was_chosen_writes_nothing(talk, django_assert_num_queries):
    member = make_member()
    member.prefer("other", "kept")
    stale = User.objects.get(pk=member.pk)
    member.prefer("order", "time")
    with django_assert_num_queries(0):
        member.prefer("order", "time")
    stale.preferences = {}
    stale.prefer("third", "too")
    member.refresh_from_db()
    assert member.preferences == {"other": "kept", "order": "time", "third": "too"}


def test_page_that_goes_on_with_a_thread_says_whose_it_is(client, settings, talk):
    settings.COMMENTS_PER_PAGE = 2
    first = talk.comments.get(number=1)
    page = client.get(f"{talk.get_absolute_url()}?order=threads&start=4").content.decode()
    continues = re.search(r'<p class="continues">(.*?)</p>', page, re.DOTALL)[1]
    assert f'<a href="{first.get_absolute_url()}">#1 ' in continues
    assert first.author.display_name in continues
    assert "↳ </span>2 " in page
    for query in ("?order=threads", "?order=threads&start=3", "?order=time&start=4"):
        assert 'class="continues"' not in client.get(f"{talk.get_absolute_url()}{query}").text
    flows.hide_comment(comment=first, reason="rude")
    page = client.get(f"{talk.get_absolute_url()}?order=threads&start=4").content.decode()
    continues = re.search(r'<p class="continues">(.*?)</p>', page, re.DOTALL)[1]
    assert "#1</a>" in continues


def hosted():
    """2 answers 1 by its place, 5 answers 3 by name, 6 and 7 are of others."""
    article = make_article()
    one = make_comment(article, make_member("One"), text="A question.")
    make_comment(parent=one, author=article.author, text="The author's answer.")
    three = make_comment(article, make_member("Three"), text="A quarrel.")
    make_comment(parent=three, text="Between others.")
    make_comment(article, article.author, text="@Three: from further down.")
    make_comment(article)
    return article


def test_index_of_the_authors_remarks_leads_to_them(client, settings):
    article = hosted()
    page = client.get(article.get_absolute_url()).content.decode()
    index = re.search(r'<details class="host-index" open>.*?</details>', page, re.DOTALL)[0]
    assert re.findall(r'<a href="#comment-(\d)">', index) == ["2", "5"]
    assert "The author&#x27;s answer." in index
    settings.COMMENTS_PER_PAGE = 2
    cache.clear()
    page = client.get(article.get_absolute_url()).content.decode()
    index = re.search(r'<details class="host-index" open>.*?</details>', page, re.DOTALL)[0]
    assert f'href="{article.comments.get(number=5).get_absolute_url()}"' in index
    for _ in range(2):
        make_comment(article, article.author)
    assert '<details class="host-index">' in client.get(article.get_absolute_url()).text


def test_discussion_without_the_author_has_no_index(client):
    article = make_comment().article
    assert "host-index" not in client.get(article.get_absolute_url()).text


def test_authors_remarks_alone_come_with_what_they_answer(client, settings):
    article = hosted()
    page = client.get(f"{article.get_absolute_url()}?by=author")
    assert numbers(page) == [1, 2, 3, 5]
    assert '<meta name="robots" content="noindex">' in page.text
    assert 'name="robots"' not in client.get(article.get_absolute_url()).text
    settings.COMMENTS_PER_PAGE = 3
    cache.clear()
    page = client.get(f"{article.get_absolute_url()}?by=author")
    assert numbers(page) == [1, 2, 3]
    assert 'rel="next" href="?by=author&amp;start=5#discussion"' in page.text
    page = client.get(f"{article.get_absolute_url()}?by=author&start=5")
    assert numbers(page) == [5]
    assert 'rel="prev" href="?by=author#discussion"' in page.text


@pytest.mark.parametrize("moment", ["withdrawn_at", "hidden_at", "held_at"])
def test_index_and_filter_give_nothing_of_what_is_out_of_sight(client, moment):
    article = hosted()
    Comment.objects.filter(number__in=(1, 5)).update(**{moment: timezone.now()})
    for query in ("", "?by=author"):
        page = client.get(f"{article.get_absolute_url()}{query}").text
        assert "A question." not in page
        assert "from further down" not in page
        assert "The author" in page
    assert numbers(client.get(f"{article.get_absolute_url()}?by=author")) == [1, 2]


@pytest.mark.parametrize("count", [1, 12])
def test_authors_remarks_alone_cost_the_same_for_one_as_for_many(
    client, django_assert_max_num_queries, count
):
    article = make_article()
    for _ in range(count):
        make_comment(parent=make_comment(article), author=article.author)
    with django_assert_max_num_queries(5):
        page = client.get(f"{article.get_absolute_url()}?by=author")
    assert len(numbers(page)) == 2 * count
