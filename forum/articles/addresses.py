"""Addresses of articles: a day and a slug, never given to a second article."""

from forum.articles.models import Article, ArticleAddress
from forum.articles.piece import LONGEST_SLUG


def keep_address(article: Article) -> None:
    """Let the address that the article has lead to it for good."""
    if article.publish_date is not None:
        ArticleAddress.objects.update_or_create(
            publish_date=article.publish_date, slug=article.slug, defaults={"article": article}
        )


def free_slug(article: Article) -> str:
    """The slug, with a number behind it where another article of that day has or had it."""
    same_day = {"publish_date": article.publish_date, "slug__startswith": article.slug[:70]}
    taken = set(
        Article.objects.filter(**same_day).exclude(pk=article.pk).values_list("slug", flat=True)
    ) | set(
        ArticleAddress.objects.filter(**same_day)
        .exclude(article=article)
        .values_list("slug", flat=True)
    )
    free, n = article.slug, 1
    while free in taken:
        n += 1
        free = f"{article.slug[: LONGEST_SLUG - 4]}-{n}"
    return free
