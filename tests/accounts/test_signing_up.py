import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import code_in, link_in
from tests.factories import PASSWORD, make_article, make_member

pytestmark = pytest.mark.django_db

WORDS = {
    "display_name": "Zoë de la Cruz",
    "username": "zoe",
    "email": "zoe@example.org",
    "password1": PASSWORD,
}


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), WORDS | changes)


@pytest.fixture
def by_link(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False


def test_signing_up_leads_to_a_mail_and_its_code_signs_in(client):
    answer = sign_up(client)
    page = client.get(answer.url).content.decode()
    assert "zoe@example.org" in page
    (message,) = mail.outbox
    assert message.to == ["zoe@example.org"]
    assert "Zoë de la Cruz" in message.body
    wrong = client.post(answer.url, {"code": "AAAA-AAAA"})
    assert "not the code that we sent" in wrong.content.decode()
    assert client.get("/").wsgi_request.user.is_anonymous
    client.post(answer.url, {"code": code_in(message)})
    assert client.get("/").wsgi_request.user == User.objects.get(username="zoe")


def test_code_is_guessed_three_times_at_most(client):
    place = sign_up(client).url
    for _ in range(2):
        assert client.post(place, {"code": "AAAA-AAAA"}).status_code == 200
    assert client.post(place, {"code": "AAAA-AAAA"}).url == reverse("account_login")
    client.post(place, {"code": code_in(mail.outbox[0])})
    assert client.get("/").wsgi_request.user.is_anonymous


def test_page_of_the_code_says_once_that_it_was_sent_and_again_that_another_was(client):
    place = sign_up(client).url
    assert client.get(place).content.decode().count("We sent") == 1
    cache.clear()  # of the limit on messages to one address
    again = client.post(place, {"action": "resend"}, follow=True).content.decode()
    assert "We sent a message to zoe@example.org." in again


@pytest.mark.usefixtures("by_link")
def test_signing_up_leads_to_a_mail_and_its_link_signs_in(client):
    answer = sign_up(client)
    assert answer.url == reverse("account_email_verification_sent")
    assert client.get(answer.url).status_code == 200
    (message,) = mail.outbox
    assert message.to == ["zoe@example.org"]
    assert "Zoë de la Cruz" in message.body
    page = client.get(link_in(message))
    assert "zoe@example.org" in page.content.decode()
    client.post(link_in(message))
    home = client.get("/")
    assert home.wsgi_request.user == User.objects.get(username="zoe")
    assert "Zoë de la Cruz" in home.content.decode()


@pytest.mark.usefixtures("by_link")
def test_link_that_was_used_sends_its_owner_to_their_addresses(client):
    sign_up(client)
    link = link_in(mail.outbox[0])
    client.post(link)
    again = client.get(link).content.decode()
    assert "This link was used before" in again
    assert f'href="{reverse("account_email")}"' in again


def test_unverified_member_cannot_sign_in(client):
    sign_up(client)
    client.logout()
    cache.clear()  # of the limit on messages to one address
    answer = client.post(reverse("account_login"), {"login": "zoe", "password": PASSWORD})
    assert answer.url == reverse("account_email_verification_sent")
    assert client.get("/").wsgi_request.user.is_anonymous


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"display_name": "member one"}, "display_name", "Somebody has this name already"),
        ({"display_name": "a\u202eb"}, "display_name", "cannot be seen"),
        ({"username": "TAKEN"}, "username", "Somebody has this login name"),
        ({"username": "no spaces"}, "username", "small letters a to z"),
        ({"password1": "12345678"}, "password1", "common"),
        ({"email": "not an address"}, "email", "valid"),
    ],
)
def test_refused_sign_up_says_why_and_keeps_the_words(client, changes, field, words):
    make_member("Member One", username="taken")
    page = sign_up(client, **changes)
    assert page.status_code == 200
    assert words in str(page.context["form"].errors[field])
    assert "zoe@example.org" in page.content.decode() or field == "email"
    assert not User.objects.filter(email="zoe@example.org").exists()


def test_login_name_is_stored_in_small_letters(client):
    sign_up(client, username="ZOE")
    assert User.objects.filter(username="zoe").exists()


def test_address_that_has_an_account_is_not_given_away(client):
    make_member(email="zoe@example.org")
    known = sign_up(client)
    (to_the_owner,) = mail.outbox
    unknown = sign_up(client, email="new@example.org", username="other", display_name="Other")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert client.get(known.url).status_code == client.get(unknown.url).status_code == 200
    assert "account with it already" in to_the_owner.body
    assert reverse("account_reset_password") in to_the_owner.body


def test_password_is_reset_by_mail(client):
    member = make_member(email="zoe@example.org", username="zoe")
    answer = client.post(reverse("account_reset_password"), {"email": "ZOE@example.org"})
    assert client.get(answer.url).status_code == 200
    form = client.get(link_in(mail.outbox[0]), follow=True)
    new = "another-long-passphrase"
    done = client.post(
        form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True
    )
    assert done.redirect_chain[-1][0] == reverse("account_reset_password_from_key_done")
    member.refresh_from_db()
    assert member.check_password(new)
    page = client.get(link_in(mail.outbox[0]), follow=True)
    assert "used before" in page.content.decode()


def test_password_reset_for_an_unknown_address_looks_the_same(client):
    make_member(email="zoe@example.org")
    known = client.post(reverse("account_reset_password"), {"email": "zoe@example.org"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert "no account has this e-mail address" in mail.outbox[1].body


@pytest.mark.parametrize("login", ["zoe", "ZOE", "zoe@example.org"])
def test_member_signs_in_with_login_name_or_address(client, login):
    make_member(username="zoe", email="zoe@example.org")
    client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    assert client.get("/").wsgi_request.user.username == "zoe"


def test_signing_in_leads_back_to_where_it_was_asked_for(client):
    make_member(username="zoe")
    place = f"{make_article().get_absolute_url()}#composer"
    answer = client.post(
        reverse("account_login"), {"login": "zoe", "password": PASSWORD, "next": place}
    )
    assert answer.url == place


def test_signing_in_never_leads_to_another_site(client):
    make_member(username="zoe")
    answer = client.post(
        reverse("account_login"),
        {"login": "zoe", "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert answer.url == "/"


def test_wrong_password_is_told_without_saying_which_part_is_wrong(client):
    make_member(username="zoe")
    said = {
        str(client.post(reverse("account_login"), words).context["form"].errors)
        for words in (
            {"login": "zoe", "password": "wrong-password"},
            {"login": "nobody", "password": "wrong-password"},
        )
    }
    assert len(said) == 1


def test_signing_out_asks_first(client):
    client.force_login(make_member())
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get("/").wsgi_request.user.is_authenticated
    client.post(reverse("account_logout"))
    assert client.get("/").wsgi_request.user.is_anonymous


def test_closed_account_cannot_sign_in(client):
    make_member(username="zoe", is_active=False)
    answer = client.post(reverse("account_login"), {"login": "zoe", "password": PASSWORD})
    assert answer.url == reverse("account_inactive")
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done",
     "account_reset_password_from_key_done", "account_request_login_code", "account_inactive",
     "account_signup_by_passkey", "socialaccount_login_cancelled"],
)  # fmt: skip
def test_page_for_strangers_opens(client, name):
    assert client.get(reverse(name)).status_code == 200


def test_broken_confirmation_link_says_so(client):
    page = client.get(reverse("account_confirm_email", args=["nonsense"]))
    assert "too old or was cut off" in page.content.decode()
