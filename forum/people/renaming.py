"""The names of people in what others wrote: drawn anew after a merge, taken out after an erasure.

Stored HTML holds the names that its reply links had when it was drawn. They are drawn again from
their rows (`forum.comments.rendering`). Where a name must go for good it is also in the sources: as
`@Name` in comments, their earlier texts and drafts, as the address of the member's page, and in
what the site itself told others.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from accounts.names import display_key
from forum.comments import reply_links
from forum.comments.models import Comment, CommentRevision, Draft, Mention, ReplyLink
from forum.comments.rendering import Labels, answering, redraw, redraw_revisions, write

AT_ONCE = 500
Candidate = reply_links.Candidate


def redraw_names(members: Collection[User]) -> None:
    """Draw the comments that name these members, with their names of now. The caller holds the
    rows of the articles.

    The links of answers lead where they led, so they are only labelled anew; where a member is
    mentioned the link leads to their page, and the text is rendered.
    """
    labels = Labels(members)
    mentioning = set(Mention.objects.filter(member__in=members).values_list("comment", flat=True))
    keys = list(answering(members).values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        batch = Comment.objects.filter(pk__in=keys[start : start + AT_ONCE])
        _label(batch.exclude(pk__in=mentioning), labels, "article")
    earlier = CommentRevision.objects.filter(comment__in=keys, redacted_at=None)
    mentions = Q(comment__in=mentioning) | Q(html__contains='class="mention"')
    _label(earlier.exclude(mentions), labels, "comment__article")
    redraw_comments(sorted(mentioning))
    redraw_revisions(earlier.filter(mentions).exclude(comment__in=mentioning))


def _label(rows: QuerySet, labels: Labels, article: str) -> None:
    changed = {}
    for pk, html, here in rows.order_by("pk").values_list("pk", "html", article):
        labelled, _known = labels.on(html, article=here)
        if labelled != html:
            changed[pk] = {"html": labelled}
    write(rows.model, changed)


def redraw_comments(keys: Sequence[int]) -> None:
    """Draw these comments, and what they said before, with the links that their rows have now. The
    caller holds the rows of the articles."""
    for start in range(0, len(keys), AT_ONCE):
        redraw(_with_authors(keys[start : start + AT_ONCE]))
    redraw_revisions(
        CommentRevision.objects.filter(comment__in=keys, html__contains="@", redacted_at=None)
    )


def _with_authors(keys: Collection[int]) -> list[Comment]:
    return list(Comment.objects.filter(pk__in=keys).select_related("author").order_by("pk"))


@dataclass
class Former:
    """Whom texts must not name any more: the names, login names and e-mail addresses that
    somebody had, and what they are called from now on."""

    name: str
    login: str
    names: set[str] = field(default_factory=set)
    logins: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.keys = {display_key(name) for name in self.names}
        self._is_taken: dict[str, bool] = {}

    def told_in(self, column: str) -> Q:
        """The rows whose text may tell who it was; a trigram index finds them."""
        found = Q(pk__in=[])
        for name in self.names:
            found |= Q(**{f"{column}__icontains": f"@{name}"})
        for login in self.logins:
            found |= Q(**{f"{column}__icontains": f"/{login}/"})
        for email in self.emails:
            found |= Q(**{f"{column}__icontains": email})
        return found

    def taken_out(self, text: str, *, in_html: bool = False) -> str:
        """What somebody wrote, with `@Name` and addresses replaced. Words without an @ in front
        stay: nobody can tell a name from a word, and they are another's words."""
        renamed, _handles = self.renamed(text, in_html=in_html)
        return self.without_addresses(renamed)

    def renamed(self, text: str, *, in_html: bool = False) -> tuple[str, int]:
        """The text with another name behind its @s, and behind how many."""
        handles = 0

        def choose(candidates: Sequence[Candidate]) -> tuple[Candidate, str] | None:
            nonlocal handles
            chosen = self._meant(candidates)
            handles += chosen is not None
            return chosen

        return reply_links.rename(text, choose, in_html=in_html), handles

    def learn(self, texts: Iterable[tuple[str, bool]]) -> None:
        """Look up at once which names that these texts may hold are somebody's; each is given with
        whether it is HTML."""
        keys: set[str] = set()

        def note(candidates: Sequence[Candidate]) -> None:
            keys.update(self._rivals(candidates))

        for text, in_html in texts:
            reply_links.rename(text, note, in_html=in_html)
        self._look_up(keys)

    def is_in(self, html: str) -> bool:
        """Whether one of the names stands in it behind an @."""
        text = unescape(html).casefold()
        return any(f"@{name.casefold()}" in text for name in self.names)

    def taken_out_of_ours(self, text: str) -> str:
        """The same for a sentence of the site's own, where a name is a name also without an @."""
        for name in sorted(self.names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.name, text, flags=re.I)
        for login in self.logins:
            text = re.sub(rf"(?<![\w-]){re.escape(login)}(?![\w-])", self.login, text)
        return self.without_addresses(text)

    def without_addresses(self, text: str) -> str:
        for email in self.emails:
            text = re.sub(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", "…", text, flags=re.I)
        for login in self.logins:
            text = re.sub(rf"/(members|authors)/{re.escape(login)}/", rf"/\1/{self.login}/", text)
        return text

    def _meant(self, candidates: Sequence[Candidate]) -> tuple[Candidate, str] | None:
        """The handle that is meant and the new name, if it is one of theirs: the longest name that
        is somebody's wins, as when it was written."""
        own = next((one for one in candidates if one.key in self.keys), None)
        if own is None:
            return None
        rivals = self._rivals(candidates)
        self._look_up(rivals)
        return None if any(self._is_taken[key] for key in rivals) else (own, self.name)

    def _rivals(self, candidates: Sequence[Candidate]) -> set[str]:
        """The keys of longer names, where one of theirs may be meant."""
        longer: set[str] = set()
        for one in candidates:
            if one.key in self.keys:
                return longer
            longer.add(one.key)
        return set()

    def _look_up(self, keys: set[str]) -> None:
        unknown = {key for key in keys if key not in self._is_taken}
        if unknown:
            others = User.objects.filter(display_key__in=unknown)
            taken = set(others.values_list("display_key", flat=True))
            self._is_taken |= {key: key in taken for key in unknown}


def naming(former: Former, members: Collection[User]) -> QuerySet[Comment]:
    """The comments that `take_out` changes."""
    earlier = CommentRevision.objects.filter(former.told_in("text"))
    return Comment.objects.filter(
        Q(pk__in=answering(members).order_by().values("pk"))
        | former.told_in("text")
        | Q(pk__in=earlier.values("comment"))
    ).order_by("pk")


def take_out(former: Former, members: Collection[User]) -> None:
    """Take the names out of all texts of others, and draw these again. The accounts have their new
    names; the caller holds the rows of the articles."""
    keys = list(naming(former, members).values_list("pk", flat=True))
    _rename_rows(former, members)
    labels = Labels(members)
    for start in range(0, len(keys), AT_ONCE):
        batch = keys[start : start + AT_ONCE]
        comments = Comment.objects.filter(pk__in=batch)
        redraw(_with_authors(_take_out_of(comments, "article", former, labels)))
        earlier = CommentRevision.objects.filter(comment__in=batch, redacted_at=None)
        undrawn = _take_out_of(earlier, "comment__article", former, labels)
        redraw_revisions(earlier.filter(pk__in=undrawn))
    for name in ("text", "returned"):
        _rewrite(
            Draft.objects.filter(former.told_in(name)),
            lambda row, name=name: former.taken_out(getattr(row, name)),  # type: ignore[misc]
            name,
        )


def _take_out_of(rows: QuerySet, article: str, former: Former, labels: Labels) -> list[int]:
    """Take the names out of texts, and out of their HTML where they stand in links alone; the keys
    of those whose HTML must be made from the text."""
    found = list(rows.order_by("pk").values_list("pk", "text", "markup", "html", article))
    former.learn((text, syntax == "html") for _pk, text, syntax, _html, _here in found)
    changed, undrawn = {}, []
    for pk, text, syntax, html, here in found:
        renamed, handles = former.renamed(text, in_html=syntax == "html")
        without = former.without_addresses(renamed)
        labelled, links = labels.on(html, article=here)
        if handles != links or without != renamed or former.is_in(labelled):
            undrawn.append(pk)
        if (without, labelled) != (text, html):
            changed[pk] = {"text": without, "html": labelled}
    write(rows.model, changed)
    return undrawn


def articles_of(comments: QuerySet[Comment]) -> set[int]:
    """The keys of the articles that these comments belong to."""
    return set(comments.order_by().values_list("article", flat=True).distinct())


def _rewrite(rows: QuerySet, change: Callable[[Any], str], name: str = "text") -> None:
    changed = []
    for row in rows:
        text = change(row)
        if text != getattr(row, name):
            setattr(row, name, text)
            changed.append(row)
    rows.model._default_manager.bulk_update(changed, [name], batch_size=200)


def _rename_rows(former: Former, members: Collection[User]) -> None:
    """The handles of the rows, which hold what was written; two that become one are one."""
    rows: list[ReplyLink | Mention] = [
        *ReplyLink.objects.filter(target__author__in=members).order_by("position"),
        *Mention.objects.filter(member__in=members),
    ]
    seen = set()
    handles: dict[type[Model], dict[int, dict[str, str]]] = {ReplyLink: {}, Mention: {}}
    twice: dict[type[Model], list[int]] = {ReplyLink: [], Mention: []}
    for row in rows:
        number = reply_links.NUMBER.search(row.handle)
        handle = f"{former.name}{number[0] if number else ''}".casefold()
        here = (type(row), row.comment_id, handle, getattr(row, "is_prefix", False))
        if here in seen:
            twice[type(row)].append(row.pk)
        else:
            handles[type(row)][row.pk] = {"handle": handle}
        seen.add(here)
    for model in handles:
        model._default_manager.filter(pk__in=twice[model]).delete()
        write(model, handles[model])
