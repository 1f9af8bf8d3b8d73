"""An article's text as stored HTML: when it is written, and again when the engine changes."""

from collections.abc import Iterator

from django.db import transaction

from forum import markup
from forum.articles.models import Article
from forum.pagination import by_key

# An author's own links; search engines may follow them.
LINK_REL = "noopener"
RENDERED = ["html", "html_version", "word_count"]


def render(article: Article) -> None:
    """Set what is made of the article's text; raises MarkupRefused."""
    if article.markup == "html":
        html = markup.clean_html(article.text, link_rel=LINK_REL, images=True)
    else:
        html = markup.render_markdown(article.text, link_rel=LINK_REL, images=True)
    _set(article, html)


def render_again(*, size: int = 20) -> Iterator[markup.Batch]:
    """Render anew what an older engine made, a batch for each step of the iterator.

    Safe while authors write: the text is rendered before the article's row is taken, and only
    written where the text is still the same. Texts are never changed.
    """
    for batch in by_key(Article.objects.filter(html_version__lt=markup.ENGINE), size=size):
        done = markup.Batch()
        for article in batch:
            html, is_whole = markup.render_stored(
                article.text, syntax=article.markup, link_rel=LINK_REL, images=True
            )
            if _write(article, html):
                done.count(article.pk, is_whole=is_whole)
        yield done


@transaction.atomic
def _write(rendered: Article, html: str) -> bool:
    article = (
        Article.objects.select_for_update(no_key=True)
        .filter(pk=rendered.pk, html_version__lt=markup.ENGINE, text=rendered.text)
        .first()
    )
    if article is None:
        return False
    _set(article, html)
    article.save(update_fields=RENDERED)
    return True


def _set(article: Article, html: str) -> None:
    article.html, article.html_version = html, markup.ENGINE
    article.word_count = markup.word_count(html)
