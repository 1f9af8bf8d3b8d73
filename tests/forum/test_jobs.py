"""Jobs are done once their transaction has committed, again when they fail, and by nobody else."""

import os
import subprocess
import sys
import time

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from forum import jobs, tasks
from forum.management import worker
from tests.factories import make_member
from tests.loops import no_loop_running

pytestmark = pytest.mark.django_db(transaction=True)
failures = []


@app.task(name="tests.greet")
def greet(*, pk):
    User.objects.filter(pk=pk).update(biography="greeted")


@app.task(name="tests.stumble", retry=RetryStrategy(max_attempts=3, wait=0))
def stumble():
    failures.append(1)
    if len(failures) < 3:
        raise ValueError("not yet")


@app.task(name="tests.fail")
def fail():
    raise ValueError("never")


def do_jobs():
    with no_loop_running():
        call_command("work", once=True)


def states():
    ours = ProcrastinateJob.objects.filter(task_name__startswith="tests.").order_by("pk")
    return list(ours.values_list("status", flat=True))


@pytest.fixture(autouse=True)
def no_failures(empty_queue):
    failures.clear()


def test_job_of_a_transaction_that_commits_is_done():
    member = make_member()
    with transaction.atomic():
        greet.defer(pk=member.pk)
    do_jobs()
    member.refresh_from_db()
    assert member.biography == "greeted"
    assert states() == ["succeeded"]


def test_job_of_a_transaction_that_does_not_commit_never_was():
    member = make_member()
    with transaction.atomic():
        greet.defer(pk=member.pk)
        transaction.set_rollback(True)
    do_jobs()
    member.refresh_from_db()
    assert member.biography == ""
    assert states() == []


def test_job_that_fails_is_tried_again():
    stumble.defer()
    for _attempt in range(3):
        do_jobs()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    assert len(failures) == 3
    assert states() == ["succeeded"]


def test_job_that_fails_for_good_is_kept_and_stops_no_other(caplog):
    member = make_member()
    fail.defer()
    greet.defer(pk=member.pk)
    do_jobs()
    assert states() == ["failed", "succeeded"]
    assert "never" in caplog.text


def test_old_jobs_are_forgotten_and_failed_ones_kept_longer():
    fail.defer()
    greet.defer(pk=1)
    do_jobs()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '2 days'")
    tasks.forget_old_jobs.defer(timestamp=0)
    do_jobs()
    assert states() == ["failed"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '40 days'")
    tasks.forget_old_jobs.defer(timestamp=0)
    do_jobs()
    assert states() == []


def test_job_whose_worker_was_killed_is_done_by_another():
    member = make_member()
    greet.defer(pk=member.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '5 minutes') RETURNING id) "
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
        )
    tasks.take_up_left_jobs.defer(timestamp=0)
    do_jobs()
    do_jobs()
    assert states() == ["succeeded"]


def test_worker_ends_when_its_server_is_gone():
    member = make_member()
    greet.defer(pk=member.pk)
    with no_loop_running():
        jobs.work(server=os.getppid() + 1)
    assert states() in (["todo"], ["succeeded"])


def test_worker_that_dies_is_replaced_and_ends_with_the_server(monkeypatch):
    started = []

    def start():
        started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))
        return started[-1]

    monkeypatch.setattr(worker, "_start", start)
    monkeypatch.setattr(worker, "AGAIN_AFTER", 0)
    with worker.working():
        while not started:
            time.sleep(0.01)
        started[0].kill()
        while len(started) < 2:
            time.sleep(0.01)
        assert started[1].poll() is None
    assert started[1].poll() is not None
    assert len(started) == 2
