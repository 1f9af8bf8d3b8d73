import re

import pytest
from django.http import HttpResponseNotFound
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from forum.articles.flows import unpublish_article
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.redirects import OldAddresses
from tests.factories import make_comment
from tests.imports.wxr import at, bring_in, item, remark

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    """Post 10 of another site with comments 801 and 802, and post 11 with an address in Arabic."""
    bring_in(
        item(10, remark(801), remark(802, parent="801")),
        item(11, link="https://old.example.org/%D9%85%D9%82%D8%A7%D9%84/"),
    )
    return Article.objects.get(imported_from__legacy_id=10)


@pytest.mark.parametrize(
    "address",
    [
        "/2014/post-10/",
        "/2014/post-10",
        "/2014/post-10/comment-page-3/",
        "/2014/post-10/comment-page-3",
        "/2014/post-10/?utm_source=feed",
        "/?p=10",
        "/?p=10&preview=true",
        "/index.php?p=10",
    ],
)
def test_old_addresses_of_the_article_lead_to_it_for_good(client, article, address):
    answer = client.get(address)
    assert answer.status_code == 301
    assert answer["Location"] == article.get_absolute_url()


@pytest.mark.parametrize(
    "address", ["/?replytocom=802", "/2014/post-10/?replytocom=802", "/?p=10&replytocom=802"]
)
def test_old_addresses_of_a_comment_lead_to_it(client, article, address):
    answer = client.get(address)
    assert answer.status_code == 301
    comment = Comment.objects.get(former_id=802)
    assert answer["Location"] == reverse("comment", args=[comment.pk])


def test_paths_in_other_scripts_lead_on(client, article):
    answer = client.get("/مقال/")
    assert answer.status_code == 301
    assert answer["Location"] == "/2014/05/06/post-11/"


def test_path_that_did_not_change_is_the_article(client):
    bring_in(item(10, remark(801), link="https://old.example.org/2014/05/06/post-10/"))
    assert client.get("/2014/05/06/post-10/").status_code == 200
    paged = client.get("/2014/05/06/post-10/comment-page-2/")
    assert (paged.status_code, paged["Location"]) == (301, "/2014/05/06/post-10/")
    comment = Comment.objects.get()
    answer = client.get("/2014/05/06/post-10/?replytocom=801")
    assert answer["Location"] == comment.get_absolute_url()


@pytest.mark.parametrize(
    "address",
    ["/nowhere/", "/nowhere/?p=99", "/?replytocom=99x&p=", "/%00/", "/2014/post-10%00/", "/?p=99"],
)
def test_what_nobody_knows_stays_what_it_is(client, article, address):
    assert client.get(address).status_code == (200 if address.startswith("/?") else 404)


def test_drafts_are_not_told(client, article):
    unpublish_article(article=article)
    for address in ("/2014/post-10/", "/nowhere/?p=10", "/nowhere/?replytocom=801"):
        assert client.get(address).status_code == 404


def test_comment_out_of_sight_leads_to_its_article(client, article):
    Comment.objects.filter(former_id=802).update(hidden_at=timezone.now())
    assert client.get("/?replytocom=802")["Location"] == article.get_absolute_url()


def test_forms_are_not_redirected(client, article):
    assert client.post("/2014/post-10/", {"text": "kept"}).status_code == 404


def test_pages_cost_nothing_more(client, article, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("account_reset_password")).status_code == 200
        assert client.get(f"{reverse('account_reset_password')}?next=/?p=10").status_code == 200


def anchors(client, address, **options):
    """By anchor of the page: the number that the card on which it lands shows."""
    page = client.get(address, follow=True, **options).content.decode()
    cards = re.findall(r'<li class="card.*?</li>', page, flags=re.DOTALL)
    return {
        anchor: int(re.search(r">#(\d+)</a>", card)[1])
        for card in cards
        for anchor in re.findall(r' id="((?:comment|number)-\d+)"', card)
    }


@pytest.mark.parametrize("order", ["threads", "time"])
def test_anchors_of_old_links_land_on_their_comments(client, article, order):
    found = anchors(client, f"{article.get_absolute_url()}?order={order}")
    assert found == {"comment-1": 1, "comment-801": 1, "comment-2": 2, "comment-802": 2}


def test_anchor_that_means_another_comment_here_means_it_here_and_the_old_one_at_old_addresses(
    client,
):
    bring_in(item(10, remark(2, author="Ada"), remark(3, at(2, "Ada") + " Yes."), remark(9)))
    article = Article.objects.get()
    here = article.get_absolute_url()
    assert anchors(client, here) == {"comment-1": 1, "comment-2": 2, "comment-3": 3, "comment-9": 3}
    for address in ("/2014/post-10/", "/2014/post-10/comment-page-2/", "/?p=10"):
        assert client.get(address)["Location"] == f"{here}?anchors=former"
        assert anchors(client, address) == {
            "number-1": 1,
            "comment-2": 1,
            "number-2": 2,
            "comment-3": 2,
            "number-3": 3,
            "comment-9": 3,
        }


@pytest.mark.parametrize("order", ["threads", "time"])
def test_links_of_a_page_with_old_anchors_lead_to_what_they_meant(client, order):
    bring_in(
        item(
            10,
            remark(2, author="Ada"),
            remark(3, at(2, "Ada") + " Yes."),
            remark(4, at(2, "Ada") + " No."),
        )
    )
    address = f"{Article.objects.get().get_absolute_url()}?order={order}"
    usual = client.get(address).content.decode()
    page = client.get(f"{address}&anchors=former").content.decode()
    links = re.findall(r'href="#(comment-\d+)"', usual)
    assert len(links) > 3
    assert re.findall(r'href="#((?:comment|number)-\d+)"', page) == [
        link.replace("comment", "number") for link in links
    ]


def test_anchor_goes_to_the_comment_that_has_its_number_here_once_there_is_one(client):
    bring_in(item(10, remark(2)))
    article = Article.objects.get()
    assert anchors(client, article.get_absolute_url()) == {"comment-1": 1, "comment-2": 1}
    make_comment(article)
    assert anchors(client, article.get_absolute_url()) == {"comment-1": 1, "comment-2": 2}


def test_address_in_another_script_that_is_not_found_leads_nowhere_twice(client, article):
    """An article whose address did not change is not redirected to itself."""
    bring_in(item(12, link="https://old.example.org/2014/05/06/%D9%85%D9%82/", post_name="مق"))
    assert client.get("/2014/05/06/مق/").status_code == 200
    request = RequestFactory().get("/2014/05/06/مق/")
    answer = OldAddresses(lambda request: HttpResponseNotFound())(request)
    assert answer.status_code == 404
