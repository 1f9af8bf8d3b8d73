"""What a rule would have caught, before it is saved."""

import time
from dataclasses import dataclass, field

from forum.comments.models import Comment
from forum.screening.judging import Question, Text
from forum.screening.models import Kind, Rule

MOST_LOOKED_AT = 10_000
MOST_SECONDS = 4.0
MOST_SHOWN = 50
# What other rules look at, the way and the moment of posting, is not kept.
CAN_BE_TRIED = (Kind.WORDS, Kind.PATTERN, Kind.DOMAINS, Kind.LINKS, Kind.SPAM)


@dataclass
class Trial:
    """How many comments a rule looked at, the newest first, how many it caught, and the first
    MOST_SHOWN of those, with what it found in them. `is_cut` where the time was over."""

    can_be_tried: bool = True
    looked_at: int = 0
    caught: int = 0
    is_cut: bool = False
    shown: list[tuple[Comment, str]] = field(default_factory=list)


def tried(rule: Rule) -> Trial:
    """The rule, asked about the latest comments of members that it concerns, in MOST_SECONDS."""
    trial = Trial()
    found: dict[int, str] = {}
    if rule.kind not in CAN_BE_TRIED:
        return Trial(can_be_tried=False)
    question, end = Question(rule), time.monotonic() + MOST_SECONDS
    latest = (
        Comment.objects.filter(author__trust_level__lte=rule.up_to_level, author__is_staff=False)
        .newest_first()
        .values_list("pk", "html")[:MOST_LOOKED_AT]
    )
    for pk, html in latest.iterator(chunk_size=500):
        if time.monotonic() > end:
            trial.is_cut = True
            break
        trial.looked_at += 1
        if words := question.found(Text(html)):
            trial.caught += 1
            if len(found) < MOST_SHOWN:
                found[pk] = ", ".join(words)
    comments = Comment.objects.filter(pk__in=found).select_related("author", "article")
    trial.shown = [(comment, found[comment.pk]) for comment in comments.newest_first()]
    return trial
