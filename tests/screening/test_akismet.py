"""Akismet, as a server on this machine: asked only with a key, believed when it answers."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from forum.comments import tasks
from forum.comments.models import Comment
from forum.screening import akismet
from forum.screening.judging import Sent
from forum.screening.models import Kind, Rule
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, monkeypatch):
    """Says spam of what has “pills” in it; `asked` is what it was sent, `answer` what it says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            self.server.asked.append(fields)
            answer = self.server.answer or str("pills" in fields["comment_content"]).lower()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.answer = [], ""
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setattr(akismet, "ENDPOINT", f"http://127.0.0.1:{server.server_port}/check")
        settings.AKISMET_KEY = "secret"
        yield server
        server.shutdown()
        thread.join()


def ask(comment, address="192.0.2.1"):
    tasks.ask_akismet(comment=comment.pk, address=address, agent="Lynx")
    return Comment.objects.get(pk=comment.pk)


def test_what_it_calls_spam_is_held_and_the_rest_stays(server):
    assert ask(make_comment(text="Cheap pills")).held_at
    assert ask(make_comment(text="Otters")).held_at is None
    assert Comment.objects.get(text="Cheap pills").findings.get().rule_name == "Akismet"
    assert server.asked[0]["user_ip"] == "192.0.2.1"
    assert server.asked[0]["api_key"] == "secret"


@pytest.mark.parametrize("answer", ["invalid", "x" * 100_000])
def test_answer_that_means_nothing_changes_nothing_and_is_asked_for_again(server, answer):
    server.answer = answer
    comment = make_comment()
    with pytest.raises(akismet.AkismetSilent):
        ask(comment)
    comment.refresh_from_db()
    assert comment.held_at is None


def test_server_that_is_down_is_asked_again(server, monkeypatch):
    monkeypatch.setattr(akismet, "ENDPOINT", "http://127.0.0.1:9/check")
    with pytest.raises(akismet.AkismetSilent):
        ask(make_comment())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("key", "level", "jobs"), [("", 0, 0), ("secret", 0, 1), ("secret", 2, 0)])
def test_only_with_a_key_and_for_whom_the_rule_concerns(empty_queue, settings, key, level, jobs):
    from procrastinate.contrib.django.models import ProcrastinateJob

    Rule.objects.all().delete()
    settings.AKISMET_KEY = key
    Rule.objects.create(name="Akismet", kind=Kind.AKISMET, up_to_level=1)
    make_comment(make_article(), make_member(trust_level=level), sent=Sent(address="192.0.2.1"))
    found = ProcrastinateJob.objects.filter(task_name=tasks.ask_akismet.name)
    assert found.count() == jobs
