"""Two accounts become one with all that is theirs, and two again exactly as they were."""

import threading
from uuid import uuid4

import pytest
from django.core import serializers
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from forum.articles.flows import keep_working_copy
from forum.articles.models import Article, WorkingCopy
from forum.comments import flows as comments
from forum.comments.models import Case, Comment, Draft, Like
from forum.fairness.models import Appeal
from forum.flags.flows import flag_comment, settle
from forum.flags.models import Flag
from forum.flags.models import Record as FlagRecord
from forum.moderation import flows as moderation
from forum.moderation import letters
from forum.moderation.models import LogEntry, Message
from forum.notifications.flows import notify
from forum.notifications.models import Notification
from forum.people import flows
from forum.people.holdings import Merged, named
from forum.people.models import Merge
from forum.reading import flows as reading
from forum.reading.models import Following, PersonFollowing, ReadMark
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_member,
    make_moderator,
)
from tests.invariants import assert_threads_sound
from tests.race import race, wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_moderator("Olga")


def merge(gone, kept, owner, reason="one person"):
    return flows.merge_members(gone=gone, kept=kept, by=owner, reason=reason)


def everything():
    """Every row that names a member, but for the merge's own traces."""
    found = {}
    for one in named():
        if one.holding.merged is Merged.FOLLOW:
            rows = serializers.serialize("python", one.rows.order_by("pk"))
            for row in rows:
                row["fields"].pop("version", None)
                if row["model"] == "articles.article":
                    row["fields"].pop("last_commented_at")
            found[one.label] = [row for row in rows if not _of_the_merge(row)]
    return found


def _of_the_merge(row):
    return row["fields"].get("verb") in (
        "merge_members",
        "unmerge_members",
    ) or "joined the account" in str(row)


@pytest.fixture
def two():
    """Two people with one of everything, and all the conflicts there can be."""
    one, other = make_member("Zoë", username="zoe"), make_member("Zoë Two", username="zoe2")
    third = make_member("Bert")
    with_one = make_article(make_author("Anna"), co_authors=[one])
    both = make_article(one, co_authors=[other])
    make_article(other, co_authors=[third])
    said = make_comment(with_one, one, text="First.")
    answer = make_comment(with_one, other, parent=said, text="@Zoë: no.")
    make_comment(with_one, third, parent=answer, text="@Zoë: yes, and @Zoë Two#2: yes.")
    edited = make_comment(with_one, third, text="@zoë: and?")
    comments.edit_comment(comment=edited, by=third, text="@zoë: and then?")
    make_comment(both, third, text="Ask @Zoë about it.")
    liked = make_comment(both, third)
    for member, comment in (
        (one, liked),
        (other, liked),
        (one, answer),
        (other, said),
        (third, said),
    ):
        comments.like_comment(comment=comment, by=member)
    for member in (one, other):
        comments.save_draft(member=member, article=both, parent=None, text=f"{member} thinks")
        reading.follow(member=member, article=both)
        reading.follow(member=member, article=with_one, branch=said)
        ReadMark.objects.create(member=member, article=both, seen=[(1, member.pk)])
        notify(member=member, text="Something.", url="/")
        flag_comment(comment=liked, by=member, reason="spam")
    flag_comment(comment=answer, by=one, reason="other", words="Mine soon.")
    comments.save_draft(member=one, article=with_one, parent=said, text="Alone.")
    moderation.ban(member=one, by=make_moderator(), reason="noise")
    return User.objects.get(pk=one.pk), other


def test_all_of_an_account_follows(two, owner):
    gone, kept = two
    merge(gone, kept, owner)
    assert_threads_sound()
    for one in named():
        if one.holding.merged is Merged.FOLLOW and one.label != "moderation.LogEntry.member":
            assert not one.rows.filter(**{one.field.name: gone}).exists(), one.label
    kept.refresh_from_db()
    assert kept.is_banned
    assert kept.display_name == "Zoë Two"
    assert kept.unread_notifications == 3
    assert not User.objects.get(pk=gone.pk).is_active
    assert list(LogEntry.objects.filter(member=kept).values_list("verb", flat=True)) == ["ban"]


def test_what_both_have_is_there_once_and_nobody_likes_their_own(two, owner):
    gone, kept = two
    merge(gone, kept, owner)
    assert Like.objects.filter(member=kept).count() == 1
    assert list(Comment.objects.order_by("pk").values_list("like_count", flat=True)) == [
        Like.objects.filter(comment=comment).count() for comment in Comment.objects.order_by("pk")
    ]
    assert Draft.objects.filter(member=kept, parent=None).get().text == "Zoë Two thinks"
    assert Draft.objects.filter(member=kept).count() == 2
    assert Following.objects.filter(member=kept).count() == 2
    (both,) = Article.objects.filter(author=kept, co_authors=None)
    assert both.co_author_keys == []


def test_flags_follow_and_what_counts_them_is_right(two, owner):
    gone, kept = two
    case = Case.objects.get(flag_count=2)
    settle(comments=[Comment.objects.get(text="@Zoë: no.")], upheld=True)
    weight = case.flag_weight
    done = merge(gone, kept, owner)
    assert Flag.objects.filter(member=kept).count() == 1
    case.refresh_from_db()
    assert case.flag_count == 1
    assert FlagRecord.objects.get(member=kept).upheld == 1
    flows.undo_merge(merge=done, by=owner, reason="two")
    case.refresh_from_db()
    assert (case.flag_count, case.flag_weight) == (2, weight)
    assert FlagRecord.objects.get(member=gone).upheld == 1
    assert FlagRecord.objects.get(member=kept).upheld == 0


def test_names_in_the_texts_of_others_are_those_of_the_kept_account(two, owner):
    gone, kept = two
    merge(gone, kept, owner)
    answer = Comment.objects.get(text__startswith="@Zoë: yes")
    assert '<a class="reply-link" href="#comment-1">@Zoë Two</a></bdi>: yes' in answer.html
    assert answer.text.startswith("@Zoë: yes")
    mention = Comment.objects.get(text="Ask @Zoë about it.")
    assert '<a class="mention" href="/members/zoe2/">@Zoë Two</a>' in mention.html
    edited = Comment.objects.get(text="@zoë: and then?")
    assert "@Zoë Two</a></bdi>: and then?" in edited.html
    assert "@Zoë Two</a></bdi>: and?" in edited.revisions.get().html


def test_undone_everything_is_as_it_was(two, owner):
    gone, kept = two
    before = everything(), list(Comment.objects.order_by("pk").values_list("html", flat=True))
    accounts = list(User.objects.order_by("pk").values())
    done = merge(gone, kept, owner)
    assert everything() != before[0]
    assert flows.undo_merge(merge=done, by=owner, reason="two after all")
    assert not flows.undo_merge(merge=done, by=owner, reason="again")
    after = everything(), list(Comment.objects.order_by("pk").values_list("html", flat=True))
    assert after == before
    told = {"unread_notifications"}
    for row, was in zip(User.objects.order_by("pk").values(), accounts, strict=True):
        assert {k: v for k, v in row.items() if k not in told} == {
            k: v for k, v in was.items() if k not in told
        }
    assert_threads_sound()


def test_what_happened_since_stays_where_it_happened(two, owner):
    gone, kept = two
    done = merge(gone, kept, owner)
    moderation.unban(member=kept, by=owner)
    kept.refresh_from_db()
    new = make_comment(author=kept)
    own = Comment.objects.get(text="First.")
    comments.withdraw_comment(comment=own, by=kept)
    Comment.objects.filter(pk=own.pk).update(author=kept)
    flows.undo_merge(merge=done, by=owner, reason="two after all")
    new.refresh_from_db()
    own.refresh_from_db()
    assert new.author == kept
    assert own.author == gone
    assert own.withdrawn_at
    kept.refresh_from_db()
    assert not kept.is_banned


def test_warning_that_was_not_read_yet_follows(owner):
    gone, kept = make_member(), make_member()
    letters.warn(member=gone, by=owner, text="Not like this.")
    done = merge(gone, kept, owner)
    kept.refresh_from_db()
    assert kept.warning == "Not like this."
    flows.undo_merge(merge=done, by=owner, reason="two")
    kept.refresh_from_db()
    assert (kept.warned_at, kept.warning) == (None, "")


def test_pages_say_at_once_whose_the_comments_are(client, owner):
    gone, kept = make_member("Zoë"), make_member("Kept")
    own, answered = make_comment(author=gone), make_comment(author=gone)
    answer = make_comment(parent=answered, text="@Zoë: no.")
    mention = make_comment(text="Ask @Zoë.")

    def names():
        pages = [client.get(one.article.get_absolute_url()) for one in (own, answer, mention)]
        words = [page.content.decode() for page in pages]
        return {("Zoë" in page, "Kept" in page) for page in words}

    assert names() == {(True, False)}
    done = merge(gone, kept, owner)
    assert names() == {(False, True)}
    flows.undo_merge(merge=done, by=owner, reason="two")
    assert names() == {(True, False)}
    flows.erase_member(member=gone, keep_comments=True, keep_articles=True)
    assert names() == {(False, False)}


def test_record_has_no_network_addresses(owner):
    gone, kept, comment = make_member(), make_member(), make_comment()
    for member in (gone, kept):
        flag_comment(comment=comment, by=member, reason="spam", address="192.0.2.7")
    assert Flag.objects.filter(network__isnull=False).count() == 2
    [dropped] = merge(gone, kept, owner).record["dropped"]
    assert dropped["row"]["comment_id"] == comment.pk
    assert "network" not in dropped["row"]


def test_what_was_about_something_that_is_gone_is_not_put_back(owner):
    gone, kept, article = make_member(), make_member(), make_article()
    for member in (gone, kept):
        reading.follow(member=member, article=article)
    done = merge(gone, kept, owner)
    article.delete()
    assert flows.undo_merge(merge=done, by=owner, reason="two")
    connection.check_constraints()
    assert not Following.objects.exists()


def test_merge_with_who_moderates_since_is_the_owners_to_undo(owner):
    gone, kept, moderator = make_member(), make_member(), make_member(is_staff=True)
    done = merge(gone, kept, owner)
    User.objects.filter(pk=kept.pk).update(is_staff=True)
    with pytest.raises(flows.MergeRefused, match="Only the owner"):
        flows.undo_merge(merge=done, by=moderator, reason="two")
    assert flows.undo_merge(merge=done, by=owner, reason="two")


def test_merge_whose_closed_account_was_erased_cannot_be_undone(owner):
    gone, kept = make_member(), make_member()
    done = merge(gone, kept, owner)
    flows.erase_member(member=gone, keep_comments=True, keep_articles=True)
    with pytest.raises(flows.MergeRefused, match="was erased"):
        flows.undo_merge(merge=done, by=owner, reason="two")


def test_log_follows_a_merge_and_refuses_all_else(two, owner):
    gone, kept = two
    entry = LogEntry.objects.get(verb="ban")
    merge(gone, kept, owner)
    entry.refresh_from_db()
    assert entry.member == kept
    for change in ({"member": owner}, {"member": gone}, {"reason": "another"}, {"moderator": kept}):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            LogEntry.objects.filter(pk=entry.pk).update(**change)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        entry.delete()


def test_revisions_saved_with_one_key_stay_both(owner):
    article = make_article()
    gone, kept = make_member(), make_member()
    key = "6f0c8cf2-4a62-4f3a-9be1-1f2a7f2f3a11"
    for member in (gone, kept):
        article.revisions.create(saved_by=member, write_key=key, headline="x", text="x")
    done = merge(gone, kept, owner)
    assert article.revisions.filter(saved_by=kept).count() == 2
    flows.undo_merge(merge=done, by=owner, reason="two")
    assert str(article.revisions.get(saved_by=gone).write_key) == key


def test_second_account_that_was_merged_is_undone_first(owner):
    one, two, three = make_member(), make_member(), make_member()
    comment = make_comment(author=one)
    first, second = merge(one, two, owner), merge(two, three, owner)
    with pytest.raises(flows.MergeRefused, match="Undo that first"):
        flows.undo_merge(merge=first, by=owner, reason="x")
    for done in (second, first):
        flows.undo_merge(merge=done, by=owner, reason="x")
    comment.refresh_from_db()
    assert comment.author == one


@pytest.mark.parametrize(
    ("gone", "kept", "by", "words"),
    [
        ("member", "other", "member", "Only moderators"),
        ("member", "member", "moderator", "one account"),
        ("moderator", "member", "moderator", "Only the owner"),
        ("member", "moderator", "moderator", "Only the owner"),
        ("owner", "member", "owner", "cannot go"),
        ("closed", "member", "owner", "is closed"),
        ("member", "closed", "owner", "is closed"),
    ],
)
def test_merge_that_is_refused_says_why(owner, gone, kept, by, words):
    people = {
        "member": make_member(),
        "other": make_member(),
        "moderator": make_member(is_staff=True),
        "owner": owner,
        "closed": make_member(is_active=False),
    }
    with pytest.raises(flows.MergeRefused, match=words):
        flows.merge_members(gone=people[gone], kept=people[kept], by=people[by], reason="x")
    assert not Merge.objects.exists()


def test_merged_account_is_signed_out_and_stays_out(client, owner):
    gone, kept = make_member(username="gone"), make_member()
    client.force_login(gone)
    merge(gone, kept, owner)
    assert client.get("/").wsgi_request.user.is_anonymous


def begin_a_draft(gone, comment):
    comments.save_draft(member=gone, article=comment.article, parent=comment, text="Half of it")


def appeal(gone, comment):
    entry = LogEntry.objects.create(moderator=comment.author, verb="hide", member=gone, reason="x")
    Appeal.objects.create(entry=entry, member=gone, text="Please look again.")


def write_to(gone, comment):
    Message.objects.create(member=gone, by=comment.author, comment=comment, text="A word.")


# What somebody begins or is told: the model, the column that names them, and how.
THINGS = {
    "draft": (Draft, "member_id", begin_a_draft),
    "flag": (
        Flag,
        "member_id",
        lambda gone, comment: flag_comment(
            comment=comment, by=gone, reason="other", words="Something."
        ),
    ),
    "following": (
        Following,
        "member_id",
        lambda gone, comment: reading.follow(member=gone, article=comment.article),
    ),
    "following somebody": (
        PersonFollowing,
        "member_id",
        lambda gone, comment: reading.follow_person(member=gone, person=comment.author),
    ),
    "being followed": (
        PersonFollowing,
        "person_id",
        lambda gone, comment: reading.mute_person(member=comment.author, person=gone),
    ),
    "notification": (
        Notification,
        "member_id",
        lambda gone, comment: notify(member=gone, text="Something.", url="/"),
    ),
    "message": (Message, "member_id", write_to),
    "appeal": (Appeal, "member_id", appeal),
    "working copy": (
        WorkingCopy,
        "editor_id",
        lambda gone, comment: keep_working_copy(
            editor=gone, article=comment.article, write_key=uuid4(), fields={"text": "Half"}
        ),
    ),
}


@pytest.mark.parametrize("thing", THINGS)
def test_what_the_kept_account_has_already_is_there_once_and_nothing_fails(owner, thing):
    model, column, begin = THINGS[thing]
    gone, kept = make_member("Gone"), make_member("Kept")
    before = User.objects.get(pk=gone.pk)
    comment = make_comment()
    begin(kept, comment)
    merge(gone, kept, owner)
    begin(before, comment)
    assert model.objects.filter(**{column: kept}).count() == (
        1 + (thing in ("notification", "message", "appeal")) + (thing == "notification")
    )


@pytest.mark.parametrize("thing", ["flag", "following somebody", "being followed"])
def test_what_would_be_about_oneself_is_not_the_kept_accounts(owner, thing):
    model, column, begin = THINGS[thing]
    gone, comment = make_member("Gone"), make_comment()
    before = User.objects.get(pk=gone.pk)
    merge(gone, comment.author, owner)
    begin(before, comment)
    assert not model.objects.filter(**{column: comment.author}).exists()


@pytest.mark.parametrize("thing", ["draft", "flag", "message", "appeal", "working copy"])
def test_what_is_written_in_the_moment_of_erasing_has_no_words(thing):
    model, column, begin = THINGS[thing]
    member, comment = make_member("Gone"), make_comment()
    before = User.objects.get(pk=member.pk)
    flows.erase_member(member=member, keep_comments=True, keep_articles=True)
    begin(before, comment)
    row = model.objects.get(**{column: member})
    words = {"flag": "words", "working copy": "fields"}.get(thing, "text")
    assert not getattr(row, words)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """People go on while they are merged."""

    def test_what_is_posted_in_that_moment_is_the_kept_accounts(self, owner):
        gone, kept, other = make_member(), make_member(), make_member()
        article = make_article()
        first = make_comment(article, other)
        posts = [
            lambda: make_comment(article, gone),
            lambda: make_comment(make_article(), gone),
            lambda: make_comment(article, other, text=f"@{gone.display_name}: no."),
            lambda: comments.like_comment(comment=first, by=gone),
            lambda: make_comment(article, kept),
            lambda: make_comment(first.article, gone, parent=first),
        ]
        results = race(*posts, lambda: merge(gone, kept, owner))
        assert [result for result in results if isinstance(result, Exception)] == []
        assert not Comment.objects.filter(author=gone).exists()
        assert not Like.objects.filter(member=gone).exists()
        assert Comment.objects.filter(author=kept).count() == 4
        assert_threads_sound()

    @pytest.mark.parametrize("guarded", [True, False])
    def test_post_that_had_begun_before_and_comes_after(self, owner, guarded):
        """The control shows where it ends up without the database's help."""
        gone, kept = make_member(), make_member()
        article = make_article()
        before = User.objects.get(pk=gone.pk)
        merge(gone, kept, owner)
        if not guarded:
            switch("DISABLE")
        try:
            comment = make_comment(article, before)
        finally:
            switch("ENABLE")
        comment.refresh_from_db()
        assert comment.author == (kept if guarded else gone)

    @pytest.mark.parametrize("guarded", [True, False])
    @pytest.mark.parametrize("thing", THINGS)
    def test_what_is_begun_in_that_moment_is_the_kept_accounts(self, owner, thing, guarded):
        """The control shows where each ends up without the database's help."""
        model, column, begin = THINGS[thing]
        gone, kept = make_member("Gone"), make_member("Kept")
        comment = make_comment()
        merged = threading.Event()

        def merge_while_it_waits():
            with transaction.atomic():
                merge(gone, kept, owner)
                merged.set()
                wait_until_somebody_waits()

        def begin_meanwhile():
            merged.wait(timeout=20)
            begin(User.objects.get(pk=gone.pk), comment)

        if not guarded:
            switch("DISABLE", model, f"{column}_is_heir")
        try:
            assert race(merge_while_it_waits, begin_meanwhile) == [None, None]
        finally:
            if not guarded:
                switch("ENABLE", model, f"{column}_is_heir")
        rows = model.objects.exclude(**{f"{column}__in": [comment.author_id, owner.pk]})
        whose = rows.order_by("-pk").values_list(column, flat=True)[0]
        assert whose == (kept.pk if guarded else gone.pk)
        unread = User.objects.values_list("unread_notifications", flat=True)
        # The merge itself has told the kept account of it.
        assert unread.get(pk=kept.pk) == 1 + (guarded and thing == "notification")

    def test_merging_the_same_two_at_once_is_done_once(self, owner):
        one, two = make_member(), make_member()
        make_comment(author=one)
        results = race(
            lambda: merge(one, two, owner),
            lambda: merge(two, one, owner),
            lambda: merge(one, two, owner),
        )
        assert sum(isinstance(result, Merge) for result in results) == 1
        assert sum(isinstance(result, flows.MergeRefused) for result in results) == 2

    def test_renaming_and_merging_at_once_both_happen(self, owner):
        gone, kept = make_member("Old"), make_member("Kept")
        for _ in range(6):
            make_comment(make_article(), gone)
            make_comment(make_article(), kept)

        def rename():
            member = User.objects.get(pk=kept.pk)
            member.display_name = "New"
            member.save(update_fields=["display_name"])

        results = race(rename, lambda: merge(gone, kept, owner))
        assert [result for result in results if isinstance(result, Exception)] == []
        assert Comment.objects.filter(author=kept).count() == 12


def switch(how, model=Comment, trigger="comment_author_is_heir"):
    table = model._meta.db_table
    name = trigger if model is Comment else f"{table}_{trigger}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {name}")
