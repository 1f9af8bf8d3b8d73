"""What is out of sight is out of sight everywhere: neither its words nor whose they were stand on
any page of the site for those who may not read it."""

import logging
from collections import deque
from dataclasses import dataclass, replace
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from forum.articles.flows import unpublish_article
from forum.articles.models import Article
from forum.comments import branches, flows
from forum.comments.models import Comment
from forum.live.channels import POSTGRES_CHANNEL
from forum.moderation import deciding, sweeps, threads
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.notifications.models import Notification
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.site_map import ADDRESSES, content, make_world

pytestmark = pytest.mark.django_db

WORDS, NAME, LOGIN_NAME = "xyzzy", "Plugh Marker", "plugh"


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def marked():
    return make_member(NAME, username=LOGIN_NAME)


@pytest.fixture(autouse=True)
def quietly(settings):
    """Thousands of pages, most of them refused: no line for each, and no query for its session."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def hide(comment, world):
    moderation.hide(comment=comment, by=world.owner, reason="off topic")


def hold(comment, world):
    flows.hold_comment(comment=comment, reason="a link")


def withdraw(comment, world):
    flows.withdraw_comment(comment=comment, by=comment.author)


def moved_away(comment, world):
    elsewhere = make_article(world.owner, headline="Not for long")
    threads.move(comment=comment, article=elsewhere, by=world.owner, reason="elsewhere")
    unpublish_article(article=elsewhere)


VERBS = {
    "hide": hide,
    "hold": hold,
    "withdraw": withdraw,
    "hide_branch": lambda comment, world: threads.hide_branch(
        comment=comment.parent, by=world.owner, reason="a quarrel"
    ),
    "move": moved_away,
    "unpublish": lambda comment, world: unpublish_article(article=comment.article),
    "send_back": lambda comment, world: deciding.send_back(
        comment=comment, by=world.owner, note="once more, please"
    ),
    "sweep": lambda comment, world: sweeps.sweep(
        comments=[comment], by=world.owner, reason="a wave", sought=f"{WORDS} alike"
    ),
    # Of all that its writer said and that is in sight still: the last two.
    "hold_all": lambda comment, world: sweeps.hold_all(
        member=comment.author, by=world.owner, reason="a wave"
    ),
    "ban_and_hide": lambda comment, world: sweeps.ban_and_hide(
        member=comment.author, by=world.owner, reason="a wave"
    ),
}
REDACTED = "plover"


def word_of(verb):
    return f"{WORDS}{verb.replace('_', '')}"


def said_before(verb, world, marked):
    """A comment that was edited, below one of somebody else's."""
    article = make_article(world.owner) if verb == "unpublish" else world.article
    parent = make_comment(article, world.member, text=f"Said before {verb}.")
    comment = make_comment(author=marked, parent=parent, text=f"{word_of(verb)}.")
    return flows.edit_comment(comment=comment, by=marked, text=f"{word_of(verb)}, edited.")


def as_it_is(comment):
    return Comment.objects.select_related("article", "parent", "author").get(pk=comment.pk)


@dataclass
class Aftermath:
    """A comment for each verb after it was done; comments of others round those out of sight, and
    such as begin threads and as nobody answers; and one whose earlier text was redacted."""

    comments: dict[str, Comment]
    around: list[Comment]
    redacted: Comment


@pytest.fixture
def aftermath(world, marked):
    found, around = {}, []
    for verb, take in VERBS.items():
        comment = said_before(verb, world, marked)
        if verb in ("hide", "hold", "withdraw"):
            answer = make_comment(author=world.member, text="An answer.", parent=comment)
            below = make_comment(author=marked, text=f"@Zoë: {WORDS}.", parent=answer)
            make_comment(author=world.member, text="Another answer.", parent=below)
            first = make_comment(world.article, marked, text=f"{WORDS} first")
            make_comment(author=world.member, text="After all.", parent=first)
            alone = make_comment(world.article, marked, text=f"{WORDS} alone")
            for one in (below, first, alone):
                take(one, world)
            flows.edit_comment(comment=answer, by=world.member, text="An answer, edited.")
            around += [answer, first] if verb == "hide" else [answer]
        take(as_it_is(comment), world)
        found[verb] = as_it_is(comment)
    redacted = make_comment(world.article, world.member, text=REDACTED)
    redacted = flows.edit_comment(comment=redacted, by=world.member, text="Milder words.")
    moderation.redact(revision=redacted.revisions.get(), by=world.owner, reason="an address")
    return Aftermath(found, [as_it_is(one) for one in around], redacted)


def addresses(world, comments):
    """Every address of the site with its name, with each of the comments and its article."""
    for comment in comments:
        for article in {world.article, comment.article}:
            there = replace(world, comment=comment, article=article)
            for name, address in ADDRESSES.items():
                key = address.key(there)
                if None not in key:  # the day of an article that is not out
                    yield name, reverse(name, args=key), address.query(there)
    for act in LogEntry.objects.filter(comment__isnull=False):
        yield "my_act", reverse("my_act", args=[act.pk]), {}


def pages_of(article, comments):
    """The pages of a discussion in each way of reading it, beginning with each of the comments."""
    here = article.get_absolute_url()
    for order in ("threads", "time", "likes"):
        yield "article", here, {"order": order}
        yield "article", here, {"order": order, "by": "author"}
        for comment in comments:
            yield "article", here, {"order": order, "start": comment.number}
    yield "article", here, {"anchors": "former"}


# What a kind of person is refused whatever they ask about; no page that shows a comment.
REFUSALS = {401, 403, 405}
SIGNING_IN = {"/accounts/login/", "/admin/login/"}


def walk(client, places, *, accounts=True):
    """The answers of these addresses and of those they lead to, each asked for once; the addresses
    of accounts, which know nothing of comments, only when asked for.

    What sends this person to sign in, or refuses the verb or the person, is not asked about the
    next comment: no comment was looked at.
    """
    asked, refused = set(), set()
    waiting = deque(places)
    while waiting:
        name, place, query = waiting.popleft()
        if name in refused or (place, urlencode(query)) in asked:
            continue
        asked.add((place, urlencode(query)))
        if not accounts and resolve(place).func.__module__.startswith(("accounts.", "allauth.")):
            continue
        answer = client.get(place, query)
        yield name, (place, query), answer
        leads_to = urlsplit(answer.headers.get("Location", ""))
        if answer.status_code in REFUSALS or leads_to.path in SIGNING_IN:
            refused.add(name)
        elif leads_to.path and leads_to.netloc in ("", "testserver"):
            waiting.append(("", leads_to.path, dict(parse_qsl(leads_to.query))))


def said(answer):
    """All that an answer says."""
    headers = [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\n".join([*headers, content(answer).decode()])


# Who somebody is can be read there, whatever becomes of their comments.
OWN_PAGES = [reverse(name, args=[LOGIN_NAME]) for name in ("member", "member_liked")]


# Of each way in which a comment is out of sight, one verb that does it.
WAYS = ["hide", "hold", "withdraw", "move"]


def test_no_verb_leaves_a_word_to_who_may_not_read_it(settings, world, marked, aftermath):
    """Readers, members, the author of the article, and a moderator of another category. What the
    site has one of (lists, logs, the desk) tells of all the verbs at once; what each comment has is
    asked of the last two for each way alone."""
    settings.COMMENTS_PER_PAGE = 5
    keeper = make_member("Rhea", moderated_categories=[category_named(name="Clocks").pk])
    ways = [*(aftermath.comments[verb] for verb in WAYS), aftermath.redacted]
    everywhere = [
        *addresses(world, [*aftermath.comments.values(), aftermath.redacted, *aftermath.around]),
        *pages_of(world.article, [*aftermath.around, *ways[:2]]),
    ]
    for kind, person, places in (
        ("reader", None, everywhere),
        ("member", world.member, everywhere),
        ("author", world.author, addresses(world, ways)),
        ("keeper", keeper, addresses(world, ways)),
    ):
        client = Client()
        if person:
            client.force_login(person)
        is_first = kind in ("reader", "member")
        for _name, place, answer in walk(client, places, accounts=is_first):
            page = said(answer)
            assert WORDS not in page, (kind, place)
            assert REDACTED not in page, (kind, place)
            if place[0] not in OWN_PAGES:
                assert NAME not in page, (kind, place)
                assert LOGIN_NAME not in page, (kind, place)


def test_article_that_is_not_out_is_not_named_where_a_discussion_went_into_it(world):
    source = make_article(world.owner, categories=[world.category])
    target = make_article(world.owner, headline=WORDS.capitalize())
    comment = make_comment(source, world.member)
    threads.merge_discussions(source=source, target=target, by=world.owner, reason="the same")
    world = replace(world, entry=LogEntry.objects.filter(into=target).get())
    control = said(Client().get(reverse("moderation_log")))
    assert target.headline in control
    assert target.slug in control
    unpublish_article(article=target)
    keeper = make_member("Rhea", moderated_categories=[world.category.pk])
    for kind, person in (("reader", None), ("member", make_member()), ("keeper", keeper)):
        client = Client()
        if person:
            client.force_login(person)
        for _name, place, answer in walk(
            client, addresses(world, [as_it_is(comment)]), accounts=False
        ):
            page = said(answer)
            assert target.headline not in page, (kind, place)
            assert target.slug not in place[0] or answer.status_code == 404, (kind, place)


def test_walk_finds_what_is_in_sight(client, world, marked):
    """The control: shown, the same words are found wherever comments are read."""
    comment = said_before("hide", world, marked)
    found = {
        name
        for name, _place, answer in walk(client, addresses(world, [as_it_is(comment)]))
        if WORDS in said(answer)
    }
    assert {"home", "article", "member"} <= found
    assert {f"comment_{one}" for one in ("page", "card", "exchange", "history")} <= found
    assert "article_cards" in found


# Where the writer of a comment reads their own words whatever became of it.
OWN = {
    *("my_acts", "my_act", "comment_edit", "comment_history", "comment_page"),
    *("comment_withdraw", "branch_following", "article"),
    *("comment_post", "comment_reply"),  # what was sent back
}


def test_writer_reads_their_own_words_where_they_are_theirs_alone(client, world, marked, aftermath):
    client.force_login(marked)
    comments = [*aftermath.comments.values(), aftermath.redacted]
    sent_back = aftermath.comments["send_back"].parent
    found = set()
    for name, place, answer in walk(
        client, addresses(world, [*comments, as_it_is(sent_back)]), accounts=False
    ):
        if WORDS in said(answer):
            found.add(name)
        assert REDACTED not in said(answer), place
    assert found <= OWN
    assert {"my_acts", "my_act", "comment_withdraw", "comment_reply"} <= found


def test_moderators_read_all_but_what_was_redacted(world, aftermath):
    """The control: the words are there where somebody may read them. The owner reads all that
    moderators do."""
    desk = Client()
    desk.force_login(world.owner)
    for _name, place, answer in walk(desk, addresses(world, [aftermath.redacted]), accounts=False):
        assert REDACTED not in said(answer), place
    for person in (world.moderator, world.owner):
        desk.force_login(person)
        for verb, comment in aftermath.comments.items():
            change = reverse("admin:comments_comment_change", args=[comment.pk])
            assert word_of(verb) in said(desk.get(change)), verb


def test_writing_below_a_comment_out_of_sight_shows_nothing_of_it(client, world, aftermath):
    client.force_login(world.member)
    comments, around = aftermath.comments, aftermath.around
    answers = [one for one in around if one.author_id == world.member.pk and one.edited_at]
    assert answers
    for place in [
        *(reverse("comment_reply", args=[comment.pk]) for comment in comments.values()),
        *(reverse("comment_reply", args=[comment.pk]) for comment in around),
        *(reverse("comment_edit", args=[answer.pk]) for answer in answers),
        reverse("comment_post", args=[world.article.publish_date, world.article.slug]),
    ]:
        for words in ({"text": "What was it?", "preview": "1"}, {"text": "What was it?"}):
            page = said(client.post(place, words))
            assert WORDS not in page, place
            assert NAME not in page, place


@pytest.mark.parametrize("order", ["threads", "time"])
@pytest.mark.parametrize("take", [hide, withdraw, hold])
def test_reply_link_to_a_comment_out_of_sight_is_none(client, world, marked, order, take):
    """The words are the other writer's; that they are a link would tell whose the comment was."""
    comment = make_comment(world.article, marked)
    make_comment(author=world.member, text=f"@{NAME}: no.", parent=comment)
    elsewhere = make_comment(world.article, text=f"@{NAME}: never.")
    branches.move_comment(
        comment=elsewhere, article=Article.objects.exclude(pk=comment.article_id)[0]
    )
    elsewhere.refresh_from_db()
    take(comment, world)
    for article in (world.article, elsewhere.article):
        page = client.get(article.get_absolute_url(), {"order": order}).content.decode()
        assert f'<span class="reply-link">@{NAME}</span>' in page
        assert 'class="reply-link" href' not in page


def test_what_is_held_is_still_there_for_its_author(client, world, marked):
    comment = said_before("hold", world, marked)
    hold(comment, world)
    client.force_login(marked)
    history = client.get(reverse("comment_history", args=[comment.pk]))
    assert f"{word_of('hold')}." in history.content.decode()


# What was there before, and what is told ------------------------------------------------------


def test_page_that_was_kept_says_nothing_afterwards(client, world, marked):
    """Neither from the site's own caches, nor because a browser is told that it has it already."""
    visitors = {"reader": client, "member": Client()}
    visitors["member"].force_login(world.member)
    for verb, take in VERBS.items():
        comment = said_before(verb, world, marked)
        article = comment.article
        here = article.get_absolute_url()
        orders = [f"{here}?order={order}" for order in ("threads", "time", "likes")]
        page = reverse("comment_page", args=[comment.pk])
        places = {
            "reader": [
                *(*orders, page, "/", marked.get_absolute_url()),
                *(reverse(f"comment_{one}", args=[comment.pk]) for one in ("exchange", "card")),
                f"{reverse('article_cards', args=[article.pk])}?numbers={comment.number}",
            ],
            "member": [orders[0], page, "/"],
        }
        kept = {}
        for kind, visitor in visitors.items():
            for place in places[kind]:
                answer = visitor.get(place)
                assert WORDS in said(answer), place
                kept[kind, place] = answer.headers.get("ETag", "")
        assert any(tag for (kind, _place), tag in kept.items() if kind == "reader")
        take(as_it_is(comment), world)
        for (kind, place), tag in kept.items():
            answer = visitors[kind].get(place, headers={"If-None-Match": tag} if tag else {})
            assert answer.status_code != 304, (verb, kind, place)
            assert WORDS not in said(answer), (verb, kind, place)
            if place != marked.get_absolute_url():
                assert NAME not in said(answer), (verb, kind, place)


@pytest.mark.django_db(transaction=True)
def test_announcements_and_streams_carry_neither_words_nor_names():
    world = SimpleNamespace(owner=make_moderator(), member=make_member(), article=make_article())
    marked = make_member(NAME, username=LOGIN_NAME)
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as listening:
        listening.execute(f"LISTEN {POSTGRES_CHANNEL}")
        for verb, take in VERBS.items():
            take(as_it_is(said_before(verb, world, marked)), world)
        payloads = [note.payload for note in listening.notifies(timeout=1)]
    assert any("gone" in payload for payload in payloads)
    address = reverse("article_live", args=[world.article.pk])
    stream = Client().get(address, {"after": 0, "age": 3600})
    payloads.append(next(iter(stream)).decode())
    stream.close()
    assert "gone" in payloads[-1]
    for payload in payloads:
        for secret in (WORDS, NAME, LOGIN_NAME):
            assert secret not in payload


def test_mail_and_notifications_quote_nobody(world, marked, aftermath):
    texts = [*Notification.objects.values_list("text", "url")]
    texts += [(mail.subject, mail.body) for mail in django_mail.outbox]
    assert WORDS not in str(texts)
    assert REDACTED not in str(texts)
