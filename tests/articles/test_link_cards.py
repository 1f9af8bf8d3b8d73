"""A link alone in its paragraph is shown as a card, once its page was fetched."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from forum.articles import rendering
from forum.articles.flows import Piece, create_article, revise_article, try_article
from forum.articles.models import Article
from forum.articles.tasks import look_at_old_link_cards, show_link_card
from forum.cards import flows as cards
from forum.cards.models import LinkCard
from forum.fetching import NotFetched, Page
from tests.factories import make_article, make_author
from tests.loops import no_loop_running

pytestmark = pytest.mark.django_db
URL = "https://example.org/a?b=c&d"
TEXT = f"Look:\n\n{URL}\n\nAnd so on."
HOSTILE = "<b onclick=x>\"Title\"</b> & 'more'"


@pytest.fixture
def page(monkeypatch):
    """What the web answers; the fetcher has its own tests."""
    found = {"html": f"<title>{HOSTILE.replace('<', '&lt;')}</title>", "asked": []}

    def fetch(address, **more):
        found["asked"].append(address)
        if isinstance(found["html"], Exception):
            raise found["html"]
        return Page(address, found["html"])

    monkeypatch.setattr(cards, "fetch_page", fetch)
    return found


def waiting():
    return list(ProcrastinateJob.objects.filter(status="todo").values_list("args", flat=True))


def fetch_all():
    for args in waiting():
        show_link_card(**args)


def html_of(article):
    return Article.objects.get(pk=article.pk).html


def test_link_is_a_link_until_its_page_was_fetched_and_a_card_then(page):
    article = make_article(text=TEXT)
    assert "link-card" not in html_of(article)
    assert waiting() == [{"card": article.link_cards.get().pk}]
    words = Article.objects.get(pk=article.pk).word_count
    fetch_all()
    html = html_of(article)
    assert (
        '<p class="link-card"><a href="https://example.org/a?b=c&amp;d" rel="noopener"><bdi>'
        "&lt;b onclick=x&gt;&quot;Title&quot;&lt;/b&gt; &amp; &#x27;more&#x27;</bdi></a>"
        ' <span class="link-card-site">example.org</span></p>' in html
    )
    assert html.startswith("<p>Look:</p>")
    assert Article.objects.get(pk=article.pk).word_count == words


def test_what_a_page_says_of_itself_stays_words(page):
    page["html"] = "<title>A</title><meta name=description content='<img onerror=y>\"&amp;lt;'>"
    article = make_article(text=TEXT)
    fetch_all()
    about = "&lt;img onerror=y&gt;&quot;&amp;lt;"
    assert f'class="link-card-about" dir="auto">{about}</span>' in html_of(article)


def test_card_that_is_there_is_shown_at_once(page):
    make_article(text=TEXT)
    fetch_all()
    jobs = len(waiting())
    assert "link-card" in make_article(text=TEXT).html
    assert len(waiting()) == jobs
    assert page["asked"] == [URL]


@pytest.mark.parametrize(
    "text",
    [
        f"[words of the author]({URL})",
        f"See {URL}",
        f"{URL} {URL}",
        f"`{URL}`",
        "https://example.org/" + "a" * 600,
        "mailto:a@example.org",
        "/here",
    ],
)
def test_only_an_address_alone_has_a_card(text):
    assert not make_article(text=text).link_cards.exists()
    assert waiting() == []


def test_imported_article_keeps_its_links():
    article = make_article(text=f'<p><a href="{URL}">{URL}</a></p>', markup="html")
    assert not article.link_cards.exists()


def test_site_can_do_without_cards(settings):
    settings.LINK_CARDS = False
    assert not make_article(text=TEXT).link_cards.exists()
    assert waiting() == []


def test_trying_an_article_asks_for_nothing():
    article = make_article()
    try_article(article=article, piece=Piece(headline="A", text=TEXT), published=False)
    assert not LinkCard.objects.exists()


def test_revised_article_forgets_the_cards_it_no_longer_shows(page):
    article = make_article(text=TEXT)
    piece = Piece(headline="A", text="No link.")
    revise_article(article=article, piece=piece, by=article.author)
    fetch_all()
    assert html_of(article) == "<p>No link.</p>"
    assert not article.link_cards.exists()


def test_page_that_never_answers_leaves_the_link(page):
    article = make_article(text=TEXT)
    before = article.html
    page["html"] = NotFetched("It is no page.")
    fetch_all()
    assert html_of(article) == before
    assert LinkCard.objects.get().failed_at


def test_page_that_may_answer_later_is_tried_again(page):
    article = make_article(text=TEXT)
    page["html"] = NotFetched("It took too long.", is_passing=True)
    with pytest.raises(NotFetched):
        fetch_all()
    assert LinkCard.objects.get().failed_at
    page["html"] = "<title>Back</title>"
    fetch_all()
    assert "<bdi>Back</bdi>" in html_of(article)
    assert LinkCard.objects.get().failed_at is None


def test_page_without_a_title_leaves_the_link(page):
    article = make_article(text=TEXT)
    page["html"] = "<p>Nothing"
    fetch_all()
    assert "link-card" not in html_of(article)


def test_job_done_twice_changes_nothing(page):
    article = make_article(text=TEXT)
    fetch_all()
    before = html_of(article)
    page["html"] = "<title>Other</title>"
    fetch_all()
    assert html_of(article) == before
    assert page["asked"] == [URL]


def test_cards_are_drawn_again_when_the_engine_changes(page):
    article = make_article(text=TEXT)
    fetch_all()
    before = html_of(article)
    Article.objects.update(html="<p>old</p>", html_version=0)
    assert [done.number for done in rendering.render_again()] == [1]
    assert html_of(article) == before


def aged(**moments):
    LinkCard.objects.update(**{name: timezone.now() - age for name, age in moments.items()})
    look_at_old_link_cards(timestamp=0)


def test_old_card_is_looked_at_again_and_a_young_one_is_left(page):
    article = make_article(text=TEXT)
    fetch_all()
    page["html"] = "<title>Another title</title>"
    aged(fetched_at=timedelta(days=29))
    assert "Another title" not in html_of(article)
    aged(fetched_at=timedelta(days=31))
    assert "Another title" in html_of(article)
    look_at_old_link_cards(timestamp=0)
    assert len(page["asked"]) == 2


@pytest.mark.parametrize("is_passing", [True, False])
def test_card_whose_page_is_gone_keeps_its_words_and_is_left_alone_for_a_time(page, is_passing):
    article = make_article(text=TEXT)
    fetch_all()
    html = html_of(article)
    page["html"] = NotFetched("gone", is_passing=is_passing)
    aged(fetched_at=timedelta(days=31))
    look_at_old_link_cards(timestamp=0)
    assert html_of(article) == html
    assert len(page["asked"]) == 2
    aged(failed_at=timedelta(days=8), fetched_at=timedelta(days=39))
    assert len(page["asked"]) == 3


def test_failure_is_forgotten_after_a_time(page):
    html = page["html"]
    page["html"] = NotFetched("no page", is_passing=False)
    article = make_article(text=TEXT)
    fetch_all()
    page["html"] = html
    aged(failed_at=timedelta(days=6))
    assert "link-card" not in html_of(article)
    aged(failed_at=timedelta(days=8))
    assert "link-card" in html_of(article)


def test_page_that_says_nothing_any_more_keeps_what_it_said(page):
    article = make_article(text=TEXT)
    fetch_all()
    html = html_of(article)
    page["html"] = "<p>Please sign in."
    aged(fetched_at=timedelta(days=31))
    assert html_of(article) == html
    assert LinkCard.objects.get().is_fresh


def test_of_one_site_one_old_card_is_looked_at_and_none_that_nobody_shows(page):
    sites = ["https://example.org/1", "https://example.org/2", "https://example.net/"]
    make_article(text="\n\n".join(sites))
    fetch_all()
    cards.cards_for(urls=["https://example.com/unused"])
    page["asked"].clear()
    aged(fetched_at=timedelta(days=31))
    assert sorted(page["asked"]) == ["https://example.net/", "https://example.org/1"]


@pytest.mark.parametrize("number", [1, 12])
def test_cards_cost_the_same_for_one_link_as_for_many(
    page, number, client, django_assert_num_queries
):
    urls = [f"https://example.org/{n}" for n in range(number)]
    article = make_article(text="\n\n".join(urls))
    fetch_all()
    with django_assert_num_queries(1):
        rendering.render(article)
    assert article.html.count("link-card-site") == number
    assert client.get(article.get_absolute_url()).content.count(b"link-card-site") == number


def test_no_more_than_so_many_cards():
    text = "\n\n".join(f"https://example.org/{n}" for n in range(30))
    assert make_article(text=text).link_cards.count() == 20


def test_worker_fetches_the_card_of_a_committed_article(page, empty_queue):
    article = create_article(author=make_author(), piece=Piece(headline="A", text=TEXT))
    with no_loop_running():
        call_command("work", once=True)
    assert "link-card" in html_of(article)
    assert not ProcrastinateJob.objects.filter(
        task_name__endswith="show_link_card", status="todo"
    ).exists()
