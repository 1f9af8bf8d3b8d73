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

from django.conf import settings
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum.articles.models import Article
from forum.markup import plain_text
from forum.screening import domains, patterns, spam
from forum.screening.models import Action, Kind, Rule, RuleVersion
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

    @property
    def is_new(self) -> bool:
        return self.before is None


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
    asks_akismet: bool = False

    @property
    def is_held(self) -> bool:
        return bool(self.findings)

    @property
    def reason(self) -> str:
        """Why it is held, as its writer is told: what kind of thing, never which words."""
        return _told(self.findings[0].rule) if self.findings else ""


@dataclass(frozen=True)
class Text:
    """A text as rules look at it, each view made once."""

    plain: str
    searched: str
    words: list[str]
    hosts: list[str]
    links: list[str]

    @classmethod
    def of(cls, html: str) -> "Text":
        plain, links = plain_text(html), domains.links(html)
        return cls(plain, "\n".join([plain, *links]), words(plain), domains.hosts(html), links)


class Ruleset:
    """The rules that are on, ready to be asked."""

    def __init__(self, version: int, rules: Iterable[Rule]) -> None:
        self.version = version
        self.rules = list(rules)
        self._phrases = {
            rule: Phrases(rule.terms.splitlines()) for rule in self.rules if rule.kind == Kind.WORDS
        }

    def judge(self, submission: Submission) -> Verdict:
        level = submission.author.trust_level
        rules = [rule for rule in self.rules if level <= rule.up_to_level]
        now = Text.of(submission.html)
        before = Text.of(submission.before) if submission.before is not None else None
        findings, clock = [], Clock()
        for rule in rules:
            found = self._found(rule, submission, now, clock)
            if found and before:
                found = self._found(rule, submission, before, clock) != found and found
            if found:
                findings.append(Finding(rule, found[:300]))
        refusing = next((one.rule for one in findings if one.rule.action == Action.REFUSE), None)
        return Verdict(
            version=self.version,
            findings=tuple(findings),
            refusal=_told(refusing) if refusing else None,
            paces=tuple(r for r in rules if r.kind == Kind.SPEED) if submission.is_new else (),
            asks_akismet=bool(settings.AKISMET_KEY)
            and any(rule.kind == Kind.AKISMET for rule in rules),
        )

    def finds(self, rule: Rule, text: Text, clock: "Clock") -> str:
        """What of a text a rule about texts catches; empty for nothing."""
        if rule.kind == Kind.WORDS:
            return ", ".join(self._phrases[rule].found_in(text.words))
        if rule.kind == Kind.PATTERN:
            return clock.search(rule.terms, text.searched)
        wanted = [term.strip() for term in rule.terms.splitlines() if term.strip()]
        return ", ".join(
            host for host in text.hosts if any(domains.is_within(host, one) for one in wanted)
        )

    def _found(self, rule: Rule, submission: Submission, text: Text, clock: "Clock") -> str:
        number = rule.number or 0
        if rule.kind in (Kind.WORDS, Kind.PATTERN, Kind.DOMAINS):
            return self.finds(rule, text, clock)
        if rule.kind == Kind.LINKS:
            return ", ".join(text.links) if len(text.links) > number else ""
        if rule.kind == Kind.SPAM:
            return _as_spam(submission.html, number)
        if rule.kind == Kind.FORM and submission.is_new:
            return _as_machine(submission.sent, number)
        if rule.kind == Kind.FIRST and submission.is_new:
            shown = submission.shown(number)
            return _("%(shown)d comments shown so far") % {"shown": shown} if shown < number else ""
        return ""


class Clock:
    """What patterns have taken of one text's time, together."""

    def __init__(self) -> None:
        self.left = patterns.MOST_SECONDS

    def search(self, pattern: str, text: str) -> str:
        """What the pattern finds. Where the time is over, that is what is found: a text that
        takes so long is looked at by a moderator."""
        if self.left <= 0:
            return _("The patterns took too long.")
        began = time.perf_counter()
        found = patterns.found(pattern, text)
        self.left -= time.perf_counter() - began
        return found or ""


_kept: Ruleset | None = None


def judge(submission: Submission, article: Article, *, version: int | None = None) -> Verdict:
    """What the rules say of it. Moderators and those who wrote the article are not judged.

    `version` is what the rules are known to be at; without it, those this process has are asked,
    and the caller compares `Verdict.version`.
    """
    rules = _rules(version)
    if submission.author.is_staff or submission.author.pk in article.host_ids:
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


def pace_refused(rule: Rule, said: int) -> str:
    """Why somebody who has said so much cannot post now."""
    if rule.message:
        return rule.message
    return ngettext(
        "New members can post %(number)d comment in %(minutes)d minutes.",
        "New members can post %(number)d comments in %(minutes)d minutes.",
        rule.number or 0,
    ) % {"number": rule.number, "minutes": rule.minutes}


def pace_time(rule: Rule) -> timedelta:
    """The time in which a rule of speed counts."""
    return timedelta(minutes=rule.minutes or 0)


def _as_spam(html: str, percent: int) -> str:
    score = spam.spam_score(html)
    if score is None or score * 100 < percent:
        return ""
    return _("%(percent)d of 100") % {"percent": round(score * 100)}


def _as_machine(sent: Sent, seconds: int) -> str:
    if sent.is_trapped:
        return _("a field that people do not see was filled in")
    if sent.seconds is not None and sent.seconds < seconds:
        return _("sent %(seconds).1f seconds after the form was opened") % {"seconds": sent.seconds}
    return ""


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
        return refused.get(rule.kind, _("This looks like spam, so it was not posted."))
    held = {
        Kind.DOMAINS: _("A moderator looks at its links first."),
        Kind.LINKS: _("A moderator looks at its links first."),
        Kind.FIRST: _("A moderator reads the first comments of new members."),
    }
    return held.get(rule.kind, _("A moderator looks at what it says first."))
