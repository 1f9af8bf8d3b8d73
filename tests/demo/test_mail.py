"""The mail of the demo: there for whoever tries it out on their machine, and for nobody else."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from tests.accounts.test_signing_up import sign_up

pytestmark = pytest.mark.django_db
BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def demo(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = BACKEND, str(tmp_path / "mail")
    settings.SITE_URL, settings.LISTEN = "http://127.0.0.1:8000", "127.0.0.1"
    settings.DATA_DIR = tmp_path
    (tmp_path / "demo_password").write_text("x")
    return settings


def send(subject, text, html="", to="zoe@example.org"):
    mail = EmailMultiAlternatives(subject, text, "desk@example.org", [to])
    if html:
        mail.attach_alternative(html, "text/html")
    mail.connection = get_connection(BACKEND)
    mail.send()


def test_mail_is_listed_and_shown_as_text_with_links(client, demo):
    assert "None yet." in client.get("/dev/mail/").content.decode()
    send("Confirm – é", "Dear Zoë,\nhttp://127.0.0.1:8000/accounts/confirm/x/ is yours.\n<b>&</b>")
    send("The second", "Text.")
    page = client.get("/dev/mail/")
    shown = page.content.decode()
    assert "Confirm – é" in shown
    assert "The second" in shown
    key = next(mail.key for mail in page.context["mails"] if "Confirm" in mail.subject)
    mail = client.get(reverse("demo_mail", args=[key])).content.decode()
    assert "Dear Zoë" in mail
    assert 'href="http://127.0.0.1:8000/accounts/confirm/x/"' in mail
    assert "<b>&</b>" not in mail
    assert "<iframe" not in mail


def test_html_is_in_a_frame_that_can_do_nothing(client, demo):
    html = '"><script>alert(1)</script><form action="/accounts/logout/"></form>'
    send("Hostile", "Text.", html)
    [mail] = client.get("/dev/mail/").context["mails"]
    page = client.get(reverse("demo_mail", args=[mail.key])).content.decode()
    assert "<script>alert" not in page
    frame = page[page.index("<iframe") :].partition("</iframe>")[0]
    assert " sandbox " in frame
    assert "allow-" not in frame


def test_several_mails_in_one_file_are_several(client, demo):
    connection = get_connection(BACKEND)
    connection.open()
    for n in range(3):
        EmailMultiAlternatives(
            f"Number {n}", "Text.", to=["a@example.org"], connection=connection
        ).send()
    connection.close()
    mails = client.get("/dev/mail/").context["mails"]
    assert {mail.subject for mail in mails} == {"Number 0", "Number 1", "Number 2"}
    for mail in mails:
        assert client.get(reverse("demo_mail", args=[mail.key])).context["mail"] == mail


@pytest.mark.parametrize(
    "broken", [b"", b"\xff\xfe nonsense", b"Content-Type: text/plain; charset=x\n\ny"]
)
def test_what_is_no_mail_breaks_nothing(client, demo, tmp_path, broken):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "20261125-010101-1.log").write_bytes(broken)
    for mail in client.get("/dev/mail/").context["mails"]:
        assert client.get(reverse("demo_mail", args=[mail.key])).status_code == 200


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
        ("SITE_URL", "https://example.org"),
        ("SITE_URL", "http://192.168.1.5:8000"),
        ("SITE_URL", "http://127.0.0.1.example.org"),
        ("LISTEN", "192.168.1.5"),
        ("TRUSTED_PROXIES", 1),
    ],
)
def test_site_that_others_can_reach_has_no_such_page(client, demo, setting, value):
    send("Secret", "Text.")
    [mail] = client.get("/dev/mail/").context["mails"]
    setattr(demo, setting, value)
    assert client.get("/dev/mail/").status_code == 404
    assert client.get(reverse("demo_mail", args=[mail.key])).status_code == 404


def test_site_without_the_demo_has_no_such_page(client, demo, tmp_path):
    (tmp_path / "demo_password").unlink()
    assert client.get("/dev/mail/").status_code == 404


@pytest.mark.parametrize("key", ["x", "20261125-010101-1-0", "20261125-010101-1-99999"])
def test_key_leads_to_no_other_file(client, demo, key):
    assert client.get(reverse("demo_mail", args=[key])).status_code == 404


@pytest.mark.parametrize("way", ["code", "link"])
def test_page_after_signing_up_leads_to_the_mail_of_the_demo(client, demo, way):
    demo.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = way == "code"
    place = sign_up(client).url
    there = f'href="{reverse("demo_mailbox")}"'
    assert there in client.get(place).content.decode()
    demo.SITE_URL = "https://example.org"
    assert there not in client.get(place).content.decode()


def test_page_of_a_code_to_sign_in_leads_to_the_mail_of_the_demo(client, demo):
    place = client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"}).url
    assert f'href="{reverse("demo_mailbox")}"' in client.get(place).content.decode()
