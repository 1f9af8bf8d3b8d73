"""A member's mailbox on the site: told once, counted, read, and nobody else's to open."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forum.notifications import flows
from forum.notifications.models import Notification
from tests.factories import make_member
from tests.loops import no_loop_running

PLACE = "/notifications/"


@pytest.mark.django_db
def test_notification_is_counted_until_it_is_opened(client):
    member = make_member()
    told = flows.notify(member=member, text=_("Sign in"), url="/tags/")
    client.force_login(member)
    page = client.get("/tags/").content.decode()
    assert "Notifications (1)" in page
    assert told.text in client.get(PLACE).content.decode()

    answer = client.get(reverse("notification", args=[told.pk]))
    assert answer["Location"] == "/tags/"
    assert "Notifications (" not in client.get("/tags/").content.decode()
    assert not flows.mark_read(notification=told)
    member.refresh_from_db()
    assert member.unread_notifications == 0


@pytest.mark.django_db
def test_all_are_read_with_one_button_and_those_of_others_stay(client):
    member, other = make_member(), make_member()
    for person in (member, member, other):
        flows.notify(member=person, text="Something happened.", url="/tags/")
    client.force_login(member)
    client.post(reverse("notifications_all_read"))
    assert not Notification.objects.of(member).unread().exists()
    other.refresh_from_db()
    assert other.unread_notifications == Notification.objects.of(other).unread().count() == 1


@pytest.mark.django_db
def test_notification_of_another_member_is_not_found(client):
    told = flows.notify(member=make_member(), text="For your eyes.", url="/tags/")
    client.force_login(make_member())
    assert client.get(reverse("notification", args=[told.pk])).status_code == 404
    assert b"For your eyes." not in client.get(PLACE).content


@pytest.mark.django_db(transaction=True)
def test_mail_goes_to_the_confirmed_address_and_to_no_other(empty_queue, mailoutbox, settings):
    member, unsure = make_member(), make_member()
    unsure.emailaddress_set.update(verified=False)
    for person in (member, unsure):
        flows.notify(member=person, text="Your draft\nis back.", url="/tags/", mail=True)
    with transaction.atomic():
        flows.notify(member=member, text="Never said.", url="/tags/", mail=True)
        transaction.set_rollback(True)
    with no_loop_running():
        call_command("work", once=True)
    (mail,) = mailoutbox
    assert mail.to == [member.email]
    assert mail.subject == "Your draft is back."
    assert f"{settings.SITE_URL}/tags/" in mail.body
