"""Trust is earned, counted, shown, and lifts what it says."""

from datetime import timedelta

import pytest
from django.conf import settings as site
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from forum.comments import flows, permissions, standing, tasks
from forum.comments.models import Comment
from forum.flags.flows import flag_comment
from forum.moderation import flows as moderation
from forum.screening import trust
from forum.screening.trust import Level, Record
from tests.factories import make_article, make_comment, make_member, make_moderator

numbers = st.integers(0, 150)
records = st.builds(
    Record,
    age=numbers.map(lambda days: timedelta(days=days)),
    comments=numbers,
    hidden=st.integers(0, 5),
    flags_upheld=st.integers(0, 5),
)


@given(records, st.integers(0, 50), st.integers(0, 50), st.integers(0, 3))
def test_who_does_more_never_falls(record, days, comments, flags):
    more = Record(
        record.age + timedelta(days=days),
        record.comments + comments,
        record.hidden,
        record.flags_upheld + flags,
    )
    assert trust.level(more) >= trust.level(record)


@given(records)
def test_level_has_every_step_below_it(record):
    for level in Level:
        if Level.NEW < level <= trust.level(record):
            assert trust.STEPS[level].is_reached(record)


@pytest.mark.django_db
def test_levels_are_counted_from_what_members_did():
    article, old = make_article(), timezone.now() - timedelta(days=2)
    member = make_member(trust_level=Level.NEW, date_joined=old)
    newcomer = make_member(trust_level=Level.NEW)
    for person in (member, newcomer):
        for n in range(3):
            make_comment(article, person, text=f"Remark {n}.", posted_at=timezone.now())
    tasks.weigh_trust(timestamp=0)
    for person in (member, newcomer, article.author):
        person.refresh_from_db()
    assert (member.trust_level, newcomer.trust_level) == (Level.MEMBER, Level.NEW)
    flows.hide_comment(comment=member.comments.first(), reason="no")
    assert standing.weigh_recent() == 1
    member.refresh_from_db()
    assert member.trust_level == Level.NEW


@pytest.mark.django_db
def test_much_that_was_hidden_keeps_a_member_back_for_a_while():
    record = Record(timedelta(days=90), comments=120, hidden=14, flags_upheld=5)
    assert trust.level(record) == Level.MEMBER
    member = make_member(date_joined=timezone.now() - timedelta(days=400))
    comment = make_comment(author=member)
    flows.hide_comment(comment=comment, reason="no")
    assert standing.record_of(member).hidden == 1
    Comment.objects.update(hidden_at=timezone.now() - timedelta(days=91))
    assert standing.record_of(member).hidden == 0


@pytest.mark.django_db
def test_the_banned_are_trusted_with_nothing_and_moderators_with_all():
    member, moderator = make_member(), make_moderator()
    moderation.ban(member=member, by=moderator, reason="x")
    member.refresh_from_db()
    standing.weigh([member, moderator])
    assert (member.trust_level, moderator.trust_level) == (Level.NEW, Level.TRUSTED)


@pytest.mark.django_db
def test_flags_that_were_upheld_are_counted_and_taken_back():
    member, comment, moderator = make_member(), make_comment(), make_moderator()
    flag_comment(comment=comment, by=member, reason="spam")
    moderation.hide(comment=comment, by=moderator, reason="spam")
    member.refresh_from_db()
    assert member.flags_upheld == 1
    moderation.restore(comment=comment, by=moderator)
    member.refresh_from_db()
    assert member.flags_upheld == 0


@pytest.mark.django_db
def test_flags_of_the_trusted_weigh_more():
    comment = make_comment()
    weights = [
        flag_comment(comment=comment, by=make_member(trust_level=level), reason="spam").weight
        for level in Level
    ]
    assert weights == sorted(set(weights))


@pytest.mark.django_db
def test_trusted_members_have_more_time_to_edit(settings):
    settings.TYPO_WINDOW_MINUTES = 0
    comments = [make_comment(author=make_member(trust_level=level)) for level in Level]
    at = timezone.now() - timedelta(minutes=settings.EDIT_WINDOW_MINUTES + 5)
    for comment in comments:
        comment.posted_at = at
    allowed = [permissions.why_not_edit(one.author, one) is None for one in comments]
    assert allowed == [False, False, True, True]


@pytest.mark.django_db
def test_pictures_are_for_those_whom_the_setting_names(settings, client):
    picture = "![An otter](/media/articles/x.webp)"
    trusted, member = make_member(trust_level=Level.TRUSTED), make_member()
    assert "<img" not in make_comment(author=trusted, text=picture).html
    settings.COMMENT_PICTURES_FROM = 3
    comment = make_comment(author=trusted, text=picture)
    assert '<img src="/media/articles/x.webp" alt="An otter"' in comment.html
    assert "<img" not in make_comment(author=member, text=picture).html
    elsewhere = make_comment(author=trusted, text="![x](https://else.example/x.png)").html
    assert "<img" not in elsewhere
    article = make_article()
    address = reverse("comment_post", args=[article.publish_date, article.slug])
    for person, is_shown in ((trusted, True), (member, False)):
        client.force_login(person)
        page = client.post(address, {"text": picture, "preview": "1"}).content.decode()
        assert ("<img" in page) == is_shown


@pytest.mark.django_db
def test_page_says_what_comes_next_and_what_each_level_may(client, django_assert_max_num_queries):
    member = make_member(trust_level=Level.MEMBER, date_joined=timezone.now() - timedelta(days=20))
    make_comment(author=member)
    client.force_login(member)
    own = client.get(member.get_absolute_url()).content.decode()
    assert reverse("standing") in own
    with django_assert_max_num_queries(6):
        page = client.get(reverse("standing")).content.decode()
    assert "You are here as: Member" in page
    assert "What comes next: Regular" in page
    assert "Days since you joined: 14. <b>Done.</b>" in page
    assert "Comments of yours that are shown: 25. So far: 1." in page
    assert f"{site.EDIT_WINDOW_MINUTES * 4} minutes" in page
    assert reverse("standing") not in client.get(make_member().get_absolute_url()).content.decode()
