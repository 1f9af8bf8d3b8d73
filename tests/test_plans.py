"""Nothing that is asked for a page or a post makes PostgreSQL read all that people ever said."""

from inspect import iscoroutinefunction

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django import app

from forum.comments import branches, flows
from forum.flags.flows import flag_comment
from forum.moderation import flows as moderation
from forum.reading import flows as reading
from forum.reading.telling import tell_of
from tests.factories import make_comment, make_member, make_moderator
from tests.site_map import ADDRESSES, content, make_world

pytestmark = pytest.mark.django_db

LARGE = {
    *("comments_comment", "comments_case", "comments_like", "comments_mention"),
    *("comments_replylink", "comments_commentrevision", "flags_flag", "moderation_logentry"),
    *("notifications_notification", "reading_following", "reading_readmark", "reading_toldof"),
}
# The library asks for all rows of a list that has room for them, and pages a longer one.
LISTS = "_changelist"


@pytest.fixture
def plans():
    """Those of tables of which PostgreSQL knows nothing, whatever tests before left in them; one is
    read as a whole only where no index leads to what is asked for."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_user, articles_article CASCADE")
        cursor.execute(
            "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace)"
        )
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def read_whole(node, partial, wanted=False):
    """The large tables that a plan goes through from end to end: with no condition that an index
    answers, or is made for (it is `partial`), and not only for as many rows as are wanted."""
    wanted = wanted or node["Node Type"] == "Limit"
    table = node.get("Relation Name")
    is_led = {"Index Cond", "Recheck Cond", "TID Cond"} & node.keys()
    is_led = is_led or wanted or node.get("Index Name") in partial
    is_changed = node["Node Type"] == "ModifyTable"
    found = {table} if table in LARGE and not (is_led or is_changed) else set()
    return found.union(*(read_whole(part, partial, wanted) for part in node.get("Plans", [])))


def read_whole_by(queries):
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
        partial = {name for (name,) in cursor.fetchall()}
        for sql in {query["sql"].strip() for query in queries}:
            if sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
                cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
                if tables := read_whole(cursor.fetchone()[0][0]["Plan"], partial):
                    found[sql] = tables
    return found


def test_a_question_for_either_end_of_all_links_is_found_out(plans):
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM comments_replylink WHERE comment_id IN (SELECT unnest('{1}'::bigint[]))"
            " OR target_id IN (SELECT unnest('{1}'::bigint[]))"
        )
    assert list(read_whole_by(queries).values()) == [{"comments_replylink"}]


@pytest.mark.parametrize("kind", ["reader", "member", "owner"])
def test_no_page_reads_all_there_is(client, plans, kind):
    world = make_world()
    if person := world.person(kind):
        client.force_login(person)
    found = {}
    for name, address in ADDRESSES.items():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            content(client.get(reverse(name, args=address.key(world)), address.query(world)))
        if not name.endswith(LISTS):
            found |= {(name, sql): tables for sql, tables in read_whole_by(queries).items()}
    assert found == {}


def test_no_verb_reads_all_there_is(plans):
    zoe, moderator = make_member("Zoë"), make_moderator()
    said = make_comment(author=zoe, text="First.")
    place = {"article": said.article, "branch": said}
    with CaptureQueriesContext(connection) as queries:
        answer = make_comment(parent=said, text="@Zoë#1: no.")
        tell_of([answer.pk])
        flows.edit_comment(comment=answer, by=answer.author, text="@Zoë#1: nope.")
        flows.like_comment(comment=answer, by=zoe)
        flag_comment(comment=answer, by=zoe, reason="spam")
        reading.follow(member=answer.author, **place)
        reading.mute(member=answer.author, **place)
        moderation.hide(comment=answer, by=moderator, reason="off topic")
        flows.restore_comment(comment=answer)
        branches.hide_branch(comment=said, reason="off topic")
        branches.restore_branch(comment=said)
        flows.withdraw_comment(comment=answer, by=answer.author)
    assert read_whole_by(queries) == {}


def test_no_job_reads_all_there_is(plans):
    make_world()
    found = {}
    for job in app.periodic_registry.periodic_tasks.values():
        if not iscoroutinefunction(job.task.func):  # the queue's own
            with CaptureQueriesContext(connection) as queries:
                job.task.func(0)
            found |= {(job.task.name, sql): table for sql, table in read_whole_by(queries).items()}
    # The flags of a day are counted once an hour, and are few beside what is said.
    assert {key: tables for key, tables in found.items() if tables != {"flags_flag"}} == {}
