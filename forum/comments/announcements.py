"""What open pages of a discussion are told while they are read.

Numbers and moments alone, never a text or a name: whoever listens fetches the cards, and is asked
there what they may read. The same three lists, whether something is told as it happens or to
somebody who missed it, and hearing them twice changes nothing:

- `posted`: numbers of what has come into sight;
- `changed`: pairs of number and the mark of the last edit, which the card has too;
- `gone`: numbers of what is out of sight.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from forum.comments.models import Comment
from forum.live.channels import announce

# An announcement has 8,000 bytes at most; who is told more than this had better load the page.
MOST = 300


def channel(article_id: int) -> str:
    return f"article {article_id}"


def posted(article_id: int, numbers: list[int]) -> None:
    """These have come into sight."""
    if numbers:
        announce(channel(article_id), {"posted": numbers[-MOST:]})


def changed(comment: Comment) -> None:
    """The comment says something else, or again something."""
    announce(channel(comment.article_id), {"changed": [(comment.number, comment.edit_mark)]})


def shown_again(article_id: int, comments: list[Comment]) -> None:
    """These say again what they said."""
    if comments:
        marks = [(comment.number, comment.edit_mark) for comment in comments[-MOST // 2 :]]
        announce(channel(article_id), {"changed": marks})


def gone(article_id: int, numbers: list[int]) -> None:
    """These are out of sight, where they were in sight before."""
    if numbers:
        announce(channel(article_id), {"gone": numbers[-MOST:]})


def missed(article_id: int, *, after: int, since: datetime) -> dict[str, Any]:
    """What would have been told to somebody whose last number was `after`, since that moment; the
    latest of it, where it is very much. One query."""
    told: dict[str, Any] = {"posted": [], "changed": [], "gone": []}
    comments = (
        Comment.objects.filter(article=article_id)
        .filter(
            Q(number__gt=after)
            | Q(edited_at__gt=since)
            | Q(withdrawn_at__gt=since)
            | Q(hidden_at__gt=since)
            | Q(held_at__gt=since)
        )
        .only("number", "edited_at", "withdrawn_at", "hidden_at", "held_at")
        .order_by("-number")[:MOST]
    )
    for comment in comments:
        if comment.number > after:
            if comment.is_visible:
                told["posted"].append(comment.number)
        elif comment.is_visible:
            told["changed"].append((comment.number, comment.edit_mark))
        else:
            told["gone"].append(comment.number)
    return told
