"""Accounts whose address was never confirmed give their names back."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.comments.flows import edit_comment
from forum.imports.models import ImportedMember
from forum.moderation import flows as moderation
from forum.people import tasks
from forum.reading.models import PersonFollowing
from tests.accounts.test_signing_up import WORDS, sign_up
from tests.factories import make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=15)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path


def joined(client, ago=LONG_AGO, **changes):
    """Somebody who signed up and looked into no mail."""
    sign_up(client, **changes)
    User.objects.filter(username="zoe").update(date_joined=timezone.now() - ago)
    return User.objects.get(username="zoe")


def is_there_after_the_job(member):
    tasks.remove_unconfirmed_accounts(timestamp=0)
    return User.objects.filter(pk=member.pk).exists()


def test_name_and_address_of_who_never_confirmed_are_free_again(client):
    before = joined(client)
    refused = sign_up(Client(), email="other@example.org").context["form"].errors
    assert "username" in refused
    assert not is_there_after_the_job(before)
    assert not EmailAddress.objects.filter(email=WORDS["email"]).exists()
    cache.clear()  # the limit of mails to one address
    assert sign_up(Client()).status_code == 302
    assert User.objects.get(username="zoe").pk != before.pk


def test_mail_to_who_never_confirmed_is_deleted(
    client, tmp_path, django_capture_on_commit_callbacks
):
    member = joined(client)
    backend = "django.core.mail.backends.filebased.EmailBackend"
    for address in (member.email, "kept@example.org"):
        connection = get_connection(backend, file_path=tmp_path)
        EmailMessage("Code", "Text.", to=[address], connection=connection).send()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.remove_unconfirmed_accounts(timestamp=0)
    (left,) = tmp_path.iterdir()
    assert "kept@example.org" in left.read_text()


def test_account_waits_for_its_days(client, settings):
    member = joined(client)
    settings.UNCONFIRMED_KEPT_DAYS = 16
    assert is_there_after_the_job(member)


@pytest.mark.parametrize(
    "change",
    [{"is_staff": True}, {"is_author": True}, {"moderated_categories": [1]}, {"is_active": False}],
)
def test_account_with_a_role_or_closed_stays(client, change):
    member = joined(client)
    User.objects.filter(pk=member.pk).update(**change)
    assert is_there_after_the_job(member)


def test_account_that_was_ever_signed_in_to_stays(client):
    member = joined(client)
    User.objects.filter(pk=member.pk).update(last_login=timezone.now())
    assert is_there_after_the_job(member)


def test_confirmed_account_stays(client):
    member = joined(client)
    EmailAddress.objects.filter(user=member).update(verified=True)
    assert is_there_after_the_job(member)


@pytest.mark.parametrize("way", ["a comment", "a ban", "an import"])
def test_account_that_the_site_has_to_do_with_stays(client, way):
    member = joined(client)
    if way == "a comment":
        make_comment(author=member)
    elif way == "a ban":
        moderation.ban(member=member, by=make_moderator(), reason="a row of names")
    else:
        ImportedMember.objects.create(member=member, source="old", identity="1")
    assert is_there_after_the_job(member)


def test_name_that_somebody_mentioned_is_free_again_and_their_words_stay(client):
    member, writer = joined(client), make_member("Olga")
    PersonFollowing.objects.create(member=writer, person=member, followed_at=timezone.now())
    here = make_comment(author=writer, text=f"@{member.display_name} and @Olga: where are you?")
    article = here.article
    before = here.html
    comment = edit_comment(comment=here, by=writer, text=f"@{member.display_name}, at last?")
    version = Article.objects.get(pk=article.pk).version
    there = f"/members/{member.username}/"
    assert there in before
    assert there in comment.html
    assert not is_there_after_the_job(member)
    comment.refresh_from_db()
    assert comment.text == "@Zoë de la Cruz, at last?"
    assert comment.html == "<p>@Zoë de la Cruz, at last?</p>"
    earlier = comment.revisions.get()
    assert "@Zoë de la Cruz and " in earlier.html
    assert there not in earlier.html
    # Who reads the page now is shown it without the link.
    assert Article.objects.get(pk=article.pk).version > version


def test_members_without_an_address_here_stay(client):
    member = make_member(date_joined=timezone.now() - LONG_AGO)
    EmailAddress.objects.filter(user=member).delete()
    assert is_there_after_the_job(member)
