"""Names in the texts of others after a merge and an erasure: right, and no query for each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.comments import flows as comments
from forum.comments.models import Comment, CommentRevision, ReplyLink
from forum.comments.rendering import redraw, redraw_revisions
from forum.people import flows
from tests.factories import make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
ANSWERS = [
    "@Zoë & Co: no.",
    "@zoë & co#1, @Zoë & Co#1 and @Bert: no.",
    "> @Zoë & Co: quoted\n\n@Zoë & Co: `@Zoë & Co` in code.",
    "@Bert: leave @Zoë & Co the Elder alone, @Zoë & Co.",
    "Nobody is meant, zoe@example.org and /members/zoe/ are.",
]


@pytest.fixture
def owner():
    return make_moderator("Olga")


def answered(*texts):
    """Somebody whom others answer, in the article and from another one."""
    zoe = make_member("Zoë & Co", username="zoe", email="zoe@example.org")
    first = make_comment(author=zoe)
    for text in texts:
        answer = make_comment(first.article, parent=first, text=text)
        comments.edit_comment(comment=answer, by=answer.author, text=f"{text} Again.")
        elsewhere = make_comment(text=text)
        ReplyLink.objects.create(comment=elsewhere, target=first, handle="zoë & co", is_prefix=True)
        redraw([elsewhere])
    return zoe


def drawn():
    found = {}
    for model in (Comment, CommentRevision):
        found |= {(model, pk): html for pk, html in model.objects.values_list("pk", "html")}
    return found


@pytest.mark.parametrize("verb", ["merged", "taken apart", "erased"])
def test_names_are_as_if_every_text_had_been_rendered(owner, verb):
    bert, elder = make_member("Bert"), make_member("Zoë & Co the Elder")
    make_comment(author=elder)
    zoe = answered(*ANSWERS)
    before = drawn()
    if verb == "erased":
        flows.erase_member(member=zoe, keep_comments=True, keep_articles=True)
    else:
        merge = flows.merge_members(gone=zoe, kept=bert, by=owner, reason="one")
    if verb == "taken apart":
        flows.undo_merge(merge=merge, by=owner, reason="two")
    after = drawn()
    redraw(list(Comment.objects.order_by("pk")))
    redraw_revisions(CommentRevision.objects.all())
    assert after == drawn()
    assert (after == before) is (verb == "taken apart")


@pytest.mark.parametrize("verb", ["merge", "erase"])
def test_answers_cost_no_queries_each(owner, verb):
    costs = []
    for answers in (2, 12):
        person = make_member(f"Person {answers}")
        first = make_comment(author=person)
        for _ in range(answers):
            make_comment(first.article, parent=first, text=f"@{person.display_name}: no.")
        with CaptureQueriesContext(connection) as queries:
            if verb == "merge":
                flows.merge_members(gone=person, kept=make_member(), by=owner, reason="one")
            else:
                flows.erase_member(member=person, keep_comments=True, keep_articles=True)
        costs.append(len(queries))
    assert costs[0] == costs[1]
