"""Whatever people and moderators do, in whatever order: threads, counters, numbers, links and
pages stay right. The machine keeps a plain record of what was done and knows what must follow."""

from html.parser import HTMLParser
from uuid import uuid4

import hypothesis
import hypothesis.strategies as st
import pytest
from django.db import connection, transaction
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from forum.articles.models import Article
from forum.comments import discussion, flows
from forum.comments.models import Comment, FormerPlace, Mention, ReplyLink
from forum.comments.soundness import violations
from forum.moderation import flows as moderation
from forum.moderation import threads
from tests.factories import make_article, make_author, make_member, make_moderator
from tests.invariants import assert_threads_sound

texts = st.sampled_from(
    [
        "A remark.",
        "@Zoë: yes.",
        "See @hollis brandt and @Zoë#1, @Zoë#2.",
        "@Inês#3 and @Inês",
        "@Nobody here, @Quiet?",
        "> @Zoë\n\nNo.",
        "`@Zoë`",
    ]
)
which = st.integers(min_value=0, max_value=10_000)
OTHER = 2  # one draw of so many turns to another comment


class Links(HTMLParser):
    """The addresses of the reply links and mentions in a text, as they are drawn."""

    def __init__(self, html):
        super().__init__()
        self.drawn = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "a" and a.get("class") in ("reply-link", "mention"):
            self.drawn.add((a["class"], a["href"]))


class Discussions(RuleBasedStateMachine):
    """Two articles, three members who write and one who does not; every rule is one flow."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize()
    def people_and_articles(self):
        author = make_author("Inês")
        self.members = [make_member("Zoë").pk, make_member("hollis brandt").pk, author.pk]
        make_member("Quiet")
        self.moderator = make_moderator()
        self.articles = [make_article(author).pk for _ in range(2)]
        self.given = dict.fromkeys(self.articles, 0)  # the numbers each article has given
        self.said = 0  # how often something was to be posted
        self.places = {}  # comment: (article, number)
        self.touched = None  # comment
        self.former = {}  # (article, number): comment
        self.withdrawn, self.hidden, self.locked, self.banned = set(), set(), set(), set()
        self.hidden_with = {}  # comment: the one with whose branch it was hidden
        self.closed = set()  # comments whose branch takes no answers, nor edits
        # 1 > (2 > 4, 3) and 5: by thread the numbers stand in another order than by time.
        self.post(0, 0, "A remark.")
        for above in (1, 1, 2):
            self.reply(OTHER * (above - 1), above, "@Zoë: yes.")
        self.post(0, 1, "A remark.")

    def comment(self, n, among=()):
        """Half of the time the one last touched: much goes wrong only on a second act."""
        comments = Comment.objects.select_related("article", "author", "parent")
        if n % OTHER == 0:
            choice = sorted(among or self.places)
            self.touched = choice[n // OTHER % len(choice)]
        return comments.get(pk=self.touched)

    def article(self, n):
        return Article.objects.get(pk=self.articles[n % 2])

    def member(self, n):
        return User.objects.get(pk=self.members[n % 3])

    def is_visible(self, comment):
        return comment.pk not in self.withdrawn | self.hidden

    def unsaid(self, text):
        """The text in words that nobody has used yet: what somebody says again in one place soon
        after is the comment of the first time."""
        self.said += 1
        return f"{text} ({self.said})"

    def posted(self, comment):
        self.given[comment.article_id] += 1
        self.places[comment.pk] = (comment.article_id, self.given[comment.article_id])
        self.touched = comment.pk

    def done(self, *, allowed, flow, **what):
        """What the flow gives; it refuses exactly what is not allowed, and then gives None."""
        try:
            result = flow(**what)
        except (flows.ReplyRefused, moderation.ModerationRefused):
            assert not allowed
            return None
        assert allowed
        return result

    @rule(n=which, m=which, text=texts)
    def post(self, n, m, text):
        article, member = self.article(n), self.member(m)
        allowed = article.pk not in self.locked and member.pk not in self.banned
        text = self.unsaid(text)
        words = {"author": member, "article": article, "text": text, "post_key": uuid4()}
        if comment := self.done(allowed=allowed, flow=flows.post_comment, **words):
            self.posted(comment)
            assert flows.post_comment(**words) == comment, "a second click posts nothing"
            words["post_key"] = uuid4()
            assert flows.post_comment(**words) == comment, "nor does the back button"

    @rule(n=which, m=which, text=texts)
    def reply(self, n, m, text):
        parent = self.comment(n)
        member, article = self.member(m), parent.article
        is_open = article.pk not in self.locked and member.pk not in self.banned
        words = {
            "author": member,
            "article": article,
            "text": self.unsaid(text),
            "parent": parent,
        }
        above = {one.pk for one in self.up(parent)}
        allowed = is_open and self.is_visible(parent) and not above & self.closed
        if comment := self.done(allowed=allowed, flow=flows.post_comment, **words):
            self.posted(comment)

    @rule(n=which, text=texts)
    def edit(self, n, text):
        comment = self.comment(n)
        is_open = comment.article_id not in self.locked
        allowed = is_open and comment.author_id not in self.banned and self.is_visible(comment)
        allowed = allowed and not {one.pk for one in self.up(comment)} & self.closed
        words = {"comment": comment, "by": comment.author, "text": text}
        self.done(allowed=allowed, flow=flows.edit_comment, **words)

    @rule(n=which)
    def withdraw(self, n):
        comment = self.comment(n)
        flows.withdraw_comment(comment=comment, by=comment.author)
        self.withdrawn.add(comment.pk)

    @rule(n=which)
    def hide(self, n):
        comment = self.comment(n)
        changed = moderation.hide(comment=comment, by=self.moderator, reason="off topic")
        assert changed == (comment.pk not in self.hidden)
        self.hidden.add(comment.pk)

    @rule(n=which)
    def restore(self, n):
        comment = self.comment(n, among=self.hidden)
        changed = moderation.restore(comment=comment, by=self.moderator)
        assert changed == (comment.pk in self.hidden)
        self.hidden.discard(comment.pk)
        self.hidden_with.pop(comment.pk, None)

    @rule(n=which)
    def hide_branch(self, n):
        comment = self.comment(n)
        taken = [one.pk for one in self.branch(comment) if one.pk not in self.hidden]
        changed = threads.hide_branch(comment=comment, by=self.moderator, reason="a quarrel")
        assert changed == bool(taken)
        self.hidden.update(taken)
        self.hidden_with.update(dict.fromkeys(taken, comment.pk))

    @rule(n=which)
    def restore_branch(self, n):
        comment = self.comment(n, among=set(self.hidden_with.values()))
        back = [pk for pk, root in self.hidden_with.items() if root == comment.pk]
        changed = threads.restore_branch(comment=comment, by=self.moderator)
        assert changed == bool(back)
        self.hidden.difference_update(back)
        for pk in back:
            del self.hidden_with[pk]

    @rule(n=which)
    def lock_branch(self, n):
        comment = self.comment(n)
        changed = threads.lock_branch(comment=comment, by=self.moderator, reason="enough")
        assert changed == (comment.pk not in self.closed)
        self.closed.add(comment.pk)

    @rule(n=which)
    def unlock_branch(self, n):
        comment = self.comment(n, among=self.closed)
        changed = threads.unlock_branch(comment=comment, by=self.moderator)
        assert changed == (comment.pk in self.closed)
        self.closed.discard(comment.pk)

    @rule(n=which, verb=st.sampled_from(["lock", "unlock_all", "ban", "unban_all"]))
    def close_or_open(self, n, verb):
        getattr(self, verb)(n)

    def lock(self, n):
        article = self.article(n)
        changed = moderation.lock(article=article, by=self.moderator, reason="enough")
        assert changed == (article.pk not in self.locked)
        self.locked.add(article.pk)

    def unlock_all(self, _n):
        for article in Article.objects.all():
            changed = moderation.unlock(article=article, by=self.moderator)
            assert changed == (article.pk in self.locked)
        self.locked.clear()

    def ban(self, n):
        member = self.member(n)
        changed = moderation.ban(member=member, by=self.moderator, reason="spam")
        assert changed == (member.pk not in self.banned)
        self.banned.add(member.pk)

    def unban_all(self, _n):
        for member in User.objects.filter(pk__in=self.members):
            changed = moderation.unban(member=member, by=self.moderator)
            assert changed == (member.pk in self.banned)
        self.banned.clear()

    @rule(n=which, below=which)
    def move_below(self, n, below):
        comment, parent = self.comment(n), self.comment(below)
        branch = self.branch(comment)
        target = parent.article_id
        inside = parent.pk in {one.pk for one in branch}
        words = {"by": self.moderator, "reason": "the wrong place"}
        if self.done(
            allowed=not inside, flow=threads.move, comment=comment, parent=parent, **words
        ):
            assert Comment.objects.get(pk=comment.pk).parent == parent
            self.moved(branch, target)

    @rule(n=which, m=which)
    def move_to_article(self, n, m):
        comment, article = self.comment(n), self.article(m)
        branch = self.branch(comment)
        words = {"by": self.moderator, "reason": "the wrong article"}
        threads.move(comment=comment, article=article, **words)
        assert Comment.objects.get(pk=comment.pk).parent is None
        self.moved(branch, article.pk)

    @rule(n=which)
    def split(self, n):
        comment = self.comment(n)
        changed = threads.split(comment=comment, by=self.moderator, reason="another matter")
        assert changed == (comment.parent_id is not None)
        assert Comment.objects.get(pk=comment.pk).parent is None

    @rule(n=which)
    def merge(self, n):
        source, target = self.article(n), self.article(n + 1)
        comments = list(Comment.objects.filter(article=source).order_by("number"))
        changed = threads.merge_discussions(
            source=source, target=target, by=self.moderator, reason="the same matter"
        )
        assert changed == bool(comments)
        self.moved(comments, target.pk)

    def up(self, comment):
        """The comment and all above it, by walking the parents."""
        while comment:
            yield comment
            comment = comment.parent

    def branch(self, comment):
        """The comment and all below it, by walking the parents; in order of number."""
        branch, added = [], [comment]
        while added:
            branch += added
            added = list(Comment.objects.filter(parent__in=added))
        return sorted(branch, key=lambda one: one.number)

    def moved(self, branch, article):
        if not branch or branch[0].article_id == article:
            return
        gone = {one.pk for one in branch}
        for pk, root in list(self.hidden_with.items()):
            if (pk in gone) != (root in gone):
                del self.hidden_with[pk]  # hidden it stays, but comes back alone
        for one in branch:
            if self.places[one.pk][0] != article:
                self.former[self.places[one.pk]] = one.pk
                self.given[article] += 1
                self.places[one.pk] = (article, self.given[article])

    @rule(per_page=st.integers(min_value=1, max_value=4))
    def read(self, per_page):
        """Every comment that is shown is on exactly one page, in order, and its permalink opens
        that page; the way back leads over the same pages."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.COMMENTS_PER_PAGE", per_page)
            for article in Article.objects.all():
                comments = list(Comment.objects.filter(article=article))
                shown = [one for one in comments if self.is_shown(one, comments)]
                by_time = sorted(shown, key=lambda one: (one.posted_at, one.number))
                by_thread = sorted(shown, key=lambda one: (one.tree_id, one.lft))
                assert self.leaf_through(article, "time") == by_time
                assert self.leaf_through(article, "threads") == by_thread

    def is_shown(self, comment, comments):
        below = (one for one in comments if one.parent_id == comment.pk)
        return self.is_visible(comment) or any(self.is_shown(one, comments) for one in below)

    def leaf_through(self, article, order):
        seen, starts, start = [], [], None
        while not starts or start:
            assert start not in starts, "the pages go in a circle"
            page = discussion.read(article, order=order, start=start)
            assert page.is_first == (not starts)
            assert page.previous_start == (starts[-1] if starts else None)
            for card in page.cards:
                assert bool(card.tombstone) != self.is_visible(card.comment)
            for card in page.cards[:1] + page.cards[-1:]:
                assert discussion.start_of_page_with(card.comment, order=order) == start
            seen += [card.comment for card in page.cards]
            starts.append(start)
            start = page.next_start
        return seen

    @invariant()
    def threads_and_counters_are_sound(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert_threads_sound()
        assert violations() == []

    @invariant()
    def numbers_are_those_that_were_given(self):
        places = Comment.objects.values_list("pk", "article", "number")
        assert {pk: place for pk, *place in places} == {
            pk: [*place] for pk, place in self.places.items()
        }
        assert dict(Article.objects.values_list("pk", "last_number")) == self.given
        former = FormerPlace.objects.values_list("article", "number", "comment")
        assert {(article, number): pk for article, number, pk in former} == self.former
        assert not self.former.keys() & set(self.places.values())

    @invariant()
    def visible_is_what_nobody_took_out_of_sight(self):
        visible = set(Comment.objects.visible().values_list("pk", flat=True))
        assert visible == self.places.keys() - self.withdrawn - self.hidden

    @invariant()
    def order_of_time_is_that_of_what_was_said(self):
        for article in Article.objects.all():
            in_time = Comment.objects.filter(article=article).in_time_order()
            moments = [one.posted_at for one in in_time]
            assert moments == sorted(moments)

    @invariant()
    def drawn_links_are_those_kept_as_rows(self):
        rows = {pk: set() for pk in self.places}
        for row in ReplyLink.objects.select_related("comment", "target"):
            here = row.target.article_id == row.comment.article_id
            rows[row.comment_id].add(
                (
                    "reply-link",
                    f"#comment-{row.target.number}" if here else f"/comments/{row.target_id}/",
                )
            )
        for row in Mention.objects.select_related("member"):
            rows[row.comment_id].add(("mention", f"/members/{row.member.username}/"))
        drawn = {pk: Links(html).drawn for pk, html in Comment.objects.values_list("pk", "html")}
        assert drawn == rows


@pytest.mark.django_db
def test_discussions_stay_right_in_any_order_of_flows():
    run_state_machine_as_test(
        Discussions,
        settings=hypothesis.settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
