"""Names change now and then, what they were is known to members, and links follow."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import flows
from accounts.models import FormerName, User
from forum.comments.tasks import renew_names
from tests.factories import PASSWORD, make_article, make_comment, make_member, make_moderator
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_member("Zoë", username="zoe")


def rename(member, name):
    flows.change_profile(member=member, display_name=name)
    member.refresh_from_db()


def sign_up(client, name):
    words = {"display_name": name, "username": "new", "email": "new@example.org"}
    return client.post(reverse("account_signup"), words | {"password1": PASSWORD})


def test_name_before_is_kept_whatever_door_it_changes_by(member):
    rename(member, "Zoë Brandt")
    User.objects.filter(pk=member.pk).update(display_name="Z. Brandt", display_key="z. brandt")
    assert [former.name for former in FormerName.objects.order_by("pk")] == ["Zoë", "Zoë Brandt"]


def test_members_see_earlier_names_and_readers_do_not(client, member):
    rename(member, "Tobias")
    page = client.get(member.get_absolute_url()).content.decode()
    assert "Zoë" not in page
    client.force_login(make_member())
    assert "Zoë" in client.get(member.get_absolute_url()).content.decode()


def test_name_changes_twice_within_a_month_and_not_a_third_time(client, member, settings):
    settings.NAME_CHANGES_A_MONTH = 2
    client.force_login(member)
    for name in ("One", "Two"):
        assert client.post(reverse("account_profile"), {"display_name": name}).status_code == 302
    page = client.post(reverse("account_profile"), {"display_name": "Three", "biography": "Kept."})
    assert "2 times in the last 30 days" in str(page.context["form"].errors["display_name"])
    assert "Kept." in page.content.decode()
    member.refresh_from_db()
    assert (member.display_name, member.biography) == ("Two", "")
    words = {"display_name": "Two", "biography": "The rest still can be."}
    assert client.post(reverse("account_profile"), words).status_code == 302
    FormerName.objects.update(given_up_at=timezone.now() - timedelta(days=31))
    assert client.post(reverse("account_profile"), {"display_name": "Three"}).status_code == 302


def test_site_can_forbid_changes_of_names(member, settings):
    settings.NAME_CHANGES_A_MONTH = 0
    with pytest.raises(flows.RenameRefused, match="cannot be changed"):
        rename(member, "Other")


def test_nobody_else_takes_a_name_that_was_given_up_lately(client, member, settings):
    rename(member, "Tobias")
    for lookalike in ("Zoë", "ZOË", "Zоë"):
        page = sign_up(client, lookalike)
        assert "Somebody has this name" in str(page.context["form"].errors["display_name"])
    FormerName.objects.update(
        given_up_at=timezone.now() - timedelta(days=settings.NAMES_RESERVED_DAYS + 1)
    )
    assert sign_up(client, "Zoë").status_code == 302


def test_member_may_go_back_to_their_own_name(client, member):
    rename(member, "Tobias")
    client.force_login(member)
    assert client.post(reverse("account_profile"), {"display_name": "Zoë"}).status_code == 302


def test_reply_links_say_the_name_of_today(member):
    said = make_comment(author=member)
    answer = make_comment(parent=said, text="@Zoë: no. And @zoë#1 again.")
    elsewhere = make_comment(text="@Zoë should see this.")
    rename(member, "Tobias")
    renew_names(0)
    answer.refresh_from_db()
    elsewhere.refresh_from_db()
    assert answer.html.count(">@Tobias") == 2
    assert 'href="#comment-1">@Tobias#1</a>' in answer.html
    assert ">@Tobias</a></bdi> should see this" in elsewhere.html
    assert "@Zoë" in answer.text
    assert not FormerName.objects.filter(links_renewed_at=None).exists()


def test_kept_page_says_the_new_name_in_links(client, member):
    said = make_comment(author=member)
    make_comment(parent=said, text="@Zoë: no.")
    address = said.article.get_absolute_url()
    assert "@Zoë" in client.get(address).content.decode()
    rename(member, "Tobias")
    renew_names(0)
    page = client.get(address).content.decode()
    assert "@Tobias" in page
    assert "Zoë" not in page


def test_renewing_again_changes_nothing(member):
    said = make_comment(author=member)
    make_comment(parent=said, text="@Zoë: no.")
    rename(member, "Tobias")
    renew_names(0)
    said.article.refresh_from_db()
    version = said.article.version
    renew_names(0)
    said.article.refresh_from_db()
    assert said.article.version == version


def test_who_writes_the_earlier_name_means_the_member(member):
    said = make_comment(author=member)
    rename(member, "Tobias")
    answer = make_comment(parent=said, text="@Zoë: no.")
    assert answer.reply_links.get().target == said
    assert ">@Tobias</a>" in answer.html
    FormerName.objects.update(given_up_at=timezone.now() - timedelta(days=400))
    assert not make_comment(parent=said, text="@Zoë: again.").reply_links.exists()


def test_name_counts_for_who_has_it_before_who_had_it(member):
    article = make_article()
    make_comment(article, member)
    FormerName.objects.create(member=make_member("Other"), name="Zoë", key=member.display_key)
    answer = make_comment(article, text="@Zoë: no.")
    assert answer.reply_links.get().target.author == member


def test_moderators_rename_members_beyond_the_limit(client, member, settings):
    settings.NAME_CHANGES_A_MONTH = 0
    client.force_login(make_moderator())
    desk = reverse("admin:accounts_user_change", args=[member.pk])
    fields = {"display_name": "Tobias", "is_active": "on", "role": member.role}
    emails = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": member.emailaddress_set.get().pk}
    client.post(
        desk,
        fields | {f"emailaddress_set-{name}": value for name, value in emails.items()},
    )
    assert FormerName.objects.get().name == "Zoë"


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_two_changes(settings):
    settings.NAME_CHANGES_A_MONTH = 1
    member = make_member("Zoë")

    def change(name):
        flows.change_profile(member=member, display_name=name)

    results = race(lambda: change("One"), lambda: change("Two"))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "RenameRefused"]


@pytest.mark.django_db(transaction=True)
def test_two_who_want_one_name_at_once_do_not_both_get_it():
    one, other = make_member("One"), make_member("Other")

    def change(member):
        flows.change_profile(member=member, display_name="Zoë")

    results = race(lambda: change(one), lambda: change(other))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "RenameRefused"]
    assert User.objects.filter(display_name="Zoë").count() == 1
