"""What must be true of every discussion at every moment."""

from collections import Counter

from forum.articles.models import Article
from forum.comments.models import OUT_OF_SIGHT, Comment, LikesReceived


def assert_threads_sound() -> None:
    """Every thread is a nested-set tree that agrees with its parents, and every counter is right.

    Written from the definition, by walking the parents, not from the code under test.
    """
    comments = {c.pk: c for c in Comment.objects.all()}
    children: dict[int | None, list[Comment]] = {}
    for comment in comments.values():
        children.setdefault(comment.parent_id, []).append(comment)

    def walk(comment: Comment, edge: int, level: int) -> int:
        assert (comment.lft, comment.level) == (edge, level), f"place of {comment.pk}"
        edge += 1
        for child in sorted(children.get(comment.pk, []), key=lambda c: c.lft):
            assert child.tree_id == comment.tree_id, f"{child.pk} left its parent's thread"
            assert child.article_id == comment.article_id, f"{child.pk} left its parent's article"
            edge = walk(child, edge, level + 1)
        assert comment.rght == edge, f"right edge of {comment.pk}"
        return edge + 1

    threads = children.get(None, [])
    for thread in threads:
        walk(thread, 1, 0)
    shared = [tree for tree, n in Counter(t.tree_id for t in threads).items() if n > 1]
    assert not shared, f"threads that share a tree: {shared}"
    assert {c.tree_id for c in comments.values()} == {t.tree_id for t in threads}

    for article in Article.objects.all():
        numbers = list(article.comments.values_list("number", flat=True))
        assert len(numbers) == len(set(numbers)), f"a number twice in article {article.pk}"
        assert max(numbers, default=0) <= article.last_number
        seen = article.comments.exclude(OUT_OF_SIGHT)
        assert article.comment_count == seen.count(), f"comment count of article {article.pk}"
        likes = Counter()
        for comment in seen:
            likes[comment.author_id] += comment.like_count
        received = LikesReceived.objects.filter(article=article).values_list("author", "likes")
        assert +likes == +Counter(dict(received)), f"likes received in article {article.pk}"
