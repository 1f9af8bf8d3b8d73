"""A page costs as many queries for one of everything as for many."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forum.articles.models import Article
from forum.comments import flows
from forum.fairness.models import Appeal, Note
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member
from tests.site_map import ADDRESSES, content, make_world

pytestmark = pytest.mark.django_db

MOST = {"reader": 5, "member": 8, "owner": 8}
MOST_OF = {
    # Three lists besides its articles; kept, it costs one query.
    "home": 9,
    # Two lists of cards: the exchange, and what came after it.
    "comment_exchange": 8,
    # The comment, its case, flags, rules, author's record and history; the queue, its counts.
    "admin:desk": 19,
    "admin:desk_item": 19,
    "admin:index": 19,
    "handover": 11,
    # Choices of categories; addresses, merges, second factor, sessions, sign-ins.
    "admin:accounts_user_change": 11,
    # The library asks anew for each factor.
    "mfa_activate_totp": 9,
    "mfa_add_webauthn": 9,
}


def cost(client, place, query=None):
    """The number of queries, of a page that did not come from any cache."""
    ContentType.objects.clear_cache()
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        content(client.get(place, query or {}))
    return len(queries)


def talk_on(article, members, count):
    """Comments by turns; every second one answers the one before it and an earlier one by name."""
    parent = None
    for n in range(count):
        names = [members[(n + step) % len(members)].display_name for step in (1, 2)]
        text = f"@{names[0]}: no. And @{names[1]}, too."
        comment = make_comment(article, members[n % len(members)], text=text, parent=parent)
        parent = comment if n % 2 == 0 else None


@pytest.mark.parametrize("kind", ["reader", "member"])
def test_article_page_costs_the_same_with_one_comment_as_with_a_hundred(client, kind):
    article = make_article(tag_names=["one", "two"])
    members = [make_member() for _ in range(6)]
    if kind == "member":
        client.force_login(members[0])
    hidden = make_comment(article, members[0])
    make_comment(author=members[1], text=f"@{members[0]}: no.", parent=hidden)
    flows.hide_comment(comment=hidden, reason="off topic")
    costs = {"threads": [], "time": []}
    for more in (1, 11, 108):
        talk_on(article, members, more)
        for order, found in costs.items():
            found.append(cost(client, article.get_absolute_url(), {"order": order}))
    for order, found in costs.items():
        assert len(set(found)) == 1, (order, found)
        # A member's choice of another order is kept, which is a query more.
        assert found[0] <= MOST[kind] + (kind == "member"), order
    page = client.get(article.get_absolute_url())
    assert page.content.count(b'id="comment-') == 122


def costs_of_the_site(client, world):
    found = {}
    for kind in ("reader", "member", "owner"):
        client.logout()
        if person := world.person(kind):
            client.force_login(person)
        for name, address in ADDRESSES.items():
            place = reverse(name, args=address.key(world))
            found[kind, name] = cost(client, place, address.query(world))
    return found


def test_every_page_costs_the_same_with_one_of_everything_as_with_twelve(client):
    world = make_world()
    members = [make_member() for _ in range(3)]
    talk_on(world.article, members, 2)
    moderation.hide(comment=world.article.comments.last(), by=world.owner, reason="off topic")
    moderation.ban(member=members[0], by=world.owner, reason="advertising")
    with_one = costs_of_the_site(client, world)

    for n in range(11):
        category = category_named(name=f"Category {n}")
        article = make_article(
            world.author,
            categories=[world.category, category],
            tag_names=["wildlife", f"tag {n}"],
        )
        make_comment(article, world.member, parent=make_comment(article, world.author))
        make_article(world.owner, published=False)
        comment = make_comment(world.article, world.member, text="@Inês#2 and @Zoë: yes.")
        hidden = make_comment(article, world.member if n % 2 else None)
        moderation.hide(comment=hidden, by=world.owner, reason="off topic")
        act = LogEntry.objects.get(comment=hidden)
        Appeal.objects.create(entry=act, member=hidden.author, text="No.")
        heard = {"decided_at": timezone.now(), "decided_by": world.moderator, "outcome": "stands"}
        act = LogEntry.objects.create(verb="ban", moderator=world.owner, member=world.member)
        Appeal.objects.create(entry=act, member=world.member, text="No.", **heard)
        Note.objects.create(member=hidden.author, by=world.owner, text="Mind them.")
        moderation.lock(article=article, by=world.owner, reason="enough")
        moderation.ban(member=make_member(), by=world.owner, reason="advertising")
        flows.edit_comment(comment=comment, by=world.member, text=f"@Zoë: edited {n}.")
        world.comment = flows.edit_comment(
            comment=world.comment, by=world.member, text=f"After the flood. {n}"
        )

    assert Article.objects.count() > 20
    with_twelve = costs_of_the_site(client, world)
    assert {page: n for page, n in with_twelve.items() if n != with_one[page]} == {}, with_one
    too_many = {
        (kind, name): queries
        for (kind, name), queries in with_one.items()
        if queries > MOST_OF.get(name, MOST[kind])
    }
    assert too_many == {}
