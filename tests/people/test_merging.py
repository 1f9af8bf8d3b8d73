"""Two accounts become one with all that is theirs, and two again exactly as they were."""

import pytest
from django.core import serializers
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from forum.articles.models import Article
from forum.comments import flows as comments
from forum.comments.models import Case, Comment, Draft, Like
from forum.flags.flows import flag_comment, settle
from forum.flags.models import Flag
from forum.flags.models import Record as FlagRecord
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.notifications.flows import notify
from forum.people import flows
from forum.people.holdings import Merged, named
from forum.people.models import Merge
from forum.reading import flows as reading
from forum.reading.models import Following, ReadMark
from tests.factories import (
    make_article,
    make_author,
    make_comment,
    make_member,
    make_moderator,
)
from tests.invariants import assert_threads_sound
from tests.race import race

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


def switch(how):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE comments_comment {how} TRIGGER comment_author_is_heir")
