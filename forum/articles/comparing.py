"""Texts of an article beside each other: what the pages for revisions and conflicts show."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import isolated
from forum import worddiff
from forum.articles.flows import ArticleChanged
from forum.articles.forms import ArticleForm
from forum.articles.models import Article
from forum.articles.piece import COMPARED, WORDS
from forum.tags.models import Category, Tag

LABELS = {"headline": _("Headline"), "standfirst": _("Standfirst"), "text": _("Text")}


class Words(Protocol):
    """Whatever has the words of an article."""

    @property
    def headline(self) -> str: ...
    @property
    def standfirst(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Difference:
    """One part of an article in two texts."""

    name: str
    runs: list[worddiff.Run]

    @property
    def label(self):
        return LABELS[self.name]

    @property
    def is_changed(self) -> bool:
        return any(run.kind in ("gone", "new") for run in self.runs)


def compare(old: Words, new: Words) -> list[Difference]:
    """The parts that differ, with long unchanged stretches of the text folded."""
    parts = (
        Difference(
            name,
            worddiff.with_long_stretches_skipped(
                worddiff.differences(getattr(old, name), getattr(new, name))
            ),
        )
        for name in LABELS
    )
    return [part for part in parts if part.is_changed]


class Conflict:
    """What somebody else saved while a form was being written, beside what the form holds."""

    def __init__(self, changed: ArticleChanged, form: ArticleForm):
        self.newest = changed.newest
        self.began_from = changed.began_from
        self.form = form

    @cached_property
    def theirs(self) -> list[Difference]:
        """What they changed of what the writer began from."""
        return compare(self.began_from, self.newest) if self.began_from else []

    @cached_property
    def between(self) -> list[Difference]:
        """What saving the form would change of what is saved now."""
        return compare(self.newest, self.form.piece())

    @cached_property
    def filing(self) -> dict[str, str]:
        """What is saved now of all that is not words, by label, where the form says otherwise."""
        saved = Article.objects.get(pk=self.newest.article_id)
        piece = self.form.piece()
        pairs = {
            "categories": (_names(piece.categories), _names(saved.categories.all())),
            "tag_names": (", ".join(sorted(piece.tag_names)), _names(saved.tags.all())),
            "co_author_names": (
                _people(piece.co_authors),
                _people(saved.co_authors.all()),
            ),
            **{
                name: (getattr(piece, name), getattr(saved, name))
                for name in COMPARED
                if name not in WORDS
            },
        }
        return {
            str(self.form[name].label): str(theirs or "–")
            for name, (mine, theirs) in pairs.items()
            if mine != theirs
        }


def _people(people: Iterable[User]) -> str:
    return ", ".join(isolated(name) for name in sorted(person.display_name for person in people))


def _names(headings: Iterable[Category | Tag]) -> str:
    return ", ".join(sorted(heading.name for heading in headings))
