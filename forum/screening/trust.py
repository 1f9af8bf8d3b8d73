"""Trust: what members earn by being here, and what it lifts.

Pure: a `Record` goes in, a `Level` comes out. The level is kept on the member
(`User.trust_level`) and computed anew every hour for those it may have changed for
(`forum.comments.standing`), so that no page asks for it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# Of what was said lately, at most one in so many may have been hidden, or the level is Member's.
MOST_HIDDEN = 10


class Level(models.IntegerChoices):
    NEW = 0, _("New member")
    MEMBER = 1, _("Member")
    REGULAR = 2, _("Regular")
    TRUSTED = 3, _("Trusted member")


@dataclass(frozen=True)
class Record:
    """What somebody has earned: the time since they joined, how many of their comments are shown,
    how many were hidden, and how many of their flags moderators agreed with."""

    age: timedelta
    comments: int
    hidden: int = 0
    flags_upheld: int = 0


@dataclass(frozen=True)
class Step:
    """What a level asks for."""

    days: int
    comments: int
    flags_upheld: int = 0

    def is_reached(self, record: Record) -> bool:
        return (
            record.age >= timedelta(days=self.days)
            and record.comments >= self.comments
            and record.flags_upheld >= self.flags_upheld
        )


@dataclass(frozen=True)
class Lifts:
    """What a level may: `pace` multiplies how often one may post, like, flag and send pictures,
    `edit_window` how long one may edit, `flag_weight` is what a flag counts."""

    pace: int
    edit_window: int
    flag_weight: float


STEPS = {
    Level.MEMBER: Step(days=1, comments=3),
    Level.REGULAR: Step(days=14, comments=25),
    Level.TRUSTED: Step(days=60, comments=100, flags_upheld=3),
}
LIFTS = {
    Level.NEW: Lifts(pace=1, edit_window=1, flag_weight=0.5),
    Level.MEMBER: Lifts(pace=2, edit_window=1, flag_weight=1),
    Level.REGULAR: Lifts(pace=3, edit_window=2, flag_weight=1.5),
    Level.TRUSTED: Lifts(pace=4, edit_window=4, flag_weight=2),
}


def level(record: Record) -> Level:
    """The highest level whose step, and each below it, is reached."""
    reached = Level.NEW
    for higher, step in STEPS.items():
        if not step.is_reached(record):
            break
        reached = higher
    return min(reached, Level.MEMBER) if is_kept_back(record) else reached


def is_kept_back(record: Record) -> bool:
    """Whether too much of what somebody said was hidden for more than the level of a member."""
    return record.hidden * MOST_HIDDEN > record.comments + record.hidden


def lifts(trust_level: int) -> Lifts:
    """What a member of this level may."""
    return LIFTS[Level(trust_level)]


def may_show_pictures(trust_level: int) -> bool:
    """Whether pictures stored here are shown in comments by a member of this level."""
    asked = settings.COMMENT_PICTURES_FROM
    return asked is not None and trust_level >= asked
