"""The owner sees what jobs failed and has them tried again."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from forum import tasks
from tests.factories import make_member, make_moderator

pytestmark = pytest.mark.django_db
DESK = "/admin/procrastinate/procrastinatejob/"


@pytest.fixture
def failed():
    job = tasks.forget_old_jobs.configure(queueing_lock=None).defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job])
    return job


def test_owner_has_failed_jobs_tried_again(client, failed):
    client.force_login(make_moderator())
    page = client.get(DESK, {"status__exact": "failed"}).content.decode()
    assert "forget_old_jobs" in page
    answer = client.post(
        DESK, {"action": "try_again", "_selected_action": failed}, follow=True
    ).content.decode()
    assert "Jobs that are tried again: 1." in answer
    assert ProcrastinateJob.objects.get(pk=failed).status == "todo"


def test_job_is_read_and_never_written(client, failed):
    client.force_login(make_moderator())
    assert "forget_old_jobs" in client.get(f"{DESK}{failed}/change/").content.decode()
    assert client.post(f"{DESK}{failed}/change/", {"status": "succeeded"}).status_code == 403
    assert client.get(f"{DESK}add/").status_code == 403


def test_jobs_are_no_business_of_moderators(client, failed):
    client.force_login(make_member(is_staff=True))
    assert client.get(DESK).status_code == 403
