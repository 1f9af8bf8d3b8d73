"""Taking comments out of sight and bringing them back, several at once: what one spam wave needs.

Articles are taken in order of their primary key, one statement writes the comments of each, and
its open pages are told once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.comments import announcements
from forum.comments.models import BETWEEN_TEXTS, Comment, Draft, DraftQuerySet


@transaction.atomic
def hide_comments(*, comments: Collection[Comment], reason: str, at: datetime) -> list[Comment]:
    """Take the comments out of sight; those that were not hidden before, as they are now."""
    return _change(
        comments,
        where=Q(hidden_at=None),
        values={"hidden_at": at, "hidden_reason": reason},
    )


@transaction.atomic
def hold_comments(*, comments: Collection[Comment], reason: str, at: datetime) -> list[Comment]:
    """Let the comments wait for a moderator; those that were in sight before, as they are now.
    `reason` is for their authors."""
    return _change(
        comments,
        where=Q(hidden_at=None, held_at=None, withdrawn_at=None),
        values={"held_at": at, "held_reason": reason},
    )


@transaction.atomic
def bring_back(*, comments: Collection[Comment], taken_at: datetime) -> list[Comment]:
    """Undo what was hidden or held at that moment, and nothing that was done since."""
    hidden = _change(
        comments,
        where=Q(hidden_at=taken_at),
        values={"hidden_at": None, "hidden_reason": "", "hidden_with": None},
    )
    held = _change(comments, where=Q(held_at=taken_at), values={"held_at": None, "held_reason": ""})
    return [*hidden, *held]


@transaction.atomic
def give_back(*, comment: Comment) -> None:
    """The text of a comment as a draft of its author's, in the place where it stood. What they
    are writing there stays below it, also when a composer that is open meanwhile saves or posts:
    it does not have the key that is given here, so it knows nothing of this text."""
    draft = _draft_in_place_of(comment)
    together = Case(
        When(returned="", then=Value(comment.text)),
        default=Concat("returned", Value(BETWEEN_TEXTS + comment.text), output_field=TextField()),
        output_field=TextField(),
    )
    given: dict[str, Any] = {"post_key": uuid4(), "saved_at": timezone.now()}
    while not draft.update(returned=together, **given):
        # Where a post takes the draft away at the same moment, there is none again.
        draft.get_or_create(
            member=comment.author,
            article=comment.article,
            parent=comment.parent,
            defaults={"text": ""},
        )


@transaction.atomic
def take_back(*, comment: Comment) -> None:
    """Undo `give_back` where no composer has taken the text up; what was typed there stays."""
    draft = _draft_in_place_of(comment).filter(returned=comment.text)
    draft.filter(text="").delete()
    draft.update(returned="")


def _draft_in_place_of(comment: Comment) -> DraftQuerySet:
    return Draft.objects.of(comment.author, article=comment.article, parent=comment.parent)


def as_it_is(comment: Comment) -> Comment:
    """The comment as it is now, `knowing_locks`, with its article's row held until the transaction
    ends."""
    while True:
        article = Article.objects.select_for_update(no_key=True).get(pk=comment.article_id)
        now = Comment.objects.select_related("author", "parent").knowing_locks()
        comment = now.get(pk=comment.pk)
        if comment.article_id == article.pk:
            comment.article = article
            return comment


def count(article: Article, change: int) -> None:
    """So many more of its comments are in sight; the caller holds the article, as it is now."""
    article.comment_count += change
    article.save(update_fields=["comment_count"])


def visible_of(author: User, most: int) -> list[Comment]:
    """The newest comments of a member that everybody sees, at most so many."""
    shown = Comment.objects.visible().filter(author=author)
    return list(shown.select_related("author", "article").newest_first()[:most])


def _change(comments: Collection[Comment], *, where: Q, values: dict) -> list[Comment]:
    changed = []
    for article, here in _by_article(comments):
        found = list(
            Comment.objects.filter(where, article=article, pk__in=here)
            .select_related("author")
            .order_by("pk")
        )
        Comment.objects.filter(pk__in=[one.pk for one in found]).update(**values)
        was_visible = {one.pk: one.is_visible for one in found}
        for one in found:
            one.article = article
            for name, value in values.items():
                setattr(one, name, value)
        gone = [one for one in found if was_visible[one.pk] and not one.is_visible]
        back = [one for one in found if one.is_visible and not was_visible[one.pk]]
        if len(gone) != len(back):
            count(article, len(back) - len(gone))
        announcements.gone(article.pk, [one.number for one in gone])
        announcements.posted(article.pk, [one.number for one in back])
        announcements.shown_again(article.pk, back)
        changed += found
    return changed


def _by_article(comments: Collection[Comment]) -> Iterator[tuple[Article, list[int]]]:
    """Each article, held until the transaction ends, with the keys of its comments."""
    keys = defaultdict(list)
    for comment in comments:
        keys[comment.article_id].append(comment.pk)
    for key in sorted(keys):
        yield Article.objects.select_for_update(no_key=True).get(pk=key), keys[key]
