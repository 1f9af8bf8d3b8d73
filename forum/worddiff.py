"""What changed between two texts, word by word. Pure: no models, no settings.

Lines are compared first, and the words of those that differ then, so that a paragraph is set
against the paragraph it was. The comparison fills a table of one bit for each pair of words; texts
whose table would be too large are shown as taken out and put in as a whole, so time and memory are
bounded whatever the texts hold: 200,000 characters against as many take half a second at worst.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

Kind = Literal["same", "gone", "new", "skipped"]

# Pairs that are compared at once: 10,000 words against as many, 12 MB of bits.
MOST_PAIRS = 100_000_000
# Scripts without spaces are compared by character.
UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORDS = re.compile(rf"\n|[^\S\n]+|[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
# An unchanged stretch shorter than this between two changes ("of", a comma) only disturbs.
SHORTEST_SAME = 4
# Characters of an unchanged stretch that are shown before and after a change.
SHOWN_AROUND = 240


@dataclass(frozen=True)
class Run:
    """A stretch of text that is in both texts, only in the old or only in the new one."""

    kind: Kind
    text: str


def differences(old: str, new: str) -> list[Run]:
    """The runs of both texts in order: all but the new are the old text, all but the gone the new
    one. Neighbours differ in kind."""
    runs = []
    for was, now in _blocks(LINES.findall(old), LINES.findall(new)):
        if was == now:
            runs.append(Run("same", "".join(was)))
        else:
            words = _blocks(WORDS.findall("".join(was)), WORDS.findall("".join(now)))
            runs += _calmed(words)
    return _joined(runs)


def with_long_stretches_skipped(runs: list[Run]) -> list[Run]:
    """The runs, the middle of long unchanged ones as a run of its own, of the kind "skipped"."""
    shown = []
    for place, run in enumerate(runs):
        head = SHOWN_AROUND if place > 0 else 0
        tail = SHOWN_AROUND if place < len(runs) - 1 else 0
        if run.kind != "same" or len(run.text) <= 2 * SHOWN_AROUND + head + tail:
            shown.append(run)
            continue
        start = _after_a_space(run.text, head)
        end = _after_a_space(run.text, len(run.text) - tail)
        folded = [
            Run("same", run.text[:start]),
            Run("skipped", run.text[start:end]),
            Run("same", run.text[end:]),
        ]
        shown += [piece for piece in folded if piece.text]
    return shown


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Old and new in step: pairs of stretches that are equal or stand for each other."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if head:
        yield old[:head], new[:head]
    yield from _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    if tail:
        yield old[-tail:], new[-tail:]


def _middle(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    if not old or not new or len(old) * len(new) > MOST_PAIRS:
        if old or new:
            yield old, new
        return
    was: list[str] = []
    now: list[str] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            if was or now:
                yield was, now
                was, now = [], []
            yield old[step.src_start : step.src_end], new[step.dest_start : step.dest_end]
        else:
            was += old[step.src_start : step.src_end]
            now += new[step.dest_start : step.dest_end]
    if was or now:
        yield was, now


def _calmed(words: Iterator[tuple[list[str], list[str]]]) -> list[Run]:
    """The runs of some words; scraps that are equal by chance between changes count as changed."""
    pairs = [("".join(was), "".join(now)) for was, now in words]
    runs: list[Run] = []
    gone = new = ""
    for place, (was, now) in enumerate(pairs):
        is_scrap = (
            0 < place < len(pairs) - 1 and len(was.strip()) < SHORTEST_SAME and "\n" not in was
        )
        if was != now or is_scrap:
            gone, new = gone + was, new + now
            continue
        runs += [Run("gone", gone), Run("new", new), Run("same", was)]
        gone = new = ""
    return [*runs, Run("gone", gone), Run("new", new)]


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].kind == run.kind:
            joined[-1] = Run(run.kind, joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    return joined


def _after_a_space(text: str, place: int) -> int:
    """The nearest place behind whitespace, at or after `place`."""
    found = re.compile(r"\s").search(text, place) if 0 < place < len(text) else None
    return found.end() if found else place
