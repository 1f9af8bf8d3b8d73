"""The comments of one imported article: from what was settled to rows.

Everything is worked out in memory and written in bulk; the caller holds the article's row and the
transaction.
"""

import re
from collections.abc import Sequence
from html import escape

from accounts.models import User
from accounts.names import display_key
from forum import markup
from forum.articles.models import Article
from forum.comments import reply_links, tree
from forum.comments.flows import LINK_REL
from forum.comments.models import Comment, ReplyLink
from forum.imports import replies
from forum.imports.addresses import with_links
from forum.imports.paragraphs import with_paragraphs
from forum.imports.replies import Reference
from forum.imports.report import Note
from forum.imports.settle import Settled, Settlement, guess

# Behind these an @ begins no handle.
NO_HANDLE_BEHIND = re.compile(r"[\w.@/&#;]$")
PARAGRAPH = re.compile(r"<p\b[^<>]*>")


class Discussion:
    """Comments of one article on their way in; `authors` are who wrote them, in their order."""

    def __init__(self, article: Article, settlement: Settlement, authors: Sequence[User]) -> None:
        self.article = article
        self.settled = settlement.comments
        self.order = settlement.in_planting_order()
        self.notes: list[Note] = []
        self.links: list[ReplyLink] = []
        self.heard: dict[str, Settled] = {}
        self.rows = [
            Comment(
                article=article,
                number=one.number,
                author=author,
                markup="html",
                posted_at=one.posted_at,
                former_id=one.remark.legacy_id,
                held_at=one.posted_at if one.is_held else None,
            )
            for one, author in zip(self.settled, authors, strict=True)
        ]

    def plant(self) -> None:
        """Write the comments with their places, texts and reply links."""
        for one in self.settled:
            self._row(one).parent = self._row(one.parent) if one.parent else None
        tree.plant([self._row(one) for one in self.order], finish=self._write)
        ReplyLink.objects.bulk_create(self.links, batch_size=1000)

    def _row(self, one: Settled) -> Comment:
        return self.rows[one.number - 1]

    def _write(self, row: Comment) -> None:
        """The text, cleaned, with its reply links drawn; their rows wait for the comments."""
        one = self.settled[row.number - 1]
        words = with_links(with_paragraphs(self._words(one)))
        clean = markup.clean_html(words, link_rel=LINK_REL)
        answers = self._answers(clean, one) if "@" in clean else {}
        html, used = reply_links.draw(clean, answers, article_id=self.article.pk)
        prefix = self._prefix(one, row)
        row.text = clean
        row.html = reply_links.draw_prefix(html, prefix, article_id=self.article.pk)
        row.html_version = markup.ENGINE
        self.links += prefix
        for position, (handle, answer) in enumerate(used.items(), start=len(prefix)):
            self.links.append(
                ReplyLink(
                    comment=row,
                    target=answer.comment,
                    handle=handle,
                    position=position,
                    is_guessed=answer.is_guessed,
                )
            )
            if answer.is_guessed and answer.comment is not None:
                target = self.settled[answer.comment.number - 1]
                self.notes.append(guess(one, handle, target))
        if one.key and not one.is_held:
            self.heard[one.key] = one

    def _words(self, one: Settled) -> str:
        """The comment's HTML without what the site draws itself. Of a prefix stays what leads
        nowhere; a link in the text becomes the handle that the site would read."""
        leading = one.replies.head if not one.prefix else ()
        if one.prefix:
            answered = [answer.reference for answer in one.prefix]
            lost = [r for r in one.replies.prefix if r not in answered]
            leading = tuple(f"@{escape(r.name, quote=False)}: " for r in lost)
        written = ""
        pieces = one.replies.pieces
        if leading and pieces and isinstance(pieces[0], str) and (p := PARAGRAPH.match(pieces[0])):
            leading, pieces = (p[0], *leading), (pieces[0][p.end() :], *pieces[1:])
        for piece in (*leading, *pieces):
            drawn = piece if isinstance(piece, str) else self._drawn(piece, one)
            is_handle = not isinstance(piece, str) and drawn.startswith("@")
            if is_handle and NO_HANDLE_BEHIND.search(written[-1:]):
                written += " "
            written += drawn
        return written

    def _drawn(self, reference: Reference, one: Settled) -> str:
        answer = one.links.get(reference)
        if answer is None or answer.is_guessed:
            return replies.as_text(reference)
        target = self._row(answer.target)
        if not reference.is_reply:
            return replies.with_address(reference, f"#{target.anchor}")
        return f"@{escape(target.author.display_name, quote=False)}#{target.number}"

    def _answers(self, clean: str, one: Settled) -> dict[str, reply_links.Answer]:
        """What the handles in a text mean: `name#12` that comment, a name alone the latest
        comment by that name before this one."""
        answers: dict[str, reply_links.Answer] = {}
        for candidates in reply_links.candidates(clean):
            for option in candidates:
                target = self._meant(option, one)
                if target is not None:
                    answers[option.handle] = reply_links.Answer(
                        target.author, target, is_guessed=option.number is None
                    )
        return answers

    def _meant(self, option: reply_links.Candidate, one: Settled) -> Comment | None:
        if option.number is None:
            heard = self.heard.get(option.key)
            return self._row(heard) if heard else None
        if option.number == one.number or option.number > len(self.rows):
            return None
        target = self.rows[option.number - 1]
        names = (display_key(target.author.display_name), self.settled[option.number - 1].key)
        return target if option.key in names else None

    def _prefix(self, one: Settled, row: Comment) -> list[ReplyLink]:
        """The rows of the prefix, each comment once; of two by one name the second has its
        number behind the name."""
        rows: dict[str, ReplyLink] = {}
        answered: set[int] = set()
        for answer in one.prefix:
            target = self._row(answer.target)
            handle = target.author.display_name.casefold()
            if target.number in answered:
                continue
            if handle in rows:
                handle = f"{handle}#{target.number}"
            answered.add(target.number)
            rows[handle] = ReplyLink(
                comment=row,
                target=target,
                handle=handle,
                position=len(rows),
                is_prefix=True,
                is_guessed=answer.is_guessed,
            )
        return list(rows.values())
