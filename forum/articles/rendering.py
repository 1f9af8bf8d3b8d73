"""An article's text as stored HTML: when it is written, when a card of its links can be shown, and
again when the engine changes."""

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from forum import markup
from forum.articles.models import Article
from forum.cards import drawing
from forum.cards.models import LinkCard
from forum.pagination import by_key

# An author's own links; search engines may follow them.
LINK_REL = "noopener"
RENDERED = ["html", "html_version", "word_count"]


def render(article: Article) -> list[str]:
    """Set what is made of the article's text; the addresses in it that can have cards. Raises
    MarkupRefused."""
    if article.markup == "html":
        html = markup.clean_html(article.text, link_rel=LINK_REL, images=True)
    else:
        html = markup.render_markdown(article.text, link_rel=LINK_REL, images=True)
    return _set(article, html)


def draw_card(card: LinkCard) -> None:
    """Draw the articles again that link to this page."""
    for articles in by_key(Article.objects.filter(link_cards=card), size=20):
        for article in articles:
            _render_again(article, Article.objects.all())


def render_again(*, size: int = 20) -> Iterator[markup.Batch]:
    """Render anew what an older engine made, a batch for each step of the iterator.

    Safe while authors write: the text is rendered before the article's row is taken, and only
    written where the text is still the same. Texts are never changed.
    """
    older = Article.objects.filter(html_version__lt=markup.ENGINE)
    for articles in by_key(older, size=size):
        done = markup.Batch()
        for article in articles:
            _render_again(article, older, done)
        yield done


def _render_again(rendered: Article, articles, done: markup.Batch | None = None) -> None:
    """Render one of `articles` as it is now, where its text is still that of `rendered`."""
    html, is_whole = markup.render_stored(
        rendered.text, syntax=rendered.markup, link_rel=LINK_REL, images=True
    )
    with transaction.atomic():
        held = articles.select_for_update(no_key=True, of=("self",))
        article = held.filter(pk=rendered.pk, text=rendered.text).first()
        if article is None:
            return
        _set(article, html)
        article.save(update_fields=RENDERED)
    if done:
        done.count(article.pk, is_whole=is_whole)


def _set(article: Article, html: str) -> list[str]:
    """Cards are looked up here, with the article's row held: one that is fetched in this moment
    waits for the row and then draws it again. One query, and none without lone links."""
    article.word_count = markup.word_count(html)
    urls = drawing.lone_links(html) if _has_cards(article) else []
    shown = LinkCard.objects.shown().filter(url__in=urls) if urls else ()
    article.html = drawing.draw(html, {card.url: card for card in shown})
    article.html_version = markup.ENGINE
    return urls


def _has_cards(article: Article) -> bool:
    """What an import brought keeps its links: thousands of old posts would fetch as many pages."""
    return settings.LINK_CARDS and article.markup == "markdown"
