"""Whatever people and moderators do, in whatever order, threads and counters stay right."""

import hypothesis.strategies as st
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from forum.comments import flows
from forum.comments.models import Comment
from tests.factories import make_article, make_author, make_member
from tests.invariants import assert_threads_sound

texts = st.sampled_from(
    ["A remark.", "@Zoë: yes.", "See @hollis brandt and @Zoë#1.", "> @Zoë\n\nNo.", "`@Zoë`"]
)
which = st.integers(min_value=0, max_value=10_000)


class Discussions(RuleBasedStateMachine):
    """Two articles, three members; every rule is one flow."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize()
    def people_and_articles(self):
        self.members = [make_member("Zoë"), make_member("hollis brandt"), make_author("Inês")]
        self.articles = [make_article(self.members[2]), make_article(self.members[2])]
        self.numbers = {}

    def comment(self, n):
        comments = Comment.objects.select_related("article", "author").order_by("pk")
        return comments[n % len(comments)] if comments else None

    @rule(n=which, text=texts)
    def post(self, n, text):
        flows.post_comment(author=self.members[n % 3], article=self.articles[n % 2], text=text)

    @rule(n=which, text=texts)
    def reply(self, n, text):
        if not (parent := self.comment(n)):
            return
        try:
            flows.post_comment(
                author=self.members[n % 3], article=parent.article, text=text, parent=parent
            )
        except flows.ReplyRefused:
            assert not parent.is_visible

    @rule(n=which, text=texts)
    def edit(self, n, text):
        if not (comment := self.comment(n)):
            return
        try:
            flows.edit_comment(comment=comment, by=comment.author, text=text)
        except flows.ReplyRefused:
            assert not comment.is_visible

    @rule(n=which)
    def withdraw(self, n):
        if comment := self.comment(n):
            flows.withdraw_comment(comment=comment, by=comment.author)

    @rule(n=which)
    def hide(self, n):
        if comment := self.comment(n):
            flows.hide_comment(comment=comment, reason="off topic")

    @rule(n=which)
    def restore(self, n):
        if comment := self.comment(n):
            flows.restore_comment(comment=comment)

    @rule(n=which, below=which)
    def move_below(self, n, below):
        if not (comment := self.comment(n)):
            return
        parent = self.comment(below)
        inside = parent.tree_id == comment.tree_id and comment.lft <= parent.lft <= comment.rght
        try:
            flows.move_comment(comment=comment, parent=parent)
        except flows.ReplyRefused:
            assert inside

    @rule(n=which, article=st.integers(0, 1))
    def move_to_article(self, n, article):
        if comment := self.comment(n):
            flows.move_comment(comment=comment, article=self.articles[article])

    @invariant()
    def threads_are_sound(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert_threads_sound()

    @invariant()
    def numbers_never_change_within_an_article(self):
        for pk, article, number in Comment.objects.values_list("pk", "article", "number"):
            assert self.numbers.setdefault((pk, article), []) in ([], [number]) or (
                number > self.numbers[pk, article][-1]
            ), "a comment may only take a new number when it comes back from another article"
            self.numbers[pk, article] = [number]


@pytest.mark.django_db
def test_threads_stay_sound_in_any_order_of_flows():
    run_state_machine_as_test(
        Discussions,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
