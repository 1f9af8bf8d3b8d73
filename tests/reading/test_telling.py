"""Who is told that a comment answers or names them."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from forum import jobs
from forum.articles.models import Article
from forum.comments import flows
from forum.comments.models import Untold
from forum.notifications.models import Notification
from forum.reading import flows as reading
from forum.reading.tasks import tell_of_comment
from forum.reading.telling import BY_MAIL, tell_of
from tests.factories import make_article, make_comment, make_member
from tests.loops import no_loop_running

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe():
    return make_member("Zoë")


@pytest.fixture
def said(zoe):
    return make_comment(author=zoe)


def tell(comment):
    """As the job does that posting leaves."""
    return tell_of([comment.pk])


def test_who_is_answered_is_told_where_and_not_what(zoe, said):
    answer = make_comment(parent=said, author=make_member("Plugh"), text="xyzzy")
    assert tell(answer) == 1
    told = Notification.objects.get()
    assert (told.member, told.url) == (zoe, answer.get_absolute_url())
    assert said.article.headline in told.text
    assert "xyzzy" not in told.text
    assert "Plugh" not in told.text


def test_who_is_named_is_told_also_where_they_took_no_part(zoe, said):
    other = make_member("Tobias")
    comment = make_comment(said.article, text="@Zoë and @Tobias: both.")
    assert tell(comment) == 2
    assert set(Notification.objects.values_list("member", flat=True)) == {zoe.pk, other.pk}


def test_nobody_is_told_twice_of_one_comment(zoe, said):
    answer = make_comment(parent=said, text="@Zoë: one. @Zoë#1: two.")
    assert [tell(answer), tell(answer)] == [1, 0]


def test_nobody_is_told_of_their_own(zoe, said):
    assert tell(make_comment(parent=said, author=zoe, text="@Zoë: and more.")) == 0


def test_edit_tells_those_whom_it_adds_alone(zoe, said):
    answer = make_comment(parent=said, text="@Zoë: no.")
    tell(answer)
    make_member("Tobias")
    for text, number in [("@Zoë: nope.", 0), ("@Zoë: nope, @Tobias.", 1)]:
        flows.edit_comment(comment=answer, by=answer.author, text=text)
        assert tell(answer) == number


def test_what_is_out_of_sight_tells_when_it_comes_into_sight(said):
    answer = make_comment(parent=said)
    flows.hide_comment(comment=answer, reason="off topic")
    assert tell(answer) == 0
    flows.restore_comment(comment=answer)
    assert tell(answer) == 1


def test_article_that_is_out_no_more_tells_nothing(said):
    answer = make_comment(parent=said)
    Article.objects.update(published_at=None, publish_date=None)
    assert tell(answer) == 0


def test_who_is_out_of_sight_is_not_told_they_were_answered(said):
    answer = make_comment(parent=said)
    flows.hide_comment(comment=said, reason="off topic")
    assert tell(answer) == 0


def test_who_left_is_told_nothing(zoe, said):
    answer = make_comment(parent=said)
    zoe.is_active = False
    zoe.save()
    assert tell(answer) == 0


def test_muted_member_tells_nothing(zoe, said):
    answer = make_comment(parent=said)
    reading.mute_person(member=zoe, person=answer.author)
    assert tell(answer) == 0


@pytest.mark.parametrize(
    ("discussion", "branch", "number"),
    [
        (reading.mute, None, 0),
        (None, reading.mute, 0),
        (reading.follow, reading.mute, 0),
        (reading.mute, reading.follow, 1),
    ],
)
def test_muted_places_tell_nothing_and_the_narrowest_decides(zoe, said, discussion, branch, number):
    other = make_member()
    between = make_comment(parent=said, author=other)
    answer = make_comment(parent=between, author=other, text="@Zoë: no.")
    if discussion:
        discussion(member=zoe, article=said.article)
    if branch:
        branch(member=zoe, article=said.article, branch=said)
    reading.mute(member=make_member(), article=said.article)
    assert tell(answer) == number


def test_other_muted_branch_changes_nothing(zoe, said):
    reading.mute(member=zoe, article=said.article, branch=make_comment(said.article))
    assert tell(make_comment(parent=said)) == 1


def test_mail_goes_to_who_asked_for_it(zoe, said, mails):
    zoe.prefer(BY_MAIL, True)
    answer = make_comment(parent=said, text="@Zoë and nobody else.")
    tell(answer)
    assert mails() == [Notification.objects.get().pk]
    other = make_comment(author=make_member())
    tell(make_comment(parent=other))
    assert len(mails()) == 1


@pytest.fixture
def mails():
    """The notifications that jobs wait to mail."""

    def waiting():
        here = list(Notification.objects.values_list("pk", flat=True))
        found = ProcrastinateJob.objects.filter(args__notification__in=here)
        return [job.args["notification"] for job in found]

    return waiting


def waiting_to_tell():
    return list(Untold.objects.order_by("pk").values_list("comment", flat=True))


def test_flows_remember_where_there_may_be_somebody_to_tell(said):
    assert waiting_to_tell() == []
    held_article = make_article(comments_policy="held")
    top = make_comment(held_article, text="@Zoë?")
    assert top.held_at
    assert waiting_to_tell() == []
    flows.restore_comment(comment=top)
    answer = make_comment(parent=said, text="No.")
    flows.edit_comment(comment=answer, by=answer.author, text="Nope.")
    assert waiting_to_tell() == [top.pk, answer.pk]
    flows.edit_comment(comment=answer, by=answer.author, text="@Zoë: nope.")
    assert waiting_to_tell() == [top.pk, answer.pk, answer.pk]
    make_comment(parent=said, posted_at=said.posted_at)
    assert len(waiting_to_tell()) == 3


def test_job_about_what_was_erased_does_nothing():
    tell_of_comment(comment=0)
    assert not Notification.objects.exists()


def test_each_of_many_is_told_of_each_comment(zoe, said):
    other = make_member("Tobias")
    answers = [make_comment(parent=said, text="@Tobias: and you.") for _ in range(3)]
    assert tell_of([answer.pk for answer in answers]) == 6
    zoe.refresh_from_db()
    other.refresh_from_db()
    assert (zoe.unread_notifications, other.unread_notifications) == (3, 3)
    assert Notification.objects.filter(member=zoe).count() == 3


def test_who_mutes_one_of_many_is_told_of_the_others(zoe, said):
    answers = [make_comment(parent=said) for _ in range(3)]
    reading.mute_person(member=zoe, person=answers[0].author)
    reading.mute(member=zoe, article=said.article, branch=answers[1])
    below = make_comment(parent=answers[1], text="@Zoë: see above.")
    tell_of([answer.pk for answer in [*answers, below]])
    told = Notification.objects.get(member=zoe)
    assert told.url == answers[2].get_absolute_url()


@pytest.mark.parametrize("number", [1, 12])
def test_telling_of_many_asks_as_few_questions(number, said, django_assert_num_queries):
    answers = [make_comment(parent=make_comment(said.article)) for _ in range(number)]
    with django_assert_num_queries(14):
        assert tell_of([answer.pk for answer in answers]) == number


@pytest.mark.django_db(transaction=True)
def test_worker_tells_of_all_that_came_with_one_job(empty_queue):
    said = make_comment(author=make_member("Zoë"))
    for _ in range(3):
        make_comment(parent=said)
    job = ProcrastinateJob.objects.get(task_name=flows.TELL)
    with no_loop_running():
        jobs.work(wait=False)
    assert list(Notification.objects.values_list("member", flat=True)) == [said.author.pk] * 3
    assert not Untold.objects.exists()
    job.refresh_from_db()
    assert job.status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_post_that_comes_while_a_job_tells_gets_another(empty_queue):
    said = make_comment(author=make_member("Zoë"))
    make_comment(parent=said)
    ProcrastinateJob.objects.filter(task_name=flows.TELL).update(status="doing")
    make_comment(parent=said)
    assert ProcrastinateJob.objects.filter(task_name=flows.TELL, status="todo").count() == 1


@pytest.mark.django_db(transaction=True)
def test_comment_that_cannot_be_told_of_keeps_no_other_back(empty_queue, caplog):
    said = make_comment(author=make_member("Zoë"))
    bad, good = make_comment(parent=said), make_comment(parent=said)
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE reading_toldof ADD CONSTRAINT refused CHECK (comment_id <> {bad.pk})"
        )
        try:
            with no_loop_running():
                jobs.work(wait=False)
                jobs.work(wait=False)  # what the first one left
        finally:
            cursor.execute("ALTER TABLE reading_toldof DROP CONSTRAINT refused")
    assert Notification.objects.get().url == good.get_absolute_url()
    assert "one by one" in caplog.text
    [again] = ProcrastinateJob.objects.filter(task_name=tell_of_comment.name, status="todo")
    assert again.args == {"comment": bad.pk}
