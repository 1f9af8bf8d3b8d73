"""What allauth promises of accounts, held against the pages of this site."""

import re

import pytest
from allauth.account import app_settings as limits
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import code_in, sign_in
from tests.accounts.test_second_factors import with_app
from tests.factories import PASSWORD, make_member
from tests.site_map import ADDRESSES, make_world

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "zoe@example.org", "nobody@example.org"


def said(answer):
    """A page or redirect without what is random or was sent."""
    text = answer.content.decode() or answer.headers.get("Location", "")
    for sent in (KNOWN, UNKNOWN):
        text = text.replace(sent, "ADDRESS")
    return answer.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (
            "account_signup",
            {"display_name": "Zoë", "username": "zoe", "password1": PASSWORD},
        ),
        ("account_signup_by_passkey", {"display_name": "Zoë", "username": "zoe"}),
        ("account_reset_password", {}),
        ("account_request_login_code", {}),
    ],
)
@pytest.mark.parametrize("by_code", [True, False], ids=["by code", "by link"])
def test_form_tells_nobody_whether_an_address_has_an_account(settings, name, more, by_code):
    if name == "account_signup_by_passkey" and not by_code:
        pytest.skip("passkeys need codes")
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = by_code
    settings.MFA_PASSKEY_SIGNUP_ENABLED = by_code
    make_member("Somebody", username="somebody", email=KNOWN)
    pages = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        answer = client.post(reverse(name), {"email": address, **more})
        then = client.get(answer.url)
        # What comes next is asked for and refused in the same words, too.
        guessed = client.post(answer.url, {"code": "AAAA-AAAA"})
        pages.append([said(page) for page in (answer, then, guessed)])
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [[KNOWN], [UNKNOWN]]


def test_new_address_of_a_member_tells_nobody_that_it_has_an_account(client):
    make_member(email=KNOWN)
    member = make_member()
    sign_in(client, member)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    place = reverse("account_email")
    answers = [
        said(client.post(place, {"email": each, "action_add": ""})) for each in (KNOWN, UNKNOWN)
    ]
    assert answers[0] == answers[1]


def test_address_of_another_is_not_taken_over_by_its_code(client):
    """The address is given before its owner joins, and confirmed after."""
    member = make_member()
    sign_in(client, member)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": KNOWN, "action_add": ""})
    code = code_in(mail.outbox[-1])
    make_member(email=KNOWN)
    client.post(reverse("account_email_verification_sent"), {"code": code})
    assert not member.emailaddress_set.filter(email=KNOWN).exists()


def test_signing_in_changes_the_session_and_signing_out_ends_it(client):
    member = make_member()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    sign_in(client, member)
    signed_in = client.cookies["sessionid"].value
    assert signed_in != planted
    client.post(reverse("account_logout"))
    stolen = Client()
    stolen.cookies["sessionid"] = signed_in
    assert stolen.get("/").wsgi_request.user.is_anonymous


def test_second_factor_changes_the_session_once_more(client):
    from tests.accounts.signing_in import code_of

    member = make_member()
    secret = with_app(member)
    sign_in(client, member)
    before = client.cookies["sessionid"].value
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.cookies["sessionid"].value != before


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    r"\\evil.example/",
    r"/\evil.example/",
    "http:evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "javascript:alert(1)",
    " https://evil.example/",
    "\thttps://evil.example/",
    "https:///evil.example/",
    "ftp://testserver/",
]


@pytest.mark.parametrize("next_", ELSEWHERE)
def test_no_next_leads_off_the_site(client, next_):
    member = make_member()
    signed_in = sign_in(client, member, next=next_)
    assert signed_in.url == "/"
    again = client.post(f"{reverse('account_login')}?next={next_}", {"next": next_})
    out = client.post(reverse("account_logout"), {"next": next_})
    for answer in (again, out):
        assert answer.url == "/"
    for name in ("account_login", "account_signup", "account_request_login_code"):
        page = client.get(reverse(name), {"next": next_}).content.decode()
        # It may stand in a field that is sent back and refused; nothing on the page leads there.
        assert set(re.findall(r'(?:href|action)="(.)', page)) <= {"/", "#"}
        assert not re.search(r'(?:href|action)="(//|/\\|/\t)', page)


def test_mail_never_repeats_a_host_that_was_made_up(client):
    make_member(email=KNOWN)
    place = reverse("account_reset_password")
    refused = client.post(place, {"email": KNOWN}, headers={"host": "evil.example"})
    assert refused.status_code == 400
    assert mail.outbox == []
    client.post(
        place,
        {"email": KNOWN},
        headers={"x-forwarded-host": "evil.example", "x-original-host": "evil.example"},
    )
    (message,) = mail.outbox
    assert "evil.example" not in message.message().as_string()
    assert "http://testserver/accounts/password/reset/key/" in message.body


def test_links_in_mail_lead_to_the_site_by_whatever_name_and_port_it_was_asked(client, settings):
    """A port of one's own on the site's machine is a host that the site answers to."""
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
    make_member(email=KNOWN)
    other = {"host": "127.0.0.1:8081"}
    join = {"display_name": "Zoë", "username": "zoe", "password1": PASSWORD}
    for name, words in [
        ("account_reset_password", {"email": KNOWN}),
        ("account_reset_password", {"email": UNKNOWN}),
        ("account_signup", {"email": KNOWN, **join}),
        ("account_signup", {"email": UNKNOWN, **join}),
    ]:
        client.post(reverse(name), words, headers=other)
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert "8081" not in message.body
        assert "http://testserver/accounts/" in message.body


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code"])
@pytest.mark.parametrize("address", [f"{KNOWN}\nBcc: evil@example.org", f"{KNOWN}\r\nSubject: x"])
def test_address_with_a_second_line_is_no_address(client, name, address):
    page = client.post(reverse(name), {"email": address})
    assert page.context["form"].errors["email"]
    assert mail.outbox == []


def test_name_and_browser_add_nothing_to_the_headers_of_a_mail(client):
    """A name with line breaks is one line where it is stored; a browser's name is not repeated."""
    words = {
        "display_name": "Zoë\r\nBcc: evil@example.org".replace("@", " at "),
        "username": "zoe",
        "email": KNOWN,
        "password1": PASSWORD,
    }
    client.post(reverse("account_signup"), words)
    assert User.objects.get(username="zoe").display_name == "Zoë Bcc: evil at example.org"
    member = make_member()
    sign_in(client, member)
    new = "another-long-passphrase"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post(
        reverse("account_change_password"),
        words,
        headers={"user-agent": "Firefox\r\nBcc: evil@example.org"},
    )
    for message in mail.outbox:
        assert message.message()["Bcc"] is None
        assert "\n" not in message.subject
    assert "evil@example.org" not in mail.outbox[-1].body


WITHOUT_FORM = {"account_security", "account_second_factor", "account_login_name"}
OF_ACCOUNTS = ("account_", "mfa_", "usersessions_", "socialaccount_")
FORMS = [
    *(name for name in ADDRESSES if name.startswith(OF_ACCOUNTS) and name not in WITHOUT_FORM),
    *("github_login", "google_login", "openid_connect_login"),
]


@pytest.mark.parametrize("kind", ["reader", "member"])
def test_no_form_is_taken_without_its_token(kind):
    """Whatever a page does with a POST, one from elsewhere does not get to it."""
    world = make_world()
    client = Client(enforce_csrf_checks=True)
    if person := world.person(kind):
        client.force_login(person)
    elsewhere = {"origin": "https://evil.example"}
    answers = {
        name: client.post(form_of(name, world), {"email": KNOWN}, headers=elsewhere).status_code
        for name in FORMS
    }
    # Pages without a form say so first.
    assert {name: status for name, status in answers.items() if status not in (403, 405)} == {}


def test_forms_are_taken_with_their_token(rf):
    """The control: with its token the same POST gets further."""
    world = make_world()
    request = rf.get("/")
    token = get_token(request)
    words = {"email": KNOWN, "csrfmiddlewaretoken": token}
    refused = []
    for name in FORMS:
        client = Client(enforce_csrf_checks=True)
        client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
        client.force_login(world.member)
        if client.post(form_of(name, world), words).status_code == 403:
            refused.append(name)
    assert refused == []


def test_every_form_that_changes_something_has_its_token():
    """Also those that few get to see: one without could never be sent."""
    without = []
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        forms = re.findall(
            r'<form\b[^>]*method="post".*?</form>', template.read_text(), re.DOTALL | re.IGNORECASE
        )
        if not all("{% csrf_token %}" in form for form in forms):
            without.append(template.name)
    assert without == []


def form_of(name, world):
    return reverse(name, args=ADDRESSES[name].key(world))


@pytest.mark.parametrize(
    ("name", "limit", "words"),
    [
        ("account_login", "login", {"login": "zoe", "password": PASSWORD}),
        ("account_signup", "signup", {"username": "zoe"}),
        ("account_reset_password", "reset_password", {"email": KNOWN}),
    ],
)
def test_who_asks_too_often_is_told_so_in_plain_words(client, settings, name, limit, words):
    settings.ACCOUNT_RATE_LIMITS = {limit: "2/m/ip"}
    answers = [client.post(reverse(name), words) for _ in range(3)]
    assert answers[-2].status_code != 429
    assert answers[-1].status_code == 429
    page = answers[-1].content.decode()
    assert "Please wait a few minutes" in page
    assert 'class="masthead"' in page


def test_limits_are_those_of_the_library():
    """Each of them is there, none is wider; a new one of the library's is looked at here."""
    assert limits.RATE_LIMITS == {
        "change_password": "5/m/user",
        "change_phone": "1/m/user",
        "confirm_email": "1/10s/key",
        "login": "30/m/ip",
        "login_failed": "10/m/ip,5/300s/key",
        "login_name": "60/m/ip",
        "manage_email": "10/m/user",
        "reauthenticate": "10/m/user",
        "request_login_code": "20/m/ip,3/m/key",
        "reset_password": "20/m/ip,5/m/key",
        "reset_password_from_key": "20/m/ip",
        "signup": "20/m/ip",
        "verify_phone": "1/30s/key,3/m/ip",
    }


def test_code_by_mail_is_guessed_three_times_at_most(client):
    make_member(email=KNOWN)
    place = client.post(reverse("account_request_login_code"), {"email": KNOWN}).url
    for _ in range(2):
        assert client.post(place, {"code": "AAAA-AAAA"}).status_code == 200
    assert client.post(place, {"code": "AAAA-AAAA"}).status_code == 302
    client.post(place, {"code": code_in(mail.outbox[0])})
    assert client.get("/").wsgi_request.user.is_anonymous


def test_code_by_mail_works_in_the_browser_that_asked_for_it_alone(client):
    make_member(email=KNOWN)
    place = client.post(reverse("account_request_login_code"), {"email": KNOWN}).url
    other = Client()
    other.post(reverse("account_request_login_code"), {"email": UNKNOWN})
    other.post(place, {"code": code_in(mail.outbox[0])})
    assert other.get("/").wsgi_request.user.is_anonymous


def test_limits_count_the_client_and_not_what_it_says_of_itself(client, settings):
    settings.TRUSTED_PROXIES = 1
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "2/m/ip"}
    place = reverse("account_reset_password")

    def ask(passed_on):
        return client.post(
            place, {"email": UNKNOWN}, headers={"x-forwarded-for": passed_on}
        ).status_code

    forged = [ask(f"198.51.100.{n}, 203.0.113.7") for n in range(3)]
    assert forged == [302, 302, 429]
    assert ask("203.0.113.8") == 302


def test_password_is_guessed_five_times_and_no_more(client):
    member = make_member()
    for _ in range(5):
        sign_in(client, member, password="wrong-password")
    page = sign_in(client, member)
    assert "Too many attempts" in page.content.decode()
    assert client.get("/").wsgi_request.user.is_anonymous


def test_removing_what_one_signs_in_with_asks_for_the_password_first(client):
    member = make_member()
    with_app(member)
    client.force_login(member)
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        answer = client.post(reverse(name))
        assert answer.url.startswith("/accounts/reauthenticate/"), name
    assert Authenticator.objects.filter(user=member).count() == 2
    email = client.post(reverse("account_email"), {"email": UNKNOWN, "action_add": ""})
    assert email.url.startswith("/accounts/reauthenticate/")


def test_nobody_joins_where_the_site_is_closed(client, settings):
    settings.SIGN_UP_OPEN = False
    page = client.post(
        reverse("account_signup"),
        {"display_name": "Zoë", "username": "zoe", "email": KNOWN, "password1": PASSWORD},
    )
    assert "Nobody can join at present" in page.content.decode()
    assert not User.objects.exists()
