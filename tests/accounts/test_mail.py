"""Mail goes through a real SMTP server."""

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import get_connection
from django.urls import reverse

from tests.factories import PASSWORD


class Mailbox:
    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp(settings):
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield mailbox
    controller.stop()


@pytest.mark.django_db
def test_confirmation_travels_by_smtp_with_its_link_whole(client, smtp, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
    assert get_connection().host == "127.0.0.1"
    client.post(
        reverse("account_signup"),
        {
            "display_name": "陈思远",
            "username": "chen",
            "email": "chen@example.org",
            "password1": PASSWORD,
        },
    )
    (envelope,) = smtp.envelopes
    assert envelope.rcpt_tos == ["chen@example.org"]
    message = message_from_bytes(envelope.content, policy=policy.default)
    text = message.get_content()
    assert "陈思远" in text
    link = next(word for word in text.split() if word.startswith("http://testserver/accounts/"))
    assert client.post(link.removeprefix("http://testserver")).status_code == 302
