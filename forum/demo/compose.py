"""Composes the discussions of the demo community: always the same from the same content.

A discussion grows remark by remark. Which kind may follow which is in `FOLLOWS`; a line is taken
from the bank of the matter its parent is about, and no line is taken twice. So people answer what
was said, keep to their side of a matter, and two who disagree go on disagreeing with each other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from forum.demo.stories import CONTENT, ContentError, Person, Remark, Story, check_speakers
from forum.demo.topics import Line, Matter, Plan, read_manners, read_plans

TOPICS = CONTENT / "topics"
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
SEED = "rejoinder"
DEEPEST = 12  # the level of the deepest remark; a thread's first is level 0

# What may be said to what, and how readily.
FOLLOWS: dict[str, dict[str, float]] = {
    "openers": {"agree": 4, "disagree": 5, "asked": 3, "anecdote": 3, "correction": 2, "asides": 1},
    "agree": {"disagree": 2, "anecdote": 2, "asked": 1, "asides": 1},
    "disagree": {"rebut": 6, "second": 3, "anecdote": 1, "notice": 0.3},
    "second": {"rebut": 4, "asides": 1},
    "rebut": {"disagree": 4, "both": 2, "close": 0.7, "agree": 1},
    "asked": {"answer": 8},
    "answer": {"thanks": 3, "anecdote": 1},
    "anecdote": {"anecdote": 2, "asides": 2, "asked": 1, "thanks": 0.3},
    "correction": {"thanks": 2},
    "asides": {"aside": 8},
    "both": {"close": 1},
}
SIDES = {"openers": 1, "agree": 1, "rebut": 1, "disagree": -1, "second": -1}
QUOTING = frozenset({"agree", "disagree", "rebut", "second"})
# How likely the one who was answered is the one who answers.
RETURNS = {"thanks": 1.0, "close": 0.9, "rebut": 0.65, "disagree": 0.6, "aside": 0.5, "both": 0.0}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a discussion grows: readiness to open a thread, and the pull of deeper remarks."""

    opening: float
    pull: float


SHAPES = {
    "mixed": Shape(0.25, 1.0),
    "deep": Shape(0.12, 1.7),
    "star": Shape(0.12, 0.45),
    "quiet": Shape(0.6, 0.8),
    "busy": Shape(0.22, 1.15),
}


@dataclass(eq=False, slots=True)
class Node:
    """A remark while its discussion grows. `waiting` are lines that may only follow this one."""

    kind: str
    line: Line
    by: str
    at: timedelta
    matter: Matter
    parent: "Node | None" = None
    waiting: list[Line] = field(default_factory=list)
    answered_by: set[str] = field(default_factory=set)
    number: int = 0

    @property
    def level(self) -> int:
        """0 for the first remark of a thread."""
        return self.parent.level + 1 if self.parent else 0

    @property
    def halves(self) -> frozenset[str]:
        """The halves used from the thread's first remark down to here, and by close relatives."""
        return self.line.halves | (self.parent.halves if self.parent else frozenset())


def compose(
    people: Sequence[Person], *, folder: Path = TOPICS, until: datetime = UNTIL
) -> Iterator[Story]:
    """The composed stories, oldest first, each with exactly the comments its plan asks for.

    Promised: the same content gives the same stories; every remark answers a lower number, is
    later than the one before it and earlier than `until`; nobody answers themselves; no text is
    used twice. A bank that is too small for its plan raises ContentError.
    """
    manners = read_manners(folder)
    for kind in sorted(manners):
        Random(f"{SEED}:{kind}").shuffle(manners[kind])
    for plan in sorted(read_plans(folder), key=lambda plan: plan.story.published):
        story = Growth(plan, people, manners, until).story()
        check_speakers(story, tuple(people))
        yield story


class Growth:
    """One discussion while it grows from nothing to the size that its plan asks for."""

    def __init__(
        self,
        plan: Plan,
        people: Sequence[Person],
        manners: dict[str, list[Line]],
        until: datetime,
    ) -> None:
        self.plan, self.manners = plan, manners
        self.dice = Random(f"{SEED}:{plan.story.slug}")
        self.shape = SHAPES[plan.shape]
        self.names = {person.login: person.name for person in people}
        self.weights = regulars(people, away=plan.story.author)
        self.room = until - plan.story.published
        self.sides: dict[tuple[int, str], int] = {}
        self.nodes: list[Node] = []
        self.worn: Counter[str] = Counter()  # how often a half was used
        for matter in plan.matters:
            banks: list[list[Any]] = [*matter.said.values()]
            for bank in (*banks, matter.exchanges, matter.asked, matter.asides):
                self.dice.shuffle(bank)

    def story(self) -> Story:
        """The story with its whole discussion."""
        self.stage_exchanges()
        while len(self.nodes) < self.plan.size:
            if not self.grow():
                short = self.plan.size - len(self.nodes)
                raise ContentError(f"{self.plan.story.slug}: the bank is {short} remarks short")
        self.nodes.sort(key=lambda node: node.at)
        latest = timedelta()
        for number, node in enumerate(self.nodes, start=1):
            node.number = number
            node.at = latest = max(node.at, latest + timedelta(seconds=1))
        remarks = tuple(
            Remark(n.by, n.at, n.parent.number if n.parent else None, self.spoken(n))
            for n in self.nodes
        )
        return replace(self.plan.story, remarks=remarks)

    def stage_exchanges(self) -> None:
        """Puts the written exchanges in place: two people, turn and turn about."""
        for matter in self.plan.matters:
            for turns in matter.exchanges:
                node: Node | None = None
                for turn, line in enumerate(turns):
                    kind = ("rebut" if turn % 2 == 0 else "disagree") if node else "openers"
                    node = self.add(kind, line, matter, node, returning=turn > 1)

    # Growing

    def grow(self) -> bool:
        """Adds one remark: a new thread or an answer. False when the bank has neither."""
        places = [(node, kinds) for node in self.nodes if (kinds := self.may_follow(node))]
        starts = [matter for matter in self.plan.matters if matter.said["openers"]]
        if starts and (not places or self.dice.random() < self.shape.opening):
            matter = self.dice.choices(starts, [len(m.said["openers"]) for m in starts])[0]
            self.add("openers", matter.said["openers"].pop(), matter, None)
            return True
        if not places:
            return False
        node, kinds = self.dice.choices(places, [self.pull(node) for node, _ in places])[0]
        kind = self.dice.choices(list(kinds), list(kinds.values()))[0]
        self.answer(node, kind)
        return True

    def pull(self, node: Node) -> float:
        """How strongly a remark draws an answer: by depth, waiting lines and answers it has."""
        urge = 4.0 if node.waiting else 1.0
        return urge * self.shape.pull**node.level / (1 + len(node.answered_by)) ** 1.2

    def may_follow(self, node: Node) -> dict[str, float]:
        """The kinds that may answer a remark now and for which there is a line."""
        if node.level >= DEEPEST:
            return {}
        return {
            kind: weight
            for kind, weight in FOLLOWS.get(node.kind, {}).items()
            if self.bank(node, kind) and self.fits(node, kind)
        }

    def bank(self, node: Node, kind: str) -> Sequence[Line | list[Line]]:
        """Where lines of a kind come from when they answer this remark."""
        if kind in ("answer", "aside"):
            return node.waiting
        if kind == "asked":
            return node.matter.asked
        if kind == "asides":
            return node.matter.asides
        own = node.matter.said[kind]
        return own or self.manners.get(kind, [])

    def fits(self, node: Node, kind: str) -> bool:
        """The rules of conversation that reach further than the remark answered."""
        if kind in ("both", "close", "notice"):
            return node.level >= 2 and not node.answered_by
        if kind == "thanks":
            return node.parent is not None and not node.answered_by
        return True

    def answer(self, node: Node, kind: str) -> None:
        """Answers a remark with a line of a kind, taken out of its bank."""
        bank = self.bank(node, kind)
        assert isinstance(bank, list)
        if kind in ("asked", "asides"):
            first, *rest = bank.pop()
            self.add(kind, first, node.matter, node).waiting = rest
        elif kind == "aside":
            first, *rest = bank
            bank.clear()
            self.add("asides", first, node.matter, node, returns="aside").waiting = rest
        elif kind == "answer":
            self.add(kind, bank.pop(0), node.matter, node)
        else:
            worn = [sum(self.worn[half] for half in line.halves) for line in bank]
            line = bank.pop(worn.index(min(worn)))
            self.worn.update(line.halves)
            self.add(kind, line, node.matter, node)

    def add(
        self,
        kind: str,
        line: Line,
        matter: Matter,
        parent: Node | None,
        *,
        returning: bool = False,
        returns: str = "",
    ) -> Node:
        """Puts a remark in place, with somebody to say it and a moment to say it."""
        odds = 1.0 if returning else RETURNS.get(returns or kind, 0.1)
        by = line.by.replace("author", self.plan.story.author)
        by = by or self.speaker(kind, matter, parent, odds)
        if kind in SIDES:
            self.sides[id(matter), by] = SIDES[kind]
        node = Node(kind, line, by, self.moment(parent), matter, parent)
        if parent:
            parent.answered_by.add(by)
        self.nodes.append(node)
        return node

    def speaker(self, kind: str, matter: Matter, parent: Node | None, odds: float) -> str:
        """Who says it: often the one who was answered, never somebody of the other side."""
        side = SIDES.get(kind, 0)
        if parent and parent.parent and self.dice.random() < odds:
            back = parent.parent.by
            same_side = side * self.sides.get((id(matter), back), side) >= 0
            if back != parent.by and (same_side or odds == 1):
                return back
        absent = {parent.by, *parent.answered_by} if parent else set()
        if kind == "both" and parent and parent.parent:
            absent.add(parent.parent.by)
        here = {
            login: weight
            for login, weight in self.weights.items()
            if login not in absent and side * self.sides.get((id(matter), login), side) >= 0
        }
        return self.dice.choices(list(here), list(here.values()))[0]

    def moment(self, parent: Node | None) -> timedelta:
        """When it is said: bursts on the first day, a long tail, little at night."""
        dice = self.dice
        start = parent.at if parent else timedelta()
        if parent:
            minutes = (
                dice.lognormvariate(3.6, 1.15) if dice.random() < 0.9 else dice.uniform(600, 4000)
            )
        elif dice.random() < 0.72:
            minutes = dice.expovariate(1 / 330)
        else:
            minutes = dice.expovariate(1 / 5500)
        at = start + timedelta(minutes=max(minutes, 1.2))
        hour = (self.plan.story.published + at).hour
        if hour < 6 and dice.random() < 0.88:
            at += timedelta(hours=6 - hour + dice.random() * 3)
        if at >= self.room:
            at = start + (self.room - start) * dice.uniform(0.1, 0.9)
        return timedelta(seconds=round(at.total_seconds()))

    # Putting it into words

    def spoken(self, node: Node) -> str:
        """The text of a remark, with the names of those it answers."""
        text, parent = node.line.text, node.parent
        if parent is None:
            return text
        name = f"@{self.names[parent.by]}"
        if "{both}" in text and parent.parent:
            return text.replace("{both}", f"{name} and {self.reference(parent.parent, node)}")
        if "{to}" in text:
            return text.replace("{to}", name)
        if node.kind in QUOTING and (sentence := first_sentence(parent.line.text)):
            if self.dice.random() < 0.1:
                return f"> {sentence}\n\n{name}: {text}"
            if self.dice.random() < 0.05:
                return f"> {sentence}\n\n{text}"
        return f"{name}: {text}" if self.dice.random() < 0.72 else text

    def reference(self, node: Node, before: Node) -> str:
        """`@Name`, with the number when that person's latest remark before is another one."""
        latest = max(n.number for n in self.nodes[: before.number - 1] if n.by == node.by)
        number = "" if latest == node.number else f"#{node.number}"
        return f"@{self.names[node.by]}{number}"


def regulars(people: Sequence[Person], *, away: str) -> dict[str, float]:
    """How readily each one speaks: a few a lot, most a little; `away` and moderators not at all."""
    members = [person.login for person in people if person.role == "member"]
    Random(f"{SEED}:regulars").shuffle(members)
    weights = {login: 1 / (rank + 5) ** 0.55 for rank, login in enumerate(members)}
    weights |= {person.login: 0.05 for person in people if person.role == "author"}
    weights.pop(away, None)
    return weights


def first_sentence(text: str) -> str:
    """The first sentence when it is worth quoting: 6 to 30 words on a line of its own, else ''."""
    found = re.match(r"[^>\n{*-][^\n{]*?[.?!](?=\s|$)", text)
    return found[0] if found and 6 <= len(found[0].split()) <= 30 else ""
