import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles.flows import unpublish_article
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.redirects import legacy_anchors
from tests.imports.wxr import bring_in, item, remark

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
    comment = Comment.objects.get(imported_from__legacy_id=802)
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
    Comment.objects.filter(imported_from__legacy_id=802).update(hidden_at=timezone.now())
    assert client.get("/?replytocom=802")["Location"] == article.get_absolute_url()


def test_forms_are_not_redirected(client, article):
    assert client.post("/2014/post-10/", {"text": "kept"}).status_code == 404


def test_pages_cost_nothing_more(client, article, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("account_login")).status_code == 200
        assert client.get(f"{reverse('account_login')}?next=/?p=10").status_code == 200


def test_legacy_anchors_are_numbers_here_and_there(article):
    assert legacy_anchors(article.pk) == {1: 801, 2: 802}


def test_legacy_anchor_that_means_another_comment_here_is_none():
    bring_in(item(10, remark(2), remark(3)))
    assert legacy_anchors(Article.objects.get().pk) == {2: 3}
