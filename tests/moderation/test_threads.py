"""Threads that moderators move, split, merge, hide and lock, beside people who post."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from forum.articles.models import Article
from forum.comments import branches, tree
from forum.comments import flows as comments
from forum.comments.flows import ReplyRefused
from forum.comments.models import Comment, Draft, ReplyLink
from forum.moderation import flows, threads
from forum.moderation.flows import ModerationRefused
from forum.moderation.models import LogEntry
from forum.notifications.models import Notification
from forum.reading.flows import follow
from forum.reading.models import Following
from forum.tags.models import Category
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race, wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_moderator("Olga")


@pytest.fixture
def branch():
    """1 > (2 > 3, 4)."""
    first = make_comment(text="One")
    second = make_comment(parent=first, text="Two")
    return [first, second, make_comment(parent=second, text="Three"), make_comment(parent=first)]


def log():
    return list(LogEntry.objects.order_by("pk").values_list("verb", flat=True))


def visible(*comments):
    return list(
        Comment.objects.visible()
        .filter(pk__in=[one.pk for one in comments])
        .order_by("number")
        .values_list("number", flat=True)
    )


def act(client, verb, row, **words):
    address = f"{reverse('admin:act', args=[verb])}?ids={row.pk}"
    assert client.get(address).status_code == 200
    return client.post(address, {"reason": "a reason"} | words)


PLACES = {
    "number": lambda comment: f"#{comment.number}",
    "bare number": lambda comment: f" {comment.number} ",
    "permalink": lambda comment: comment.get_absolute_url(),
    "more": lambda comment: reverse("comment_page", args=[comment.pk]),
    "anchor": lambda comment: f"{comment.article.get_absolute_url()}#{comment.anchor}",
    "by number": lambda comment: (
        f"http://127.0.0.1:8000{comment.article.get_absolute_url()}comment-{comment.number}/"
    ),
}


@pytest.mark.parametrize("named", PLACES)
def test_comment_is_moved_below_another_named_in_any_way(client, settings, moderator, named):
    settings.SITE_URL = "http://127.0.0.1:8000"
    article = make_article()
    comment, parent = make_comment(article), make_comment(article)
    client.force_login(moderator)
    answer = act(client, "move", comment, place=PLACES[named](parent))
    assert answer.status_code == 302
    comment.refresh_from_db()
    assert comment.parent == parent
    assert log() == ["move"]
    act(client, "move", comment, place=PLACES[named](parent))
    assert log() == ["move"]


def test_comment_is_moved_to_another_article_and_its_old_address_leads_there(
    client, moderator, branch
):
    reader, there = make_member(), make_article()
    follow(member=reader, article=branch[0].article, branch=branch[1])
    Draft.objects.create(
        member=reader, article=branch[0].article, parent=branch[2], text="But then"
    )
    client.force_login(moderator)
    act(client, "move", branch[1], place=there.get_absolute_url())
    moved = [Comment.objects.get(pk=one.pk) for one in branch]
    assert [one.article == there for one in moved] == [False, True, True, False]
    assert [one.number for one in moved] == [1, 1, 2, 4]
    old = branch[0].article.get_absolute_url()
    assert client.get(f"{old}comment-3/").url == moved[2].get_absolute_url()
    assert Following.objects.get(branch=branch[1]).article == there
    assert Draft.objects.get(parent=branch[2]).article == there
    assert_threads_sound()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("#99", "No comment"),
        ("https://elsewhere.example/2012/12/20/x/", "another site"),
        ("/tags/", "neither"),
        ("nonsense", "Give a number"),
        ("/2012/12/20/nowhere/", "No article"),
        ("/comments/999999/", "No comment"),
    ],
)
def test_place_that_is_none_is_said_beside_the_field(client, moderator, branch, place, said):
    client.force_login(moderator)
    page = act(client, "move", branch[1], place=place)
    assert said in page.context["form"].errors["place"][0]
    assert page.context["form"]["reason"].value() == "a reason"


def test_comment_is_not_moved_below_itself(client, moderator, branch):
    client.force_login(moderator)
    page = act(client, "move", branch[0], place="#3")
    assert "below itself" in page.content.decode()
    assert log() == []


def test_nothing_is_moved_to_an_article_that_is_not_out(moderator, branch):
    draft = make_article(published=False)
    with pytest.raises(ModerationRefused, match="not published"):
        threads.move(comment=branch[1], article=draft, by=moderator, reason="x")
    with pytest.raises(ModerationRefused, match="not published"):
        threads.merge_discussions(source=branch[0].article, target=draft, by=moderator, reason="x")


def test_reply_becomes_a_thread_of_its_own(moderator, branch):
    assert threads.split(comment=branch[1], by=moderator, reason="another matter")
    assert not threads.split(comment=branch[1], by=moderator, reason="another matter")
    moved = [Comment.objects.get(pk=one.pk) for one in branch]
    assert [one.parent_id for one in moved] == [None, None, branch[1].pk, branch[0].pk]
    assert log() == ["split"]
    assert_threads_sound()


def test_merged_discussion_stands_in_order_of_time_and_keeps_its_links(client, moderator):
    one, other = make_article(), make_article()
    member = make_member("Zoë")
    early = make_comment(one, member, text="Early.")
    between = make_comment(other, text="Between.")
    late = make_comment(one, text="@Zoë: late.", parent=early)
    client.force_login(moderator)
    assert act(client, "merge", one, place=other.get_absolute_url()).status_code == 302
    said = [Comment.objects.get(pk=c.pk) for c in (early, between, late)]
    assert [c.number for c in said] == [2, 1, 3]
    assert {c.article for c in said} == {other}
    assert list(Comment.objects.filter(article=other).in_time_order()) == said
    assert 'href="#comment-2"' in said[2].html
    client.logout()
    page = client.get(other.get_absolute_url(), {"order": "time"}).content.decode()
    assert page.index("Early.") < page.index("Between.") < page.index("late.")
    assert client.get(f"{one.get_absolute_url()}comment-2/").url == late.get_absolute_url()
    assert not client.get(one.get_absolute_url()).content.count(b"Early.")
    assert log() == ["merge"]
    assert not threads.merge_discussions(source=one, target=other, by=moderator, reason="x")
    with pytest.raises(ModerationRefused, match="itself"):
        threads.merge_discussions(source=one, target=one, by=moderator, reason="x")
    assert_threads_sound()


def test_pages_of_a_merged_discussion_follow_each_other_in_order_of_time(
    client, settings, moderator
):
    settings.COMMENTS_PER_PAGE = 2
    one, other = make_article(), make_article()
    for n in range(5):
        make_comment(one if n % 2 else other, text=f"Remark {n}.")
    threads.merge_discussions(source=one, target=other, by=moderator, reason="the same")
    seen, query = [], {"order": "time"}
    while True:
        page = client.get(other.get_absolute_url(), query)
        text = page.content.decode()
        seen += [n for n in range(5) if f"Remark {n}." in text]
        if not (start := page.context["discussion"].next_start):
            break
        query = {"order": "time", "start": start}
    assert seen == [0, 1, 2, 3, 4]


def test_branch_is_hidden_and_exactly_that_comes_back(moderator, branch):
    _first, second, third, _fourth = branch
    flows.hide(comment=third, by=moderator, reason="uncivil")
    assert threads.hide_branch(comment=second, by=moderator, reason="a quarrel")
    assert not threads.hide_branch(comment=second, by=moderator, reason="a quarrel")
    assert visible(*branch) == [1, 4]
    assert threads.restore_branch(comment=second, by=moderator)
    assert not threads.restore_branch(comment=second, by=moderator)
    assert visible(*branch) == [1, 2, 4]
    assert Comment.objects.get(pk=third.pk).hidden_reason == "uncivil"
    assert log() == ["hide", "hide_branch", "restore_branch"]
    assert_threads_sound()


def test_each_writer_of_a_hidden_branch_has_a_line_in_the_log(moderator, branch):
    threads.hide_branch(comment=branch[1], by=moderator, reason="a quarrel")
    concerned = LogEntry.objects.filter(verb="hide_branch").values_list("member", "comment")
    assert set(concerned) == {(one.author_id, one.pk) for one in branch[1:3]}


def test_each_writer_of_a_branch_hears_once_that_it_is_hidden_and_that_it_is_back(moderator):
    first = make_comment(author=make_member("Zoë"))
    second = make_comment(parent=first)
    make_comment(author=first.author, parent=second)

    def heard(member):
        return [one.text for one in Notification.objects.of(member)]

    threads.hide_branch(comment=first, by=moderator, reason="a quarrel")
    for writer in (first.author, second.author):
        (text,) = [text for text in heard(writer) if "hid a branch" in text]
        assert "a quarrel" in text
    threads.restore_branch(comment=first, by=moderator)
    for writer in (first.author, second.author):
        assert len([text for text in heard(writer) if "is shown again" in text]) == 1


def test_what_was_restored_alone_or_withdrawn_does_not_change_with_its_branch(moderator, branch):
    first, second, third, _fourth = branch
    threads.hide_branch(comment=first, by=moderator, reason="a quarrel")
    flows.restore(comment=second, by=moderator)
    flows.hide(comment=second, by=moderator, reason="after all")
    comments.withdraw_comment(comment=third, by=third.author)
    threads.restore_branch(comment=first, by=moderator)
    assert visible(*branch) == [1, 4]
    assert_threads_sound()


def test_branch_that_was_torn_by_a_move_comes_back_as_far_as_it_is_there(moderator, branch):
    first, second, third, fourth = branch
    threads.hide_branch(comment=first, by=moderator, reason="a quarrel")
    threads.move(comment=second, article=make_article(), by=moderator, reason="elsewhere")
    threads.restore_branch(comment=first, by=moderator)
    assert set(Comment.objects.visible()) == {first, fourth}
    assert flows.restore(comment=third, by=moderator)
    assert_threads_sound()


def test_locked_branch_takes_no_answers_and_says_why(client, moderator, branch):
    first, second, third, fourth = branch
    assert threads.lock_branch(comment=second, by=moderator, reason="Enough said <here>.")
    assert not threads.lock_branch(comment=second, by=moderator, reason="Enough.")
    for below in (second, third):
        with pytest.raises(ReplyRefused, match="Enough said"):
            make_comment(parent=below)
    make_comment(parent=fourth)
    article = first.article
    for order in ("threads", "time"):
        page = client.get(article.get_absolute_url(), {"order": order}).content.decode()
        assert "No more answers here: Enough said &lt;here&gt;." in page
        answers = [reverse("comment_reply", args=[one.pk]) in page for one in branch]
        assert answers == [True, False, False, True]
    member = make_member()
    client.force_login(member)
    form = client.post(reverse("comment_reply", args=[third.pk]), {"text": "But I meant"})
    assert "Enough said" in form.content.decode()
    assert "But I meant" in form.content.decode()
    assert threads.unlock_branch(comment=second, by=moderator)
    assert not threads.unlock_branch(comment=second, by=moderator)
    client.logout()
    page = client.get(article.get_absolute_url()).content.decode()
    assert "No more answers" not in page
    make_comment(parent=third)
    assert log() == ["lock_branch", "unlock_branch"]


def test_edit_in_a_locked_branch_comes_back_with_its_text(client, moderator, branch):
    first, second, third, fourth = branch
    client.force_login(third.author)
    address = reverse("comment_edit", args=[third.pk])
    article = first.article.get_absolute_url()
    assert client.get(article).context["mine"]["own"][third.number]
    threads.lock_branch(comment=second, by=moderator, reason="Enough said.")
    page = client.post(address, {"text": "What I meant"})
    assert page.status_code == 422
    assert "closed this branch: Enough said." in page.content.decode()
    assert "What I meant" in page.content.decode()
    own = client.get(article).context["mine"]["own"]
    assert own == {third.number: None}, "the card offers no edit, but withdrawing"
    assert comments.edit_comment(comment=fourth, by=fourth.author, text="Four, edited.")
    threads.unlock_branch(comment=second, by=moderator)
    assert client.post(address, {"text": "What I meant"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_edit_that_waits_while_a_branch_is_locked_is_refused(moderator):
    """The edit read the comment before the lock; refused is what is so when it has the row."""
    comment = make_comment(text="One")
    read = Comment.objects.knowing_locks().select_related("article", "author").get(pk=comment.pk)
    with transaction.atomic():
        threads.lock_branch(comment=comment, by=moderator, reason="Enough.")
        outcome: list[str | None] = []
        edit = threading.Thread(target=lambda: outcome.append(_edited(read)))
        edit.start()
        wait_until_somebody_waits()
    edit.join()
    assert outcome == ["A moderator has closed this branch: Enough."]


def _edited(comment):
    try:
        comments.edit_comment(comment=comment, by=comment.author, text="Two")
    except ReplyRefused as refusal:
        return str(refusal)
    finally:
        connection.close()


def test_lock_of_a_branch_on_another_page_is_known(client, settings, moderator, branch):
    settings.COMMENTS_PER_PAGE = 1
    threads.lock_branch(comment=branch[0], by=moderator, reason="Enough.")
    query = {"order": "threads", "start": 3}
    page = client.get(branch[0].article.get_absolute_url(), query).content.decode()
    assert "Three" in page
    assert reverse("comment_reply", args=[branch[2].pk]) not in page


def test_moderator_of_a_category_moves_nothing_out_of_it_or_into_it(branch):
    category = Category.objects.create(name="Rivers", slug="rivers")
    theirs = make_article()
    theirs.categories.add(category)
    keeper = make_member(moderated_categories=[category.pk])
    own, inside = make_comment(theirs), make_article()
    inside.categories.add(category)
    for refused in (
        lambda: threads.move(comment=own, article=make_article(), by=keeper, reason="x"),
        lambda: threads.move(comment=branch[1], article=theirs, by=keeper, reason="x"),
        lambda: threads.merge_discussions(
            source=branch[0].article, target=theirs, by=keeper, reason="x"
        ),
        lambda: threads.hide_branch(comment=branch[1], by=keeper, reason="x"),
        lambda: threads.lock_branch(comment=branch[1], by=keeper, reason="x"),
        lambda: threads.split(comment=branch[1], by=keeper, reason="x"),
    ):
        with pytest.raises(ModerationRefused):
            refused()
    assert threads.move(comment=own, article=inside, by=keeper, reason="x")


def test_verbs_stand_on_the_page_of_a_comment_for_who_moderates_it(client, branch):
    category = Category.objects.create(name="Rivers", slug="rivers")
    branch[0].article.categories.add(category)
    address = reverse("comment_page", args=[branch[1].pk])
    for person, shown in [
        (make_member(), False),
        (make_member(moderated_categories=[category.pk + 1]), False),
        (make_member(moderated_categories=[category.pk]), True),
        (make_member(is_staff=True), True),
    ]:
        client.force_login(person)
        page = client.get(address).content.decode()
        assert (reverse("admin:act", args=["move"]) in page) == shown
        assert (reverse("admin:act", args=["lock_branch"]) in page) == shown


# --- At the same moment -----------------------------------------------------------------------


def writer(article, member, parent=None, times=10):
    def write():
        posted = []
        for n in range(times):
            try:
                posted.append(
                    comments.post_comment(
                        author=member, article=article, text=f"Remark {n}", parent=parent
                    ).pk
                )
            except ReplyRefused:
                posted.append(None)
        return posted

    return write


@pytest.mark.django_db(transaction=True)
def test_discussions_merged_while_people_post_in_both_lose_nothing():
    one, other = make_article(), make_article()
    moderator, members = make_moderator(), [make_member() for _ in range(4)]
    for article in (one, other):
        make_comment(article)
    *posted, there, back = race(
        *(
            writer(article, member)
            for article, member in zip([one, one, other, other], members, strict=True)
        ),
        lambda: threads.merge_discussions(source=one, target=other, by=moderator, reason="x"),
        lambda: threads.merge_discussions(source=other, target=one, by=moderator, reason="x"),
    )
    assert (there, back) == (True, True)
    assert Comment.objects.count() == 42
    assert not [run for run in posted if None in run]
    assert_threads_sound()


def test_control_without_the_rows_of_both_articles_a_number_is_given_twice():
    source, target = make_comment().article, make_article()
    stale = type(target).objects.get(pk=target.pk)
    make_comment(target)  # by somebody else, after the counter was read
    with pytest.raises(IntegrityError, match="comment_number_once"), transaction.atomic():
        branches._change_article(list(source.comments.all()), source, stale)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["another article", "the same article"])
def test_branch_moved_while_people_answer_it_takes_their_answers_along_or_refuses_them(where):
    first = make_comment()
    branch = make_comment(parent=first)
    target = make_article() if where == "another article" else first.article
    moderator, members = make_moderator(), [make_member() for _ in range(3)]
    *posted, moved = race(
        *(writer(first.article, member, parent=branch) for member in members),
        lambda: threads.move(comment=branch, article=target, by=moderator, reason="x"),
    )
    assert moved is True
    branch.refresh_from_db()
    keys = {pk for run in posted for pk in run if pk}
    assert keys == set(branch.replies.values_list("pk", flat=True))
    assert set(branch.replies.values_list("article", flat=True)) <= {target.pk}
    if where == "the same article":
        assert len(keys) == 30
    assert_threads_sound()


@pytest.mark.django_db(transaction=True)
def test_control_with_a_parent_read_before_the_move_the_answer_is_torn_off(monkeypatch):
    branch = make_comment(parent=make_comment())
    threads.move(comment=branch, article=make_article(), by=make_moderator(), reason="x")
    anywhere = tree.INSERT_BELOW.replace("AND article_id = %s", "AND %s > 0")
    monkeypatch.setattr(tree, "INSERT_BELOW", anywhere)
    with pytest.raises(IntegrityError):
        make_comment(parent=branch)


@pytest.mark.django_db(transaction=True)
def test_comment_hidden_while_it_is_edited_is_hidden_and_counted_once():
    moderator, member = make_moderator(), make_member()
    for round_ in range(5):
        comment = make_comment(author=member)
        edited, hidden = race(
            lambda c=comment, r=round_: comments.edit_comment(
                comment=c, by=member, text=f"New {r}"
            ),
            lambda c=comment: flows.hide(comment=c, by=moderator, reason="x"),
        )
        assert hidden is True
        comment.refresh_from_db()
        assert not comment.is_visible
        if isinstance(edited, Exception):
            assert isinstance(edited, ReplyRefused)
            assert comment.text == "A remark."
        else:
            assert comment.text == f"New {round_}"
    assert_threads_sound()


def test_control_without_the_row_an_edit_goes_through_after_the_hiding(monkeypatch):
    comment = make_comment()
    stale = Comment.objects.select_related("author", "article", "parent").get(pk=comment.pk)
    flows.hide(comment=comment, by=make_moderator(), reason="x")
    with pytest.raises(ReplyRefused):
        comments.edit_comment(comment=stale, by=stale.author, text="New")
    monkeypatch.setattr(comments, "as_it_is", lambda comment: comment)
    comments.edit_comment(comment=stale, by=stale.author, text="New")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_posted_after_a_ban_by_who_was_read_before_it():
    moderator, article, banned = make_moderator(), make_article(), threading.Event()
    member = make_member()

    def ban():
        flows.ban(member=member, by=moderator, reason="spam")
        banned.set()

    def post():
        late = []
        for n in range(200):
            reader = User(**{f.attname: getattr(member, f.attname) for f in User._meta.fields})
            after = banned.is_set()
            try:
                comments.post_comment(author=reader, article=article, text=f"Remark {n}")
            except ReplyRefused:
                return late
            late += [n] if after else []
        return late

    late, done = race(post, ban)
    assert done is None
    assert late == []


def test_control_without_a_second_look_a_ban_comes_too_late(monkeypatch):
    member = make_member()
    flows.ban(member=User.objects.get(pk=member.pk), by=make_moderator(), reason="spam")
    with pytest.raises(ReplyRefused):
        make_comment(author=User.objects.get(pk=member.pk))
    monkeypatch.setattr(comments, "_be_welcome", lambda author: None)
    make_comment(author=member)


def test_versions_are_raised_where_moved_comments_were_are_and_are_answered(moderator, branch):
    first, second, third, _fourth = branch
    elsewhere, third_article = make_article(), make_article()
    linking = make_comment(third_article, text="x")
    ReplyLink.objects.create(comment=linking, target=third, handle="y")
    articles = [first.article, elsewhere, third_article]

    def versions():
        return [Article.objects.get(pk=one.pk).version for one in articles]

    before = versions()
    threads.move(comment=second, article=elsewhere, by=moderator, reason="x")
    moved = versions()
    assert all(now > then for now, then in zip(moved, before, strict=True))
    # What is written after that raises them again by itself.
    comments.hide_comment(comment=third, reason="x")
    assert versions()[1] > moved[1]
