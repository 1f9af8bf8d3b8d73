"""Roles: one choice of the owner's, the groups that follow it, and who moderates what."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from forum.comments.models import Comment
from forum.moderation import flows
from forum.moderation.flows import ModerationRefused
from forum.moderation.models import LogEntry
from forum.tags.models import Category
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db


@pytest.fixture
def rivers():
    return Category.objects.create(name="Rivers", slug="rivers")


@pytest.fixture
def keeper(rivers):
    """A moderator of the rivers alone."""
    return make_member("Rhea", moderated_categories=[rivers.pk])


@pytest.fixture
def article(rivers):
    article = make_article()
    article.categories.add(rivers)
    return article


def groups(member):
    return set(member.groups.values_list("name", flat=True))


def test_groups_follow_what_a_member_is_by_any_door():
    member = make_member(is_author=True)
    assert groups(member) == {"author"}
    User.objects.filter(pk=member.pk).update(is_author=False, is_staff=True)
    assert groups(member) == {"moderator"}
    User.objects.filter(pk=member.pk).update(is_staff=False)
    assert groups(member) == set()


def test_role_is_given_by_the_owner_and_logged(rivers):
    owner, member = make_moderator(), make_member()
    assert flows.give_role(member=member, role=Role.EDITOR, by=owner)
    assert not flows.give_role(member=member, role=Role.EDITOR, by=owner)
    member.refresh_from_db()
    assert (member.role, groups(member)) == (Role.EDITOR, {"editor"})
    flows.give_role(member=member, role=Role.CATEGORY_MODERATOR, by=owner, categories=[rivers])
    member.refresh_from_db()
    assert (member.is_editor, member.moderated_categories) == (False, [rivers.pk])
    assert groups(member) == {"category moderator"}
    assert LogEntry.objects.filter(verb="role", member=member).count() == 2


@pytest.mark.parametrize("case", ["by a moderator", "their own", "without categories"])
def test_role_is_refused(case):
    owner, member = make_moderator(), make_member()
    asked = {
        "by a moderator": {"member": member, "by": make_member(is_staff=True)},
        "their own": {"member": owner, "by": owner},
        "without categories": {"member": member, "by": owner},
    }[case]
    role = Role.CATEGORY_MODERATOR if case == "without categories" else Role.AUTHOR
    with pytest.raises(ModerationRefused):
        flows.give_role(role=role, **asked)


def test_role_is_one_choice_in_the_admin(client, rivers):
    client.force_login(make_moderator())
    member = make_member("Zoë")
    address = reverse("admin:accounts_user_change", args=[member.pk])
    words = {"display_name": "Zoë", "is_active": "on", "role": "category moderator"}
    words |= {"emailaddress_set-TOTAL_FORMS": 0, "emailaddress_set-INITIAL_FORMS": 0}
    refused = client.post(address, words)
    assert "Choose the categories" in refused.content.decode()
    assert client.post(address, words | {"categories": [rivers.pk]}).status_code == 302
    member.refresh_from_db()
    assert member.moderated_categories == [rivers.pk]


def test_moderator_of_a_category_acts_on_its_discussions_alone(keeper, article):
    theirs, other = make_comment(article), make_comment()
    assert flows.hide(comment=theirs, by=keeper, reason="off topic")
    assert flows.restore(comment=theirs, by=keeper)
    assert flows.lock(article=article, by=keeper, reason="enough")
    assert flows.unlock(article=article, by=keeper)
    for refused in (
        lambda: flows.hide(comment=other, by=keeper, reason="x"),
        lambda: flows.lock(article=other.article, by=keeper, reason="x"),
        lambda: flows.ban(member=other.author, by=keeper, reason="x"),
    ):
        with pytest.raises(ModerationRefused):
            refused()


def test_desk_shows_a_moderator_of_a_category_theirs_alone(client, keeper, article):
    make_comment(article, text="A remark on rivers.")
    make_comment(text="A remark on clocks.")
    flows.lock(article=make_comment().article, by=make_moderator(), reason="closed elsewhere")
    client.force_login(keeper)
    assert client.get(reverse("admin:index")).status_code == 200
    page = client.get(reverse("admin:comments_comment_changelist")).content.decode()
    assert "on rivers" in page
    assert "on clocks" not in page
    assert "Ban the authors" not in page
    articles = client.get(reverse("admin:articles_article_changelist"))
    assert articles.context["cl"].result_count == 1
    log = client.get(reverse("admin:moderation_logentry_changelist")).content.decode()
    assert "closed elsewhere" not in log
    for closed in ("accounts_user", "tags_category", "tags_tag", "procrastinate_procrastinatejob"):
        assert client.get(reverse(f"admin:{closed}_changelist")).status_code == 403
    assert client.get(reverse("admin:articles_article_add")).status_code == 403


def test_moderator_of_a_category_reads_an_article_at_the_desk_and_saves_nothing(
    client, keeper, article
):
    client.force_login(keeper)
    address = reverse("admin:articles_article_change", args=[article.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert article.headline in page.content.decode()
    assert "published" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert client.post(address, {"headline": "Mine"}).status_code == 403
    article.refresh_from_db()
    assert article.headline != "Mine"


def test_act_on_another_category_is_not_found(client, keeper, article):
    other = make_comment()
    client.force_login(keeper)
    assert client.get(reverse("admin:act", args=["hide"]), {"ids": other.pk}).status_code == 404
    member = other.author.pk
    assert client.get(reverse("admin:act", args=["ban"]), {"ids": member}).status_code == 404


def test_moderator_of_a_category_reads_what_is_hidden_there_alone(keeper, article):
    theirs, other = make_comment(article), make_comment()
    for comment in (theirs, other):
        flows.hide(comment=comment, by=make_moderator(), reason="off topic")
    assert list(Comment.objects.readable_by(keeper)) == [theirs]
    article.categories.clear()
    assert not Comment.objects.readable_by(keeper).exists()


def test_nobody_else_enters_the_desk(client):
    for fields in ({}, {"is_author": True}, {"is_editor": True}):
        client.force_login(make_member(**fields))
        assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_moderators_may_what_the_desks_declare_and_no_more():
    moderator = make_member(is_staff=True)
    held = {one for one in moderator.get_all_permissions() if not one.startswith("tags.view")}
    assert {one for one in held if ".view_" not in one} == {
        "articles.add_article",
        "articles.change_article",
        "fairness.add_note",
    }
