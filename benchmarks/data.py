"""The data set of the benchmarks: the same at every run.

One article with 500 comments of 10 to 200 words, one with 5,000, and 198 others with 0 to 20. A
third of the comments open threads, the others answer an earlier one, most of them a recent one.
"""

import random
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from benchmarks.words import PASSWORD, WORDS
from forum.articles.flows import Piece, create_article, publish_article
from forum.articles.models import Article
from forum.comments import flows, tree
from forum.comments.models import Comment
from forum.tags.models import Category

MEMBERS = 200


def load() -> dict[str, Article]:
    """Fill an empty database; answers with the articles that are measured, by name."""
    dice = random.Random("rejoinder")
    members = _members()
    category = Category.objects.create(name="Everything", slug="everything")
    start = timezone.now() - timedelta(days=200)
    sizes = {"5,000 comments": 5000, "500 comments": 500}
    others = {f"other {n}": dice.randrange(21) for n in range(198)}
    found: dict[str, Article] = {}
    for place, (name, size) in enumerate((others | sizes).items()):
        at = start + timedelta(days=place * 0.9)
        article = create_article(
            author=members[0],
            piece=Piece(
                headline=name.capitalize(),
                standfirst=_words(dice, 25),
                text="\n\n".join(_words(dice, 90) for _ in range(8)),
                categories=[category],
                tag_names=[dice.choice(WORDS), dice.choice(WORDS)],
            ),
        )
        found[name] = publish_article(article=article, at=at)
        discuss(found[name], size, members, dice, at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {name: Article.objects.get(pk=found[name].pk) for name in sizes}


@transaction.atomic
def discuss(
    article: Article, size: int, members: list[User], dice: random.Random, at: datetime
) -> None:
    """Plant a discussion of `size` comments."""
    if not size:
        return
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    said: list[Comment] = []
    for number in range(1, size + 1):
        parent = None
        if said and dice.random() < 0.67:
            parent = dice.choice(said[-40:]) if dice.random() < 0.8 else dice.choice(said)
        text = _words(dice, dice.randrange(10, 200))
        said.append(
            Comment(
                article=article,
                number=number,
                author=dice.choice(members),
                parent=parent,
                text=text,
                html=flows.render(text),
                posted_at=at + timedelta(minutes=number),
            )
        )
    tree.plant(said)
    Article.objects.filter(pk=article.pk).update(
        last_number=size, comment_count=size, last_commented_at=said[-1].posted_at
    )


def _members() -> list[User]:
    first = User.objects.create_user("bench0", "bench0@example.org", PASSWORD, is_author=True)
    User.objects.bulk_create(
        User(
            username=f"bench{n}",
            display_name=f"Member {n}",
            display_key=f"member {n}",
            email=f"bench{n}@example.org",
            password=first.password,
            trust_level=1,
        )
        for n in range(1, MEMBERS)
    )
    return list(User.objects.order_by("pk"))


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(count)).capitalize() + "."
