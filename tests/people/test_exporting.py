"""Members take everything of theirs with them, and nothing of anybody else's."""

import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from forum.comments import flows as comments
from forum.moderation import flows as moderation
from forum.people import exporting, flows, tasks
from forum.people.holdings import named
from forum.people.models import Export, SignIn
from forum.reading import flows as reading
from tests.accounts.signing_in import sign_in_afresh
from tests.factories import (
    PASSWORD,
    make_article,
    make_author,
    make_comment,
    make_member,
    make_moderator,
)
from tests.site_map import content

pytestmark = pytest.mark.django_db
SECRET = "of-nobody-elses-business"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def member(client):
    member = make_author("Zoë", username="zoe", biography="Keeps bees.")
    sign_in_afresh(client, member)
    return member


def unpack(member):
    """All files of a fresh download, by name."""
    export = Export.objects.create(member=member)
    tasks.make_export(export=str(export.pk))
    with zipfile.ZipFile(exporting.place(export.pk)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_all_that_is_ones_own_is_in_it(member):
    owner = make_moderator()
    other = make_article(make_author("Anna"), headline="On otters")
    said = make_comment(other, member, text="First *thought*.")
    comments.edit_comment(comment=said, by=member, text="Second *thought*.")
    hidden = make_comment(other, member, text="Hidden words.")
    moderation.hide(comment=hidden, by=owner, reason="off topic")
    withdrawn = make_comment(other, member, text="Withdrawn words.")
    comments.withdraw_comment(comment=withdrawn, by=member)
    comments.save_draft(member=member, article=other, parent=None, text="Draft words.")
    make_article(member, headline="Mine", text="Own article.", published=False)
    reading.follow(member=member, article=other)
    files = unpack(member)
    everything = b"\n".join(files.values()).decode()
    for words in (
        *("First *thought*.", "Second *thought*.", "Hidden words.", "off topic", "Draft words."),
        *("Withdrawn words.", "Own article.", "Keeps bees.", "zoe@example.org", "On otters"),
    ):
        assert words in everything, words
    tables = {f"data/{one.label}.json" for one in named() if one.holding.exported}
    assert tables | {"README.md", "data/account.json"} <= files.keys()
    for name, held in files.items():
        if name.endswith(".json"):
            json.loads(held)
    page = next(files[name].decode() for name in files if name.startswith("comments/"))
    assert page.startswith("# On otters\n\n<http://testserver/")
    assert "## 1\n" in page
    rows = json.loads(files["data/comments.Comment.author.json"])
    assert rows[0]["article"] == f"http://testserver{other.get_absolute_url()}"
    following = json.loads(files["data/reading.Following.member.json"])
    assert following[0]["article"] == rows[0]["article"]


def test_nothing_of_anybody_else_is_in_it(member):
    """Not what others wrote, who they are, how they are reached, nor who moderated."""
    owner = make_moderator(f"Olga {SECRET}", username="olga-secret")
    other = make_member(
        f"Bert {SECRET}", username="bert-secret", email=f"{SECRET}@example.org", biography=SECRET
    )
    article = make_article(make_author(f"Anna {SECRET}"), text=f"{SECRET} text", headline="Otters")
    said = make_comment(article, other, text=f"{SECRET} remark")
    mine = make_comment(article, member, parent=said, text="Mine.")
    answer = make_comment(article, other, parent=mine, text=f"@Zoë: {SECRET}")
    comments.edit_comment(comment=answer, by=other, text=f"@Zoë: {SECRET} edited")
    for person, comment in ((member, said), (other, mine)):
        comments.like_comment(comment=comment, by=person)
    moderation.hide(comment=said, by=owner, reason=f"{SECRET} reason")
    moderation.hide(comment=mine, by=owner, reason="off topic")
    reading.follow_person(member=member, person=other)
    shared = make_article(other, co_authors=[member], text="Ours.")
    shared.revisions.create(saved_by=other, headline=SECRET, text=SECRET)
    comments.save_draft(member=other, article=article, parent=None, text=SECRET)
    files = unpack(member)
    found = [name for name, content in files.items() if SECRET.encode() in content]
    assert found == []
    everything = b"\n".join(files.values()).decode()
    assert "off topic" in everything
    assert "olga-secret" not in everything
    assert member.password not in everything


def test_download_is_asked_for_made_mailed_and_fetched(client, member):
    answer = client.post(reverse("own_words"), follow=True)
    assert "You will get a mail" in answer.content.decode()
    export = Export.objects.get(member=member)
    tasks.make_export(export=str(export.pk))
    (message,) = mail.outbox
    assert message.to == ["zoe@example.org"]
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    sent = client.get(link)
    assert sent["Content-Disposition"].startswith("attachment")
    assert b"".join(sent)[:2] == b"PK"
    page = client.get(reverse("own_words")).content.decode()
    assert link in page
    again = client.post(reverse("own_words")).content.decode()
    assert "within the last day" in again


def test_job_that_is_done_twice_sends_one_mail(member):
    export = Export.objects.create(member=member)
    for _ in range(2):
        tasks.make_export(export=str(export.pk))
    assert len(mail.outbox) == 1


def test_download_is_for_its_member_alone_and_not_for_ever(client, member):
    export = Export.objects.create(member=member)
    place = reverse("export", args=[export.pk])
    assert client.get(place).status_code == 404
    tasks.make_export(export=str(export.pk))
    assert b"".join(client.get(place))
    client.logout()
    assert client.get(place).url.startswith(reverse("account_login"))
    sign_in_afresh(client, make_member())
    assert client.get(place).status_code == 404
    client.logout()
    sign_in_afresh(client, member)
    Export.objects.update(expires_at=timezone.now())
    assert client.get(place).status_code == 404


@pytest.mark.parametrize("name", ["export", "own_words", "account_erase"])
def test_password_is_asked_for_again_after_a_while(client, member, name):
    export = Export.objects.create(member=member)
    tasks.make_export(export=str(export.pk))
    session = client.session
    session["account_authentication_methods"][-1]["at"] -= 3600
    session.save()
    place = reverse(name, args=[export.pk] if name == "export" else [])
    answer = client.get(place) if name != "own_words" else client.post(place)
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert content(client.post(answer.url, {"password": PASSWORD}, follow=True))
    answer = client.get(place)
    assert answer.status_code == 200
    assert content(answer)


def test_expired_files_and_old_sign_ins_are_forgotten(member):
    export = Export.objects.create(member=member)
    tasks.make_export(export=str(export.pk))
    assert exporting.place(export.pk).exists()
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    recent = SignIn.objects.get(member=member)
    old = timezone.now() - timedelta(days=91)
    SignIn.objects.create(member=member, at=old)
    tasks.forget_old_records(timestamp=0)
    assert not exporting.place(export.pk).exists()
    assert not Export.objects.exists()
    assert list(SignIn.objects.filter(member=member)) == [recent]
    assert recent.method == "password"


def test_erased_meanwhile_nothing_is_left(member, django_capture_on_commit_callbacks):
    export = Export.objects.create(member=member)
    tasks.make_export(export=str(export.pk))
    with django_capture_on_commit_callbacks(execute=True):
        flows.erase_member(member=member, keep_comments=True, keep_articles=True)
    assert not exporting.place(export.pk).exists()
    tasks.make_export(export=str(export.pk))
    assert not exporting.place(export.pk).exists()


def test_file_that_was_made_for_an_account_while_it_was_erased_is_deleted(member, monkeypatch):
    """Erasing comes between the making of the file and the note that it is there."""
    export = Export.objects.create(member=member)
    write = exporting.write

    def write_while_it_is_erased(whose, file):
        write(whose, file)
        flows.erase_member(member=whose, keep_comments=True, keep_articles=True)

    monkeypatch.setattr(exporting, "write", write_while_it_is_erased)
    tasks.make_export(export=str(export.pk))
    assert not exporting.place(export.pk).exists()
    assert mail.outbox == []
