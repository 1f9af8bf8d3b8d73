"""The names of people in what others wrote: drawn anew after a merge, taken out after an erasure.

Stored HTML holds the names that its reply links had when it was drawn. They are drawn again from
their rows (`forum.comments.rendering`). Where a name must go for good it is also in the sources: as
`@Name` in comments, their earlier texts and drafts, as the address of the member's page, and in
what the site itself told others.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.names import display_key
from forum.comments import reply_links
from forum.comments.models import Comment, CommentRevision, Draft, Mention, ReplyLink
from forum.comments.rendering import answering, redraw, redraw_revisions

AT_ONCE = 500


def redraw_names(members: Collection[User]) -> None:
    """Draw the comments that name these members, with their names of now. The caller holds the
    rows of the articles."""
    redraw_comments(list(answering(members).values_list("pk", flat=True)))


def redraw_comments(keys: Sequence[int]) -> None:
    """Draw these comments, and what they said before, with the links that their rows have now. The
    caller holds the rows of the articles."""
    for start in range(0, len(keys), AT_ONCE):
        batch = Comment.objects.filter(pk__in=keys[start : start + AT_ONCE]).order_by("pk")
        redraw(list(batch))
    redraw_revisions(
        CommentRevision.objects.filter(comment__in=keys, html__contains="@", redacted_at=None)
    )


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
        text = reply_links.rename(text, self._renamed, in_html=in_html)
        return self._without_addresses(text)

    def taken_out_of_ours(self, text: str) -> str:
        """The same for a sentence of the site's own, where a name is a name also without an @."""
        for name in sorted(self.names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.name, text, flags=re.I)
        for login in self.logins:
            text = re.sub(rf"(?<![\w-]){re.escape(login)}(?![\w-])", self.login, text)
        return self._without_addresses(text)

    def _without_addresses(self, text: str) -> str:
        for email in self.emails:
            text = re.sub(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", "…", text, flags=re.I)
        for login in self.logins:
            text = re.sub(rf"/(members|authors)/{re.escape(login)}/", rf"/\1/{self.login}/", text)
        return text

    def _renamed(
        self, candidates: Sequence[reply_links.Candidate]
    ) -> tuple[reply_links.Candidate, str] | None:
        """The handle that is meant and the new name, if it is one of theirs: the longest name that
        is somebody's wins, as when it was written."""
        keys = {one.key for one in candidates}
        if keys.isdisjoint(self.keys):
            return None
        taken = self.keys | {
            *User.objects.filter(display_key__in=keys).values_list("display_key", flat=True)
        }
        meant = next(one for one in candidates if one.key in taken)
        return (meant, self.name) if meant.key in self.keys else None


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
    for start in range(0, len(keys), AT_ONCE):
        batch = keys[start : start + AT_ONCE]
        for model in (Comment, CommentRevision):
            own = "pk" if model is Comment else "comment"
            _rewrite(
                model._default_manager.filter(**{f"{own}__in": batch}).only("pk", "text", "markup"),
                lambda row: former.taken_out(row.text, in_html=row.markup == "html"),
            )
        redraw(list(Comment.objects.filter(pk__in=batch).order_by("pk")))
        redraw_revisions(CommentRevision.objects.filter(comment__in=batch, redacted_at=None))
    for name in ("text", "returned"):
        _rewrite(
            Draft.objects.filter(former.told_in(name)),
            lambda row, name=name: former.taken_out(getattr(row, name)),  # type: ignore[misc]
            name,
        )


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
    for row in rows:
        number = reply_links.NUMBER.search(row.handle)
        handle = f"{former.name}{number[0] if number else ''}".casefold()
        here = (type(row), row.comment_id, handle, getattr(row, "is_prefix", False))
        if here in seen:
            row.delete()
            continue
        seen.add(here)
        type(row)._default_manager.filter(pk=row.pk).update(handle=handle)
