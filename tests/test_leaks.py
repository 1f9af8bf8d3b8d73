"""What is out of sight is out of sight everywhere: neither its words nor whose they were stand on
any page of the site for those who may not read it."""

from dataclasses import replace
from types import SimpleNamespace

import psycopg
import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum.articles.flows import unpublish_article
from forum.articles.models import Article
from forum.comments import flows
from forum.comments.models import Comment
from forum.live.channels import POSTGRES_CHANNEL
from forum.moderation import flows as moderation
from forum.moderation import threads
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


def hide(comment):
    flows.hide_comment(comment=comment, reason="off topic")


def withdraw(comment):
    flows.withdraw_comment(comment=comment, by=comment.author)


def hold(comment):
    Comment.objects.filter(pk=comment.pk).update(held_at=timezone.now(), held_reason="a link")
    article = Article.objects.get(pk=comment.article_id)
    Article.objects.filter(pk=article.pk).update(comment_count=article.comment_count - 1)


def marked_comments(world, marked, out_of_sight):
    """An edited comment with answers by number, by place and further down, one that answers
    somebody, and one that nobody answers; all out of sight."""
    first = make_comment(world.article, marked, text=f"{WORDS} one")
    first = flows.edit_comment(comment=first, by=marked, text=f"{WORDS} two")
    answer = make_comment(author=world.member, text="An answer.", parent=first)
    below = make_comment(author=marked, text=f"@Zoë: {WORDS}.", parent=answer)
    make_comment(author=world.member, text="Another answer.", parent=below)
    comments = [
        first,
        below,
        make_comment(author=marked, text=f"@Zoë: {WORDS}", parent=world.comment),
        make_comment(world.article, marked, text=f"{WORDS} alone"),
    ]
    for comment in comments:
        out_of_sight(comment)
    flows.edit_comment(comment=answer, by=world.member, text="An answer, edited.")
    return comments, answer


@pytest.fixture
def marked():
    return make_member(NAME, username=LOGIN_NAME)


@pytest.fixture
def out_of_sight(world, marked):
    """Comments hidden, withdrawn and held, and an answer to each."""
    made = [marked_comments(world, marked, take) for take in (hide, withdraw, hold)]
    return [one for comments, _answer in made for one in comments], [answer for _, answer in made]


def places(world, comments):
    """Every address of the site, with each comment where it is one of a comment, and every page
    of the discussion in each order."""
    found = {}
    for comment in comments:
        there = replace(world, comment=comment)
        for name, address in ADDRESSES.items():
            found[reverse(name, args=address.key(there)), str(address.query(there))] = (
                address.query(there)
            )
    for order in ("threads", "time"):
        for start in ["", *world.article.comments.values_list("number", flat=True)]:
            query = {"order": order, "start": start}
            found[world.article.get_absolute_url(), str(query)] = query
    return [(place, query) for (place, _), query in found.items()]


def said(answer):
    """All that an answer says, with the addresses it led through."""
    places = [place for place, _status in answer.redirect_chain]
    headers = [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\n".join([*places, *headers, content(answer).decode()])


# Who somebody is can be read there, whatever becomes of their comments.
OWN_PAGES = [reverse(name, args=[LOGIN_NAME]) for name in ("member", "member_liked")]


@pytest.mark.parametrize("kind", ["reader", "member"])
def test_comment_out_of_sight_leaks_nowhere(client, settings, world, out_of_sight, kind):
    settings.COMMENTS_PER_PAGE = 5
    comments, answers = out_of_sight
    if kind == "member":
        client.force_login(world.member)

    for place, query in places(world, [*comments, *answers]):
        page = said(client.get(place, query, follow=True))
        assert WORDS not in page, (place, query)
        if place not in OWN_PAGES:
            assert NAME not in page, (place, query)
            assert LOGIN_NAME not in page, (place, query)


def test_walk_finds_what_is_in_sight(client, world, marked):
    """The control: shown, the same comment is found on the pages that the walk goes over."""
    comments, _answer = marked_comments(world, marked, lambda comment: None)
    found = [
        place
        for place, query in places(world, comments)
        if WORDS in said(client.get(place, query, follow=True))
    ]
    history = reverse("comment_history", args=[comments[0].pk])
    for place in ["/", world.article.get_absolute_url(), marked.get_absolute_url(), history]:
        assert place in found


def test_writing_below_a_comment_out_of_sight_shows_nothing_of_it(client, world, out_of_sight):
    comments, answers = out_of_sight
    client.force_login(world.member)
    for place in [
        *(reverse("comment_reply", args=[comment.pk]) for comment in [*comments, *answers]),
        *(reverse("comment_edit", args=[answer.pk]) for answer in answers),
        reverse("comment_post", args=[world.article.publish_date, world.article.slug]),
    ]:
        for words in ({"text": "What was it?", "preview": "1"}, {"text": "What was it?"}):
            page = said(client.post(place, words, follow=True))
            assert WORDS not in page, place
            assert NAME not in page, place


@pytest.mark.parametrize("order", ["threads", "time"])
@pytest.mark.parametrize("take", [hide, withdraw, hold])
def test_reply_link_to_a_comment_out_of_sight_is_none(client, world, marked, order, take):
    """The words are the other writer's; that they are a link would tell whose the comment was."""
    comment = make_comment(world.article, marked)
    make_comment(author=world.member, text=f"@{NAME}: no.", parent=comment)
    elsewhere = make_comment(world.article, text=f"@{NAME}: never.")
    flows.move_comment(comment=elsewhere, article=Article.objects.exclude(pk=comment.article_id)[0])
    elsewhere.refresh_from_db()
    take(comment)
    for article in (world.article, elsewhere.article):
        page = client.get(article.get_absolute_url(), {"order": order}).content.decode()
        assert f'<span class="reply-link">@{NAME}</span>' in page
        assert 'class="reply-link" href' not in page


def test_what_is_held_is_still_there_for_its_author(client, world, marked):
    comments, _answer = marked_comments(world, marked, hold)
    client.force_login(marked)
    history = client.get(reverse("comment_history", args=[comments[0].pk]))
    assert f"{WORDS} one" in history.content.decode()


# Each verb to each kind of visitor ----------------------------------------------------------


def moved_away(comment, world):
    elsewhere = make_article(world.owner, headline="Not for long")
    threads.move(comment=comment, article=elsewhere, by=world.owner, reason="elsewhere")
    unpublish_article(article=elsewhere)


def sent_back(comment, world):
    unpublish_article(article=comment.article)


VERBS = {
    "hide": lambda comment, world: moderation.hide(
        comment=comment, by=world.owner, reason="off topic"
    ),
    "hold": lambda comment, world: hold(comment),
    "withdraw": lambda comment, world: withdraw(comment),
    "hide_branch": lambda comment, world: threads.hide_branch(
        comment=comment.parent, by=world.owner, reason="a quarrel"
    ),
    "move": moved_away,
    "send_back": sent_back,
}
# Where the writer of a comment reads their own words whatever became of it.
OWN = {
    *("my_acts", "my_act", "comment_edit", "comment_history", "comment_page"),
    *("comment_withdraw", "branch_following", "article"),
}
REDACTED = "plover"


def word_of(verb):
    return f"{WORDS}{verb.replace('_', '')}"


@pytest.fixture
def aftermath(world, marked):
    """A comment for each verb after it was done, and one whose earlier text was redacted."""
    found = {}
    for verb, take in VERBS.items():
        article = make_article(world.owner) if verb == "send_back" else world.article
        parent = make_comment(article, world.member, text=f"Said before {verb}.")
        comment = make_comment(author=marked, parent=parent, text=f"{word_of(verb)}.")
        comment = flows.edit_comment(comment=comment, by=marked, text=f"{word_of(verb)}, edited.")
        take(comment, world)
        found[verb] = Comment.objects.select_related("article").get(pk=comment.pk)
    redacted = make_comment(world.article, world.member, text=REDACTED)
    redacted = flows.edit_comment(comment=redacted, by=world.member, text="Milder words.")
    moderation.redact(revision=redacted.revisions.get(), by=world.owner, reason="an address")
    found["redact"] = redacted
    return found


def walk(world, comments):
    """Every address of the site by its name, with each of the comments and its article."""
    walked = {}
    for comment in comments:
        for article in (world.article, comment.article):
            there = replace(world, comment=comment, article=article)
            for name, address in ADDRESSES.items():
                key, query = address.key(there), address.query(there)
                if None not in key:  # the day of an article that is not out
                    place = reverse(name, args=key)
                    walked[place, str(query)] = (name, place, query)
    for act in LogEntry.objects.filter(comment__in=comments):
        place = reverse("my_act", args=[act.pk])
        walked[place, ""] = ("my_act", place, {})
    return list(walked.values())


@pytest.mark.parametrize("kind", ["reader", "member", "author", "keeper"])
def test_no_verb_leaves_a_word_to_who_may_not_read_it(client, world, marked, aftermath, kind):
    """Readers, members, the author of the article, and a moderator of another category."""
    keeper = make_member("Rhea", moderated_categories=[category_named(name="Clocks").pk])
    if person := keeper if kind == "keeper" else world.person(kind):
        client.force_login(person)
    for _name, place, query in walk(world, aftermath.values()):
        page = said(client.get(place, query, follow=True))
        assert WORDS not in page, (place, query)
        assert REDACTED not in page, (place, query)
        if place not in OWN_PAGES:
            assert NAME not in page, (place, query)
            assert LOGIN_NAME not in page, (place, query)


def test_writer_reads_their_own_words_where_they_are_theirs_alone(client, world, marked, aftermath):
    client.force_login(marked)
    found = set()
    for name, place, query in walk(world, aftermath.values()):
        answer = client.get(place, query, follow=True)
        # What a page leads to is on the walk by its own name.
        if WORDS in said(answer) and not answer.redirect_chain:
            found.add(name)
        assert REDACTED not in said(answer), place
    assert found <= OWN
    assert {"my_acts", "comment_withdraw"} <= found


@pytest.mark.parametrize("kind", ["moderator", "owner"])
def test_moderators_read_all_but_what_was_redacted(client, world, aftermath, kind):
    """The control: the walk finds the words where somebody may read them."""
    client.force_login(world.person(kind))
    found = set()
    for _name, place, query in walk(world, aftermath.values()):
        page = said(client.get(place, query, follow=True))
        assert REDACTED not in page, place
        found |= {verb for verb in VERBS if word_of(verb) in page}
    assert found == set(VERBS)


def test_page_that_was_kept_says_nothing_afterwards(client, world, marked):
    """Neither from the site's own caches, nor because a browser is told that it has it already."""
    visitors = {"reader": client, "member": Client()}
    visitors["member"].force_login(world.member)
    for verb, take in VERBS.items():
        article = make_article(world.owner) if verb == "send_back" else world.article
        parent = make_comment(article, world.member, text="Said before.")
        comment = make_comment(author=marked, parent=parent, text=WORDS)
        here = article.get_absolute_url()
        places = [
            *(f"{here}?order={order}" for order in ("threads", "time", "likes")),
            *(reverse(name, args=[comment.pk]) for name in ("comment_exchange", "comment_card")),
            f"{reverse('article_cards', args=[article.pk])}?numbers={comment.number}",
            reverse("comment_page", args=[comment.pk]),
            marked.get_absolute_url(),
            "/",
        ]
        kept = {}
        for kind, visitor in visitors.items():
            for place in places:
                answers = [visitor.get(place) for _twice in range(2)]
                assert all(WORDS in content(answer).decode() for answer in answers), place
                kept[kind, place] = answers[-1].headers.get("ETag", "")
        assert any(tag for (kind, _place), tag in kept.items() if kind == "reader")
        take(Comment.objects.select_related("article", "parent").get(pk=comment.pk), world)
        for (kind, place), tag in kept.items():
            answer = visitors[kind].get(place, headers={"If-None-Match": tag} if tag else {})
            assert answer.status_code != 304, (verb, kind, place)
            assert WORDS not in said_of(answer), (verb, kind, place)
            if place != marked.get_absolute_url():
                assert NAME not in said_of(answer), (verb, kind, place)


def said_of(answer):
    return f"{answer.headers}{content(answer).decode()}"


@pytest.mark.django_db(transaction=True)
def test_announcements_and_streams_carry_neither_words_nor_names():
    world = SimpleNamespace(owner=make_moderator(), member=make_member(), article=make_article())
    marked = make_member(NAME, username=LOGIN_NAME)
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as listening:
        listening.execute(f"LISTEN {POSTGRES_CHANNEL}")
        for verb, take in VERBS.items():
            article = make_article(world.owner) if verb == "send_back" else world.article
            parent = make_comment(article, world.member, text="Said before.")
            comment = make_comment(author=marked, parent=parent, text=f"{WORDS}.")
            comment = flows.edit_comment(comment=comment, by=marked, text=f"{WORDS}, edited.")
            take(comment, world)
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
