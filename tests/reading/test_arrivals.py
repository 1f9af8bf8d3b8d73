"""What comes to a discussion while it is read: announced by the flows, fetched as cards."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles.models import Article
from forum.comments import announcements, branches, flows
from forum.comments.models import Comment
from tests.factories import make_article, make_comment, make_member, make_moderator

LONG_AGO = timezone.now() - timedelta(days=300)


def cards(client, article, *numbers, **query):
    """The answer, and what it says: (number, number of the card above it), in order."""
    named = ",".join(map(str, numbers))
    page = client.get(reverse("article_cards", args=[article.pk]), {"numbers": named, **query})
    found = re.findall(
        r'data-below="(\d*)"><li class="card[^>]* id="comment-(\d+)"', page.content.decode()
    )
    return page.content.decode(), [(int(n), int(below) if below else None) for below, n in found]


@pytest.fixture
def told(monkeypatch):
    """What flows announce, as (article, message)."""
    said = []
    monkeypatch.setattr(
        announcements,
        "announce",
        lambda channel, message: said.append((int(channel.split()[1]), message)),
    )
    return said


@pytest.mark.django_db
class TestAnnouncements:
    def test_posting_announces_the_number_and_nothing_else(self, told):
        comment = make_comment(text="Words.")
        assert told == [(comment.article_id, {"posted": [1]})]

    def test_refused_comment_is_not_announced(self, told):
        article = make_article(published=False)
        with pytest.raises(flows.ReplyRefused):
            make_comment(article)
        assert told == []

    def test_edit_announces_a_mark_that_is_on_the_card(self, client, told):
        comment = make_comment()
        comment = flows.edit_comment(comment=comment, by=comment.author, text="Better.")
        (_, message) = told[-1]
        assert message == {"changed": [(1, comment.edit_mark)]}
        page = client.get(comment.article.get_absolute_url()).content.decode()
        assert f'data-edit="{comment.edit_mark}"' in page

    def test_edit_that_changes_nothing_is_not_announced(self, told):
        comment = make_comment(text="Same.")
        flows.edit_comment(comment=comment, by=comment.author, text="Same.")
        assert len(told) == 1

    def test_hiding_and_withdrawing_say_once_that_it_is_gone(self, told):
        one = make_comment()
        two = make_comment(one.article)
        told.clear()
        for _ in range(2):
            flows.hide_comment(comment=one, reason="off topic")
            flows.withdraw_comment(comment=two, by=two.author)
        assert [message for _, message in told] == [{"gone": [1]}, {"gone": [2]}]

    def test_hidden_comment_is_edited_withdrawn_and_restored_in_silence(self, told):
        comment = make_comment()
        flows.hide_comment(comment=comment, reason="")
        told.clear()
        flows.withdraw_comment(comment=comment, by=comment.author)
        flows.restore_comment(comment=comment)
        assert told == []

    def test_held_comment_is_announced_when_it_is_let_through(self, told):
        comment = make_comment()
        Comment.objects.update(held_at=timezone.now())
        Article.objects.update(comment_count=0)
        told.clear()
        flows.restore_comment(comment=comment)
        assert told[0] == (comment.article_id, {"posted": [1]})

    def test_moved_branch_leaves_one_discussion_and_comes_to_the_other(self, told):
        top = make_comment()
        hidden = make_comment(parent=top)
        make_comment(parent=hidden)
        flows.hide_comment(comment=hidden, reason="")
        other = make_comment().article
        told.clear()
        branches.move_comment(comment=top, article=other)
        assert told == [
            (top.article_id, {"gone": [1, 3]}),
            (other.pk, {"posted": [2, 4]}),
        ]


@pytest.mark.django_db
class TestMissed:
    def test_missed_is_what_would_have_been_told(self, django_assert_num_queries):
        article = make_article()
        one, two, _, four, five = (make_comment(article) for _ in range(5))
        edited = flows.edit_comment(comment=one, by=one.author, text="Better.")
        flows.hide_comment(comment=two, reason="")
        flows.hide_comment(comment=four, reason="")
        with django_assert_num_queries(1):
            told = announcements.missed(article.pk, after=3, since=LONG_AGO)
        assert told == {"posted": [5], "changed": [(1, edited.edit_mark)], "gone": [2]}
        now = timezone.now()
        told = announcements.missed(article.pk, after=five.number, since=now)
        assert told == {"posted": [], "changed": [], "gone": []}

    def test_of_very_much_the_latest_is_told(self, monkeypatch):
        monkeypatch.setattr(announcements, "MOST", 2)
        article = make_article()
        for _ in range(3):
            make_comment(article)
        told = announcements.missed(article.pk, after=0, since=timezone.now())
        assert told["posted"] == [3, 2]


@pytest.mark.django_db(transaction=True)
class TestStream:
    def stream(self, client, article, **query):
        response = client.get(reverse("article_live", args=[article.pk]), query)
        if response.status_code != 200:
            return response.status_code
        first = next(iter(response))
        response.close()
        return json.loads(first.removeprefix(b"data: "))

    @pytest.mark.parametrize("published", [False, timezone.now() + timedelta(days=1)])
    def test_what_is_not_out_has_no_stream_and_no_cards(self, client, published):
        article = make_article(published=published)
        client.force_login(article.author)
        assert self.stream(client, article) == 404
        assert client.get(reverse("article_cards", args=[article.pk])).status_code == 404

    def test_stream_begins_with_what_came_since(self, client):
        article = make_comment().article
        make_comment(article)
        flows.edit_comment(comment=(c := article.comments.get(number=1)), by=c.author, text="New.")
        told = self.stream(client, article, after="1", age="60")
        assert told["posted"] == [2]
        assert [number for number, _ in told["changed"]] == [1]

    @pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "²"])
    def test_nonsense_in_the_address_misses_nothing(self, client, after):
        article = make_comment().article
        assert self.stream(client, article, after=after, age="x")["posted"] == []

    def test_stream_is_neither_compressed_nor_kept(self, client):
        address = reverse("article_live", args=[make_article().pk])
        response = client.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert response["Content-Type"] == "text/event-stream"
        assert response["Cache-Control"] == "no-store"
        assert not response.has_header("Content-Encoding")
        response.close()

    def test_writing_to_a_stream_is_refused(self, client):
        address = reverse("article_live", args=[make_article().pk])
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 405


@pytest.mark.django_db
class TestCards:
    @pytest.fixture
    def talk(self):
        """1 > 2 > 4 and 3 > 5, as numbers."""
        article = make_article()
        one = make_comment(article)
        two = make_comment(parent=one)
        three = make_comment(article)
        make_comment(parent=two)
        make_comment(parent=three)
        return article

    def test_each_card_comes_with_the_one_above_it(self, client, talk):
        assert cards(client, talk, 1, 4, 5)[1] == [(1, None), (4, 2), (5, 3)]
        assert cards(client, talk, 4, 5, order="time")[1] == [(4, 3), (5, 4)]

    def test_cards_are_those_of_the_page(self, client, talk):
        page = client.get(talk.get_absolute_url()).content.decode()
        fetched, _ = cards(client, talk, 4)
        card = re.search(r'<li class="card.*?</li>', fetched, re.DOTALL)
        assert card
        assert card[0] in page

    def test_count_is_that_of_now(self, client, talk):
        assert "5 comments" in cards(client, talk, 5)[0]

    def test_hidden_card_is_not_given_out(self, client, talk):
        flows.hide_comment(comment=talk.comments.get(number=5), reason="")
        fetched, found = cards(client, talk, 5)
        assert found == []
        assert "#5" not in fetched

    def test_card_on_another_page_is_linked(self, client, settings, talk):
        settings.COMMENTS_PER_PAGE = 3
        five = talk.comments.get(number=5)
        fetched, found = cards(client, talk, 4, 5)
        assert found == [(4, 2)]
        assert f'<a href="{five.get_absolute_url()}">#5</a>' in fetched
        assert cards(client, talk, 4, 5, start=3)[1] == [(5, 3)]

    @pytest.mark.parametrize("numbers", [[], ["x"], [99], [-1], ["1" * 50], [0]])
    def test_numbers_of_nothing_give_no_cards(self, client, talk, numbers):
        assert cards(client, talk, *numbers)[1] == []

    def test_cards_of_another_article_are_not_given_out(self, client, talk):
        other = make_article()
        assert cards(client, other, 1)[1] == []

    @pytest.mark.parametrize("count", [1, 12])
    def test_cards_cost_the_same_for_one_as_for_many(
        self, client, settings, django_assert_max_num_queries, count
    ):
        settings.COMMENTS_PER_PAGE = 12
        article = make_article()
        for _ in range(2 * count):
            make_comment(article, make_member())
        with django_assert_max_num_queries(6):
            cards(client, article, *range(1, 2 * count + 1))

    def test_nothing_of_the_reader_is_in_it(self, client, talk):
        anonymous, _ = cards(client, talk, 1, 2)
        client.force_login(make_moderator())
        assert cards(client, talk, 1, 2)[0] == anonymous
