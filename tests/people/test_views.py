"""The pages about one's own account, the privacy page, and the desk's pages on accounts."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sessions import open_sessions
from forum.comments.models import Comment
from forum.people import flows, privacy, tasks
from forum.people.holdings import COLUMNS, HOLDINGS
from forum.people.models import Merge
from tests.accounts.signing_in import sign_in, sign_in_afresh
from tests.accounts.test_second_factors import with_app
from tests.accounts.test_sessions import FIREFOX, IPHONE
from tests.factories import (
    make_article,
    make_comment,
    make_member,
    make_moderator,
)

pytestmark = pytest.mark.django_db
MEMBERS = reverse("admin:accounts_user_changelist")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def member(client):
    member = make_member("Zoë", username="zoe")
    sign_in_afresh(client, member)
    return member


def test_member_erases_their_account_as_they_choose(client, member):
    article = make_article(member)
    comment = make_comment(author=member, text="Words.")
    page = client.get(reverse("account_erase")).content.decode()
    assert "cannot be undone" in page
    words = {"comments": "go", "articles": "stay", "sure": "on"}
    done = client.post(reverse("account_erase"), words, follow=True)
    assert done.request["PATH_INFO"] == reverse("erased")
    assert done.wsgi_request.user.is_anonymous
    comment.refresh_from_db()
    article.refresh_from_db()
    assert comment.text == ""
    assert article.is_published


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        ({"comments": "stay", "articles": "stay"}, "sure", "confirm that you know"),
        ({"sure": "on", "articles": "stay"}, "comments", "required"),
        ({"sure": "on", "comments": "stay"}, "articles", "required"),
    ],
)
def test_nothing_is_erased_before_everything_is_said(client, member, words, field, said):
    make_article(member)
    page = client.post(reverse("account_erase"), words)
    assert said in str(page.context["form"].errors[field])
    assert User.objects.get(pk=member.pk).is_active


def test_who_wrote_no_article_is_not_asked_about_articles(client, member):
    form = client.get(reverse("account_erase")).context["form"]
    assert "articles" not in form.fields
    client.post(reverse("account_erase"), {"comments": "stay", "sure": "on"})
    assert not User.objects.get(pk=member.pk).is_active


def test_last_owner_is_told_what_comes_first(client):
    sign_in_afresh(client, make_moderator())
    page = client.post(reverse("account_erase"), {"comments": "stay", "sure": "on"})
    assert "somebody else its owner" in page.content.decode()


def test_privacy_page_says_all_that_is_decided_for_everybody(client):
    page = client.get(reverse("privacy")).content.decode()
    for one in (*HOLDINGS.values(), *COLUMNS.values()):
        assert str(one.what).replace("'", "&#x27;") in page, one.what
    lines = [line for section in privacy.sections() for line in section.lines]
    assert len(lines) == len(HOLDINGS) + len(COLUMNS)


@pytest.mark.parametrize(("days", "said"), [(14, "for 14 days a number made of it"), (0, None)])
def test_privacy_page_says_in_short_what_is_kept_of_network_addresses(client, settings, days, said):
    settings.ADDRESS_HASHES_KEPT_DAYS = days
    page = client.get(reverse("privacy")).content.decode()
    assert ("No comment is stored with where it was written." in page) == (said is None)
    assert said is None or said in page


def test_every_cookie_of_the_site_is_on_the_privacy_page(client, member):
    told = {cookie.name for cookie in privacy.cookies()}
    client.get("/", {"order": "time"})
    client.post(reverse("account_logout"))
    client.get(make_article().get_absolute_url(), {"order": "time"})
    client.post(reverse("preferences"), {"order": "time", "theme": "dark"})
    assert {"sessionid", "csrftoken"} <= told
    assert set(client.cookies) <= told


def test_moderator_merges_two_members_and_takes_them_apart(client):
    moderator = make_member("Pilar", is_staff=True)
    one, other = make_member("One"), make_member("Other")
    comment = make_comment(author=one)
    client.force_login(moderator)
    chosen = {"action": "merge_members", "_selected_action": [one.pk, other.pk]}
    ask = client.post(MEMBERS, chosen)
    page = client.get(ask.url).content.decode()
    assert "1 comment," in page
    refused = client.post(ask.url, {"kept": other.pk}).content.decode()
    assert "This field is required" in refused
    client.post(ask.url, {"kept": other.pk, "reason": "one person"})
    comment.refresh_from_db()
    assert comment.author == other
    listed = client.get(reverse("admin:people_merge_changelist")).content.decode()
    merge = Merge.objects.get()
    undo = reverse("merge_undo", args=[merge.pk])
    assert undo in listed
    assert "Other" in client.get(undo).content.decode()
    client.post(undo, {"reason": "two"})
    comment.refresh_from_db()
    assert comment.author == one
    assert client.get(undo).status_code == 404


def test_refused_merge_says_why_and_keeps_the_reason(client):
    moderator = make_member("Pilar", is_staff=True)
    one, owner = make_member("One"), make_moderator()
    client.force_login(moderator)
    place = f"{reverse('members_merge')}?ids={one.pk},{owner.pk}"
    page = client.post(place, {"kept": owner.pk, "reason": "my reason"}).content.decode()
    assert "Only the owner" in page
    assert "my reason" in page
    assert not Merge.objects.exists()


@pytest.mark.parametrize("ids", ["", "1", "x,y", "1,2,3", "9" * 30])
def test_merge_of_other_than_two_is_no_page(client, ids):
    client.force_login(make_moderator())
    assert client.get(reverse("members_merge"), {"ids": ids}).status_code == 404


def test_marking_other_than_two_says_so(client):
    client.force_login(make_moderator())
    chosen = {"action": "merge_members", "_selected_action": [make_member().pk]}
    assert "Mark two accounts" in client.post(MEMBERS, chosen, follow=True).content.decode()


@pytest.mark.parametrize("name", ["members_merge", "merge_undo"])
def test_desk_is_for_moderators(client, name):
    place = reverse(name, args=[1] if name == "merge_undo" else [])
    client.force_login(make_member())
    assert client.get(place).status_code in (302, 403)


def test_members_are_found_by_what_became_of_their_accounts(client):
    owner = make_moderator("Olga")
    gone, kept, erased, quiet = (make_member(name) for name in ("Gone", "Kept", "Er", "Quiet"))
    make_comment(make_article(owner), kept)
    flows.merge_members(gone=gone, kept=kept, by=owner, reason="x")
    flows.erase_member(member=erased, keep_comments=True, keep_articles=True)
    client.force_login(owner)

    def listed(**query):
        answer = client.get(MEMBERS, query)
        return {str(member) for member in answer.context["cl"].result_list}

    assert listed(account="merged") == {"Gone"}
    assert listed(account="erased") == {"Former member 1"}
    assert listed(account="closed") == {"Gone", "Former member 1"}
    assert listed(account="imported") == set()
    assert listed(wrote="comments") == {"Kept"}
    assert listed(wrote="nothing") == {"Gone", "Former member 1", "Quiet"}
    assert quiet.is_active


def test_moderators_see_sign_ins_and_no_address_nor_hash(client, member):
    page = reverse("admin:accounts_user_change", args=[member.pk])
    client.force_login(make_member("Pilar", is_staff=True))
    shown = client.get(page).content.decode()
    listed = client.get(MEMBERS).content.decode()
    assert "password<br>" in shown
    assert "End this one" not in shown
    assert "Firefox" not in shown
    for secret in (member.email, member.password):
        assert secret not in shown + listed
    client.force_login(make_moderator())
    shown = client.get(page).content.decode()
    assert member.email in shown
    assert member.password not in shown


def test_owner_sees_where_a_member_is_signed_in_and_ends_one(client, member):
    phone = Client(headers={"user-agent": IPHONE})
    over = Client(headers={"user-agent": FIREFOX})
    for device in (phone, over):
        sign_in(device, member)
    over.post(reverse("account_logout"))
    client.force_login(make_moderator())
    desk = reverse("admin:accounts_user_change", args=[member.pk])
    shown = client.get(desk).content.decode()
    assert shown.count("End this one") == 1
    assert "Mobile Safari on iOS: since" in shown
    assert "Firefox" not in shown
    assert "127.0.0.1" not in shown
    found = UserSession.objects.get(session_key=phone.cookies["sessionid"].value)
    place = reverse("members_end_session", args=[member.pk, found.pk])
    assert "Mobile Safari on iOS" in client.get(place).content.decode()
    assert phone.get("/").wsgi_request.user == member
    assert client.post(place).url == desk
    assert phone.get("/").wsgi_request.user.is_anonymous
    assert "End this one" not in client.get(desk).content.decode()
    assert client.post(place).url == desk
    client.force_login(make_member(is_staff=True))
    assert client.post(place).status_code == 404


def test_session_from_before_a_new_password_is_open_no_more(client, member):
    assert len(open_sessions(member)) == 1
    member.set_password("another-long-passphrase")
    member.save()
    assert open_sessions(member) == []


def test_sessions_that_are_over_are_forgotten_at_night(client, member):
    gone, expired = Client(), Client()
    for device in (gone, expired):
        sign_in(device, member)
    gone.session.delete()
    Session.objects.filter(pk=expired.cookies["sessionid"].value).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    tasks.forget_old_records(timestamp=0)
    here = client.cookies["sessionid"].value
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [here]
    assert list(Session.objects.values_list("pk", flat=True)) == [here]


def test_recovery_code_shows_in_the_sign_ins(client, member):
    with_app(member)
    codes = Authenticator.objects.get(user=member, type="recovery_codes").wrap()
    client.post(reverse("account_logout"))
    sign_in(client, member)
    client.post(reverse("mfa_authenticate"), {"code": codes.get_unused_codes()[0]})
    client.force_login(make_moderator())
    desk = client.get(reverse("admin:accounts_user_change", args=[member.pk]))
    assert "password, recovery code<br>" in desk.content.decode()


def test_owner_ends_the_sessions_of_a_member(client, member):
    session = client.cookies["sessionid"].value
    client.force_login(make_moderator())
    chosen = {"action": "sign_out", "_selected_action": [member.pk]}
    assert "signed out everywhere" in client.post(MEMBERS, chosen, follow=True).content.decode()
    client.cookies["sessionid"] = session
    assert client.get("/").wsgi_request.user.is_anonymous


def test_former_member_cannot_be_told_from_the_page(client, member):
    comment = make_comment(author=member, text="Words.")
    flows.erase_member(member=member, keep_comments=True, keep_articles=True)
    client.logout()
    page = client.get(Comment.objects.get(pk=comment.pk).author.get_absolute_url())
    assert "zoe" not in page.content.decode().lower()


def test_list_of_members_has_nothing_personal_and_addresses_are_the_owners(client):
    member = make_member("Zoë", last_login=timezone.now())
    for person, sees in ((make_member(is_staff=True), False), (make_moderator("Olga"), True)):
        client.force_login(person)
        listed = client.get(MEMBERS).content.decode()
        assert "Zoë" in listed
        assert member.email not in listed
        assert "column-last_login" not in listed
        one = client.get(reverse("admin:accounts_user_change", args=[member.pk])).content.decode()
        assert (member.email in one) == sees
        assert member.password not in one
        found = client.get(MEMBERS, {"q": member.email})
        assert (found.context["cl"].result_count == 1) == sees
