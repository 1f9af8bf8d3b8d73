"""What the rules say of a comment before it is posted.

The rules are kept in each process, compiled, with the number of their version. A verdict names the
version it was found with; whoever posts reads the version that holds at that moment in the
statement that it makes anyway, and asks again where it is another. So a rule that was saved works
at once in all processes, and judging by it costs no query. What a verdict would refuse is checked
against the version here, for nothing is posted then.

Some rules ask for more than the text: how many comments of a member are shown (of new members
alone, one query), what the classifier knows (one query, for members it is asked about).
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum.articles.models import Article
from forum.markup import plain_text
from forum.screening import domains, patterns, spam
from forum.screening.models import Action, Kind, Rule, RuleVersion
from forum.screening.trust import Level
from forum.screening.words import Phrases, words


@dataclass(frozen=True)
class Sent:
    """How the form of a comment came: whether what people do not see in it was filled in, and how
    many seconds after it was opened; None where that is not known or proves nothing."""

    is_trapped: bool = False
    seconds: float | None = None
    address: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Submission:
    """A comment before it is out. `html` is clean, without reply links; `before` is the text that
    an edit replaces, which is not judged again. `shown(most)` counts the author's comments that
    are out, no further than `most`."""

    author: User
    html: str
    before: str | None = None
    sent: Sent = Sent()
    shown: Callable[[int], int] = field(default=lambda most: most)


@dataclass(frozen=True)
class Finding:
    """A rule that caught a comment, and what of it, in the rule's own words."""

    rule: Rule
    words: str


@dataclass(frozen=True)
class Verdict:
    """What the rules of this version say. `refusal` is for the writer; `paces` are the numbers of
    comments in a time that the author must not pass, to be looked at when the rows are taken."""

    version: int
    findings: tuple[Finding, ...] = ()
    refusal: str | None = None
    paces: tuple[Rule, ...] = ()
    sent: Sent = Sent()
    asks_akismet: bool = False

    @property
    def is_held(self) -> bool:
        return bool(self.findings)

    @property
    def reason(self) -> str:
        """Why it is held, as its writer is told: what kind of thing, never which words."""
        return _told(self.findings[0].rule) if self.findings else ""


class Text:
    """A text as rules look at it; what none of them looks at is not made."""

    def __init__(self, html: str) -> None:
        self.html = html
        # What patterns may still take of its time, together.
        self.seconds_left = patterns.MOST_SECONDS

    @cached_property
    def plain(self) -> str:
        return plain_text(self.html)

    @cached_property
    def links(self) -> list[str]:
        return domains.links(self.html)

    @cached_property
    def words(self) -> list[str]:
        return words(self.plain)

    @cached_property
    def hosts(self) -> list[str]:
        return domains.hosts(self.html)

    @cached_property
    def score(self) -> float | None:
        return spam.spam_score(self.html)

    @cached_property
    def searched(self) -> str:
        """What patterns look at: the words, and the addresses behind them."""
        return "\n".join([self.plain, *self.links])

    def search(self, pattern: str) -> str:
        """What a pattern finds. Where the time is over, that is what is found: a text that takes
        so long is looked at by a moderator."""
        if self.seconds_left <= 0:
            return _("The patterns took too long.")
        began = time.perf_counter()
        found = patterns.found(pattern, self.searched)
        self.seconds_left -= time.perf_counter() - began
        return found or ""


class Question:
    """A rule, ready to be asked about texts."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._number = rule.number or 0
        lines = rule.terms.splitlines()
        self._phrases = Phrases(lines if rule.kind == Kind.WORDS else ())
        self._domains = domains.Domains(lines if rule.kind == Kind.DOMAINS else ())

    def found(self, text: Text) -> list[str]:
        """What of a text the rule catches."""
        if self.rule.kind == Kind.WORDS:
            return self._phrases.found_in(text.words)
        if self.rule.kind == Kind.PATTERN:
            place = text.search(self.rule.terms)
            return [place] if place else []
        if self.rule.kind == Kind.DOMAINS:
            return [host for host in text.hosts if self._domains.hold(host)]
        if self.rule.kind == Kind.LINKS:
            return text.links if len(text.links) > self._number else []
        if self.rule.kind == Kind.SPAM and text.score is not None:
            percent = round(text.score * 100)
            return [_("like spam")] if percent >= self._number else []
        return []

    def caught(self, submission: Submission, text: Text) -> list[str]:
        """What of a submission it catches, of an edit only what that adds."""
        if submission.before is not None:
            before = self.found(Text(submission.before))
            return [one for one in self.found(text) if one not in before]
        if self.rule.kind == Kind.FORM:
            return _as_machine(submission.sent, self._number)
        if self.rule.kind == Kind.FIRST:
            shown = submission.shown(self._number)
            told = _("%(shown)d comments shown so far") % {"shown": shown}
            return [told] if shown < self._number else []
        return self.found(text)


class Ruleset:
    """The rules that are on, ready to be asked."""

    def __init__(self, version: int, rules: Iterable[Rule]) -> None:
        self.version = version
        self._questions = [Question(rule) for rule in rules]

    @property
    def rules(self) -> list[Rule]:
        return [question.rule for question in self._questions]

    def judge(self, submission: Submission) -> Verdict:
        level = submission.author.trust_level
        questions = [one for one in self._questions if level <= one.rule.up_to_level]
        text, findings = Text(submission.html), []
        for question in questions:
            if caught := question.caught(submission, text):
                findings.append(Finding(question.rule, ", ".join(caught)[:300]))
        refusing = next((one.rule for one in findings if one.rule.action == Action.REFUSE), None)
        kinds = {question.rule.kind for question in questions}
        return Verdict(
            version=self.version,
            findings=tuple(findings),
            refusal=_told(refusing) if refusing else None,
            paces=tuple(one.rule for one in questions if one.rule.kind == Kind.SPEED)
            if submission.before is None
            else (),
            sent=submission.sent,
            asks_akismet=bool(settings.AKISMET_KEY) and Kind.AKISMET in kinds,
        )


_kept: Ruleset | None = None


def judge(submission: Submission, article: Article, *, version: int | None = None) -> Verdict:
    """What the rules say of it. Its moderators and those who wrote the article are not judged.

    `version` is what the rules are known to be at; without it, those this process has are asked,
    and the caller compares `Verdict.version`.
    """
    rules = _rules(version)
    if article.is_hosted_by(submission.author):
        return Verdict(rules.version)
    verdict = rules.judge(submission)
    if verdict.refusal and (now := current_version()) != verdict.version:
        return judge(submission, article, version=now)
    return verdict


def current_version() -> int:
    """The version of the rules at this moment; one query."""
    return RuleVersion.objects.aggregate(version=Max("version"))["version"] or 0


def _rules(version: int | None) -> Ruleset:
    global _kept
    kept = _kept
    if kept is None or (version is not None and kept.version != version):
        # The version first: rules that are newer than it says are read again, never kept too long.
        at = current_version()
        on = Rule.objects.filter(suspended_at=None).order_by(F("action").desc(), "pk")
        _kept = kept = Ruleset(at, on)
    return kept


def most_links() -> dict[Level, int]:
    """How many links members of each level may post before a rule looks at them; a level that may
    any number is not there."""
    rules = [rule for rule in _rules(current_version()).rules if rule.kind == Kind.LINKS]
    most = {}
    for level in Level:
        if numbers := [rule.number or 0 for rule in rules if level <= rule.up_to_level]:
            most[level] = min(numbers)
    return most


def pace_refused(rule: Rule) -> str:
    """Why somebody who has said as much as a rule of speed allows cannot post now."""
    if rule.message:
        return rule.message
    return ngettext(
        "You can post %(number)d comment in %(minutes)d minutes.",
        "You can post %(number)d comments in %(minutes)d minutes.",
        rule.number or 0,
    ) % {"number": rule.number, "minutes": rule.minutes}


def pace_time(rule: Rule) -> timedelta:
    """The time in which a rule of speed counts."""
    return timedelta(minutes=rule.minutes or 0)


def _as_machine(sent: Sent, seconds: int) -> list[str]:
    if sent.is_trapped:
        return [_("a field that people do not see was filled in")]
    if sent.seconds is not None and sent.seconds < seconds:
        told = _("sent %(seconds).1f seconds after the form was opened")
        return [told % {"seconds": sent.seconds}]
    return []


def _told(rule: Rule) -> str:
    """What its writer is told of a comment that a rule caught."""
    if rule.message:
        return rule.message
    if rule.action == Action.REFUSE:
        refused = {
            Kind.WORDS: _("This has words that are not used here. Say it in others."),
            Kind.PATTERN: _("This has something in it that is not posted here."),
            Kind.DOMAINS: _("This names a site that is not linked to here."),
            Kind.LINKS: _("This has more links than can be posted yet. Leave some out."),
            Kind.FIRST: _("New members cannot post here yet."),
        }
        return refused.get(Kind(rule.kind), _("This looks like spam, so it was not posted."))
    held = {
        Kind.DOMAINS: _("A moderator looks at its links first."),
        Kind.LINKS: _("A moderator looks at its links first."),
        Kind.FIRST: _("A moderator reads the first comments of new members."),
    }
    return held.get(Kind(rule.kind), _("A moderator looks at what it says first."))
