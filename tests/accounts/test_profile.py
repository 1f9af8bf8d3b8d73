import pytest
from django.core import mail
from django.urls import reverse

from tests.accounts.signing_in import code_in, sign_in
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member("Zoë")
    sign_in(client, member)
    return member


def test_member_tells_of_themselves(client, member):
    words = {
        "display_name": "Zoë",
        "biography": "Keeps bees.",
        "website": "https://bees.example.org/",
    }
    assert client.post(reverse("account_profile"), words).url == reverse("account_profile")
    page = client.get(member.get_absolute_url()).content.decode()
    assert "Keeps bees." in page
    assert 'href="https://bees.example.org/"' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("website", "javascript:alert(1)", "not an address of a website"),
        ("website", "zoe@example.org", "not an address of a website"),
        ("display_name", "OTHER", "Somebody has this name"),
        ("biography", "x" * 1001, "at most 1000"),
    ],
)
def test_refused_profile_says_why_and_changes_nothing(client, member, field, value, words):
    make_member("Other")
    page = client.post(
        reverse("account_profile"), {"display_name": "Zoë", "biography": "Mine."} | {field: value}
    )
    assert words in str(page.context["form"].errors[field])
    assert page.wsgi_request.user.display_name == "Zoë"
    member.refresh_from_db()
    assert (member.display_name, member.biography, member.website) == ("Zoë", "", "")


def test_website_can_be_written_as_browsers_show_it(client, member):
    words = {"display_name": "Zoë", "website": "bees.example.org/hives"}
    client.post(reverse("account_profile"), words)
    member.refresh_from_db()
    assert member.website == "https://bees.example.org/hives"


@pytest.mark.parametrize(
    ("most", "words"),
    [(0, "cannot be changed"), (1, "change it once in 30 days"), (3, "change it 3 times in 30")],
)
def test_profile_says_how_often_a_name_can_be_changed(client, member, settings, most, words):
    settings.NAME_CHANGES_A_MONTH = most
    assert words in client.get(reverse("account_profile")).content.decode()


def test_strangers_are_sent_to_sign_in(client):
    answer = client.get(reverse("account_profile"))
    assert answer.url == f"{reverse('account_login')}?next={reverse('account_profile')}"


def test_second_address_counts_once_it_is_confirmed(client, member):
    place = reverse("account_email")
    reauthenticated = client.post(place, {"email": "second@example.org", "action_add": ""})
    client.post(reauthenticated.url, {"password": PASSWORD})
    (message,) = mail.outbox
    assert message.to == ["second@example.org"]
    assert not member.emailaddress_set.filter(email="second@example.org").exists()
    client.post(reverse("account_email_verification_sent"), {"code": code_in(message)})
    assert member.emailaddress_set.get(email="second@example.org").verified
    assert "second@example.org" in client.get(place).content.decode()


def test_password_is_changed_by_who_knows_it(client, member):
    new = "another-long-passphrase"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post(reverse("account_change_password"), words)
    member.refresh_from_db()
    assert member.check_password(new)


@pytest.mark.parametrize("name", ["account_change_password", "account_reauthenticate"])
def test_page_of_ones_own_account_opens(client, name):
    sign_in(client, make_member(username="fresh"))
    assert client.get(reverse(name)).status_code == 200


def test_member_without_a_password_sets_one(client, member):
    member.set_unusable_password()
    member.save()
    client.force_login(member)
    assert client.get(reverse("account_set_password")).status_code == 200
