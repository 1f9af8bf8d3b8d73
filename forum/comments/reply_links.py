"""Reply links: how `@name` in a text becomes a link to the comment it answers.

Works on clean HTML, so that one implementation serves Markdown and imported HTML alike. In the
text, outside code, quotations and links, an @ that does not stand behind a letter, digit or dot
starts a *handle*: the longest run of characters that is somebody's name, with `#12` behind it where
one comment is meant. Names are compared by `accounts.names.display_key`.

What a handle means is settled when the comment is written (`resolve`), kept as rows, and drawn
(`draw`) from the rows ever after: a member who is renamed or a comment that moves keeps its links.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape

from django.db.models import F, Q
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.models import FormerName, User
from accounts.names import LONGEST_NAME, display_key
from forum.articles.models import Article
from forum.comments.models import Comment, Mention, ReplyLink

# A text can answer this many people; further handles stay text.
MOST_HANDLES = 50
NOT_IN = {"a", "code", "pre", "blockquote"}
TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|[^">])*)>')
AT = re.compile(r"(?<![\w.@/&#;])@(?=\S)")
# Scripts that set no space, or no space before a particle, between a name and what follows.
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
# A link within the page of a discussion, drawn here or typed by hand.
WITHIN = re.compile(r'(<a [^>]*?href=")#comment-([1-9][0-9]{0,6})(?=")')
LINKED = re.compile(r'(<a class="reply-link" href=")([^"]*)')
LABELLED = re.compile(r'(<a class="reply-link" href="([^"]*)">)@[^<]*?((?:#[1-9][0-9]{0,6})?</a>)')
NUMBER = re.compile(r"#([1-9][0-9]{0,6})(?![\w#])")


@dataclass(frozen=True)
class Answer:
    """What a handle stands for: a comment by `member`, or with no comment the member alone."""

    member: User
    comment: Comment | None
    is_guessed: bool = False

    def label(self, handle: str) -> str:
        number = NUMBER.search(handle)
        return f"@{self.member.display_name}{number[0] if number else ''}"


@dataclass(frozen=True)
class Candidate:
    """A possible handle at one @: the longest comes first."""

    handle: str
    length: int
    key: str
    number: int | None


def candidates(html: str) -> list[list[Candidate]]:
    """For every @ in the text that may start a handle, the handles it may be, longest first."""
    found: list[list[Candidate]] = []
    for is_text, piece in _pieces(html):
        if is_text and "@" in piece:
            text = unescape(piece)
            found += [_at(text, match.end()) for match in AT.finditer(text)]
    return found[:MOST_HANDLES]


def resolve(
    html: str, *, article: Article, before: int | None = None, parent: Comment | None = None
) -> dict[str, Answer]:
    """What the handles in a text mean in the discussion of `article`, by handle.

    A name, or one that its member gave up lately, means that member's latest visible comment with
    a number below `before` (the parent when it is theirs and visible), `name#12` their comment 12,
    the name of a member who took no part the member. A constant number of queries, none for a text
    without an @.
    """
    possible = [one for at in candidates(html) for one in at]
    if not possible:
        return {}
    members = _members_called({c.key for c in possible})
    said = Comment.objects.filter(article=article, author__in=members.values()).visible()
    if before is not None:
        said = said.filter(number__lt=before)
    latest = {
        c.author_id: c
        for c in said.order_by("author_id", "-number").distinct("author_id").defer("text", "html")
    }
    if parent is not None and parent.is_visible:
        latest[parent.author_id] = parent
    numbers = {c.number for c in possible if c.number and c.key in members}
    numbered = (
        {c.number: c for c in said.filter(number__in=numbers).defer("text", "html")}
        if numbers
        else {}
    )
    answers: dict[str, Answer] = {}
    for one in possible:
        member = members.get(one.key)
        if member is None:
            continue
        if one.number is None:
            answers[one.handle] = Answer(member, latest.get(member.pk))
        elif (meant := numbered.get(one.number)) and meant.author_id == member.pk:
            answers[one.handle] = Answer(member, meant)
    return answers


def moved(
    answers: Mapping[str, Answer], *, article_id: int, but: Comment | None
) -> dict[str, Answer]:
    """Those of the answers whose comments are not in the article any more, with these as they are
    now. One query at most, none where no comment but `but` is meant; the caller holds the
    article's row, so what is still there stays."""
    targets = {one.comment.pk for one in answers.values() if one.comment and one.comment != but}
    if not targets:
        return {}
    gone = Comment.objects.filter(pk__in=targets).exclude(article=article_id)
    now = gone.defer("text", "html").in_bulk()
    return {
        handle: replace(one, comment=now[one.comment.pk])
        for handle, one in answers.items()
        if one.comment and one.comment.pk in now
    }


def _members_called(keys: set[str]) -> dict[str, User]:
    """Members by the keys of their names, and of names they gave up that are reserved; one query.
    Nobody else can have a reserved name."""
    called = User.objects.filter(is_active=True).order_by()
    now = called.filter(display_key__in=keys).annotate(called=F("display_key"))
    former = FormerName.objects.reserved().filter(key__in=keys)
    before = called.filter(former_names__in=former).annotate(called=F("former_names__key"))
    found = before.union(now, all=True)
    return {member.called: member for member in found}


def draw(
    html: str, answers: Mapping[str, Answer], *, article_id: int
) -> tuple[SafeString, dict[str, Answer]]:
    """The HTML with its handles as links, and the answers that were used, in order.

    `html` must be clean; a handle that no answer is given for stays text.
    """
    if not answers:
        return mark_safe(html), {}
    used: dict[str, Answer] = {}
    drawn: list[str] = []
    left = MOST_HANDLES
    for is_text, piece in _pieces(html):
        if not is_text or "@" not in piece or not left:
            drawn.append(piece)
            continue
        text, end = unescape(piece), 0
        for match in AT.finditer(text):
            if match.start() < end or not left:
                continue
            left -= 1
            one = next((c for c in _at(text, match.end()) if c.handle in answers), None)
            if one is None:
                continue
            answer = used.setdefault(one.handle, answers[one.handle])
            drawn += [
                escape(text[end : match.start()], quote=False),
                link(answer, one.handle, article_id=article_id),
            ]
            end = match.end() + one.length
        drawn.append(escape(text[end:], quote=False))
    return mark_safe("".join(drawn)), used


Renaming = Callable[[Sequence[Candidate]], tuple[Candidate, str] | None]


def rename(text: str, choose: Renaming, *, in_html: bool = False) -> str:
    """The source of a text with other names behind its @s, also in quotations and code.

    `choose` is given the handles that one @ may begin, longest first, and answers with the one
    that is meant and its new name, or None for leaving it. A number behind the name stays.
    """
    if not in_html:
        return _rename(text, choose)
    pieces, end = [], 0
    for tag in TAG.finditer(text):
        pieces += [_rename_escaped(text[end : tag.start()], choose), tag[0]]
        end = tag.end()
    return "".join([*pieces, _rename_escaped(text[end:], choose)])


def _rename_escaped(piece: str, choose: Renaming) -> str:
    if "@" not in piece:
        return piece
    text = unescape(piece)
    renamed = _rename(text, choose)
    return piece if renamed == text else escape(renamed, quote=False)


def _rename(text: str, choose: Renaming) -> str:
    renamed, end = [], 0
    for match in AT.finditer(text):
        found = _at(text, match.end()) if match.start() >= end else []
        chosen = choose(found) if found else None
        if chosen is None:
            continue
        meant, name = chosen
        number = NUMBER.search(meant.handle)
        renamed += [text[end : match.end()], name, number[0] if number else ""]
        end = match.end() + meant.length
    return "".join([*renamed, text[end:]])


def draw_prefix(html: str, prefix: Iterable[ReplyLink], *, article_id: int) -> SafeString:
    """The HTML with the reply links that came as data put before its first words."""
    links = [
        link(Answer(row.target.author, row.target), row.handle, article_id=article_id)
        for row in prefix
    ]
    if not links:
        return mark_safe(html)
    lead = ", ".join(links) + ": "
    if html.startswith("<p>"):
        return mark_safe(f"<p>{lead}{html[3:]}")
    return mark_safe(f"<p>{lead}</p>{html}")


def link(answer: Answer, handle: str, *, article_id: int) -> str:
    """One handle as an HTML link: within the page where the comment is of the same article.

    A name says nothing of the direction in which the words around it run, so it stands apart.
    """
    label = escape(answer.label(handle))
    if answer.comment is None:
        address = answer.member.get_absolute_url()
        return f'<bdi><a class="mention" href="{escape(address)}">{label}</a></bdi>'
    address = (
        f"#{answer.comment.anchor}"
        if answer.comment.article_id == article_id
        else answer.comment.get_absolute_url()
    )
    return f'<bdi><a class="reply-link" href="{escape(address)}">{label}</a></bdi>'


def led_elsewhere(moved: Iterable[Comment]) -> dict[int, str]:
    """The HTML of comments whose reply links, or those to them, lead elsewhere when `moved` have
    the articles and numbers that they are given here and not yet in the database; by key. One
    query, and no text is rendered: a link stays what it is but for its address."""
    places = {one.pk: (one.article_id, one.number) for one in moved}
    rows = ReplyLink.objects.filter(Q(comment__in=places) | Q(target__in=places))
    html: dict[int, str] = {}
    addresses: dict[int, dict[str, str]] = {}
    for pk, was_in, text, target_pk, target_in, number in rows.values_list(
        *("comment", "comment__article", "comment__html"),
        *("target", "target__article", "target__number"),
    ):
        html[pk] = text
        before = _address(target_pk, (target_in, number), was_in)
        is_in, _number = places.get(pk, (was_in, None))
        now = _address(target_pk, places.get(target_pk, (target_in, number)), is_in)
        addresses.setdefault(pk, {})[before] = now
    return {pk: _with_addresses(text, addresses[pk]) for pk, text in html.items()}


def _with_addresses(html: str, addresses: Mapping[str, str]) -> str:
    return LINKED.sub(lambda link: f"{link[1]}{addresses.get(link[2], link[2])}", html)


def relabelled(html: str, names: Mapping[str, str]) -> tuple[str, int]:
    """The HTML with the names of today in its reply links, by the addresses these lead to, and how
    many of its links lead there; a number behind the name stays."""
    known = 0

    def label(link: re.Match[str]) -> str:
        nonlocal known
        name = names.get(link[2])
        if name is None:
            return link[0]
        known += 1
        return f"{link[1]}@{escape(name)}{link[3]}"

    return LABELLED.sub(label, html), known


def addresses(pk: int, number: int) -> tuple[str, str]:
    """Where links to a comment lead: within its discussion, and from another."""
    return f"#comment-{number}", reverse("comment", args=[pk])


def _address(pk: int, place: tuple[int, int], article_id: int) -> str:
    """Where a link to a comment in this place leads, from a comment of the article."""
    within, from_another = addresses(pk, place[1])
    return within if place[0] == article_id else from_another


def leading_to(html: str, *, article: Article, but: Container[int] = ()) -> SafeString:
    """The stored HTML of a comment for a page that is not all of its discussion: links to comments
    within the page, also those typed by hand, lead to the article's comment of that number
    instead, `but` those that stand on it."""
    if "#comment-" not in html:
        return mark_safe(html)
    there = escape(article.get_absolute_url())
    return mark_safe(
        WITHIN.sub(
            lambda link: link[0] if int(link[2]) in but else f"{link[1]}{there}comment-{link[2]}/",
            html,
        )
    )


@dataclass
class Kept:
    """What the rows of a comment say: the answers in its text, and the links drawn before it."""

    answers: dict[str, Answer] = field(default_factory=dict)
    prefix: list[ReplyLink] = field(default_factory=list)


def kept(comments: Iterable[Comment]) -> dict[int, Kept]:
    """The rows of comments by their keys, for drawing them again; two queries for them all."""
    found = {comment.pk: Kept() for comment in comments}
    rows = ReplyLink.objects.filter(comment__in=found).select_related("target__author")
    for row in rows.defer("target__text", "target__html").order_by("position"):
        if row.is_prefix:
            found[row.comment_id].prefix.append(row)
        else:
            answer = Answer(row.target.author, row.target, row.is_guessed)
            found[row.comment_id].answers[row.handle] = answer
    for mention in Mention.objects.filter(comment__in=found).select_related("member"):
        found[mention.comment_id].answers[mention.handle] = Answer(mention.member, None)
    return found


def keep(comment: Comment, used: Mapping[str, Answer]) -> None:
    """Make the rows of a comment say what its text says now; prefixes stay as they are."""
    comment.reply_links.filter(is_prefix=False).delete()
    comment.mentions.all().delete()
    add(comment, used)


def add(comment: Comment, used: Mapping[str, Answer]) -> None:
    """Make the rows of a comment that has none."""
    ReplyLink.objects.bulk_create(
        ReplyLink(
            comment=comment,
            target=answer.comment,
            handle=handle,
            position=position,
            is_guessed=answer.is_guessed,
        )
        for position, (handle, answer) in enumerate(used.items())
        if answer.comment is not None and answer.comment.pk != comment.pk
    )
    Mention.objects.bulk_create(
        Mention(comment=comment, member=answer.member, handle=handle)
        for handle, answer in used.items()
        if answer.comment is None
    )


def _pieces(html: str) -> Iterable[tuple[bool, str]]:
    """The HTML cut at its tags; True for text in which handles count."""
    end, depth = 0, 0
    for tag in TAG.finditer(html):
        if tag.start() > end:
            yield depth == 0, html[end : tag.start()]
        yield False, tag[0]
        end = tag.end()
        if tag[2].lower() in NOT_IN:
            depth = max(0, depth - 1) if tag[1] else depth + 1
    if end < len(html):
        yield depth == 0, html[end:]


def _at(text: str, start: int) -> list[Candidate]:
    """The handles that may begin at `start`, just behind an @, longest name first."""
    line = re.split(r"[\n@]", text[start : start + LONGEST_NAME], maxsplit=1)[0]
    found = []
    for length in range(len(line), 0, -1):
        following = text[start + length : start + length + 1]
        if line[length - 1].isspace() or _continues(line[length - 1], following):
            continue
        name = line[:length]
        key = display_key(name)
        if number := NUMBER.match(text, start + length):
            handle = f"{name}{number[0]}".casefold()
            found.append(Candidate(handle, length + len(number[0]), key, int(number[1])))
        found.append(Candidate(name.casefold(), length, key, None))
    return found


def _continues(last: str, following: str) -> bool:
    """Whether a name that ends in `last` is only a part of a longer word."""
    if UNSPACED.match(last) or UNSPACED.match(following):
        return False
    return (last.isalnum() or last == "_") and (following.isalnum() or following == "_")
