"""People of an import get their words and name back once they have proved their address."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.models import ImportedMember
from forum.moderation import flows as moderation
from forum.people import flows
from forum.people.claiming import claimable
from forum.people.models import DeclinedClaim, Merge
from tests.accounts.signing_in import code_in, sign_in_afresh
from tests.factories import PASSWORD, make_member, make_moderator
from tests.imports.wxr import bring_in, item, remark

pytestmark = pytest.mark.django_db
ADDRESS = "Bert@example.org"
OFFER = "may be yours"


@pytest.fixture(autouse=True)
def imported():
    bring_in(
        item(
            10,
            remark(1, author="Bert", email=ADDRESS, content="I was here."),
            remark(2, author="Cleo", email="cleo@example.org", content="@Bert: so was I."),
        )
    )
    return User.objects.get(display_name="Bert")


@pytest.fixture
def bert():
    return make_member("Bert the Younger", username="bert-y", email="bert@example.org")


def enter_code(client):
    words = {"code": code_in(mail.outbox[-1])}
    return client.post(reverse("account_email_verification_sent"), words, follow=True)


def claim(client, imported, name="take", **more):
    words = {"imported": imported.pk, f"claim{imported.pk}-name": name}
    return client.post(reverse("claims"), words | more, follow=True)


def test_who_signs_up_with_the_address_is_offered_it_after_the_mail_and_gets_all(client, imported):
    words = {
        "display_name": "Bert Again",
        "username": "bertie",
        "email": "bert@example.org",
        "password1": PASSWORD,
    }
    page = client.post(reverse("account_signup"), words, follow=True)
    assert OFFER not in page.content.decode()
    member = User.objects.get(username="bertie")
    assert not claimable(member).exists()
    page = enter_code(client)
    assert OFFER in page.content.decode()
    page = client.get(reverse("claims")).content.decode()
    assert "Bert</bdi>" in page
    assert "1 comment" in page
    assert "Cleo" not in page
    page = claim(client, imported)
    assert page.request["PATH_INFO"] == member.get_absolute_url()
    member.refresh_from_db()
    assert member.display_name == "Bert"
    comment = Comment.objects.get(former_id=1)
    assert comment.author == member
    answer = Comment.objects.get(former_id=2)
    assert '<a class="reply-link" href="#comment-1">@Bert</a>' in answer.html
    assert not claimable(member).exists()


def test_further_address_is_offered_once_it_is_confirmed(client, imported):
    member = make_member("Albert", username="albert")
    sign_in_afresh(client, member)
    client.post(reverse("account_email"), {"email": "bert@example.org", "action_add": ""})
    assert OFFER not in client.get("/").content.decode()
    assert "Nobody who wrote here before" in client.get(reverse("claims")).content.decode()
    assert OFFER in enter_code(client).content.decode()
    claim(client, imported, name="keep")
    member.refresh_from_db()
    assert member.display_name == "Albert"
    assert "@Albert</a>" in Comment.objects.get(former_id=2).html


def test_nobody_learns_of_an_address_that_is_not_theirs(client, imported):
    """Neither signing up nor adding an address says anything else for a known one."""
    sign_in_afresh(client, make_member(username="eve"))
    pages = []
    for address in ("bert@example.org", "carl@example.org"):
        page = client.post(
            reverse("account_email"), {"email": address, "action_add": ""}, follow=True
        ).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        pages.append(page.replace(address, "ADDRESS"))
        EmailAddress.objects.filter(email=address).delete()
    assert pages[0] == pages[1]
    assert claim(client, imported).status_code == 404


def test_claim_of_somebody_else_is_refused_also_when_it_is_forged(client, bert, imported):
    cleo = User.objects.get(display_name="Cleo")
    client.force_login(bert)
    assert claim(client, cleo).status_code == 404
    with pytest.raises(flows.ClaimRefused):
        flows.claim_imported(imported=cleo, member=bert)
    with pytest.raises(flows.ClaimRefused):
        flows.decline_claim(imported=cleo, member=bert)


def test_declined_claim_is_not_offered_again(client, bert, imported):
    client.force_login(bert)
    page = claim(client, imported, decline="1").content.decode()
    assert "not asked about this again" in page
    assert DeclinedClaim.objects.filter(member=bert, imported=imported).exists()
    assert not claimable(bert).exists()
    assert Comment.objects.get(former_id=1).author == imported


def test_what_was_claimed_is_nobody_elses_when_the_address_changes_hands(bert, imported):
    flows.claim_imported(imported=imported, member=bert)
    EmailAddress.objects.filter(user=bert).delete()
    User.objects.filter(pk=bert.pk).update(email="")
    assert not claimable(make_member(email="bert@example.org", username="heir")).exists()


def test_authors_account_is_proved_by_its_own_address_alone():
    """Whoever signed in under the author's name is taken for them by an import of old files; their
    address does not make them the author."""
    bring_in(
        item(11, remark(3, author="anna", user_id=7, email="eve@example.org")),
        version="1.0",
        authors="",
    )
    author = Article.objects.get(imported_from__legacy_id=11).author
    assert (
        not claimable(make_member(email="eve@example.org", username="eve"))
        .filter(pk=author.pk)
        .exists()
    )


def known_as(imported, identity, email):
    ImportedMember.objects.create(
        source="https://old.example.org", identity=identity, email=email, member=imported
    )


def test_account_of_old_is_proved_by_no_address_that_was_left_at_a_comment(bert, imported):
    """Anybody could comment there under the name of somebody with an account."""
    assert claimable(bert).get() == imported
    known_as(imported, "login:bert", "")
    assert not claimable(bert).exists()
    ImportedMember.objects.filter(identity="login:bert").update(email="bert@example.org")
    assert claimable(bert).get() == imported


def test_author_of_old_without_an_account_is_proved_by_nothing(bert, imported):
    User.objects.filter(pk=imported.pk).update(is_author=True)
    assert not claimable(bert).exists()


def test_person_with_an_address_here_is_nobody_elses(bert, imported):
    EmailAddress.objects.create(user=imported, email="other@example.org")
    assert not claimable(bert).exists()


def test_address_is_the_same_in_capital_letters(bert, imported):
    EmailAddress.objects.filter(user=bert).update(email="BERT@example.org")
    assert claimable(bert).get() == imported


def test_author_who_claims_is_an_author_here():
    anna = make_member("Ann", email="anna@example.org", username="ann")
    author = User.objects.get(display_name="Anna Writer")
    flows.claim_imported(imported=author, member=anna, take_name=True)
    anna.refresh_from_db()
    assert anna.is_author
    assert anna.display_name == "Anna Writer"
    assert Article.objects.get().author == anna


def test_ban_follows_a_claim(bert, imported):
    moderation.ban(member=imported, by=make_moderator(), reason="noise")
    flows.claim_imported(imported=imported, member=bert)
    bert.refresh_from_db()
    assert bert.is_banned


def test_claim_is_undone_with_its_names(bert, imported):
    owner = make_moderator()
    before = list(User.objects.order_by("pk").values_list("display_name", "is_active"))
    merge = flows.claim_imported(imported=imported, member=bert, take_name=True)
    flows.undo_merge(merge=merge, by=owner, reason="somebody else's mailbox")
    after = User.objects.exclude(pk=owner.pk).order_by("pk")
    assert before[:-1] == list(after.values_list("display_name", "is_active"))
    assert Comment.objects.get(former_id=1).author == imported
    assert "@Bert</a>" in Comment.objects.get(former_id=2).html
    assert not bert.former_names.exists()
    assert Merge.objects.get().undone_by == owner


def test_claim_is_undone_also_where_somebody_else_has_the_name_by_now(bert, imported):
    merge = flows.claim_imported(imported=imported, member=bert, take_name=True)
    User.objects.filter(pk=bert.pk).update(display_name="Albert", display_key="albert")
    make_member("Bert")
    assert flows.undo_merge(merge=merge, by=make_moderator(), reason="two")
    imported.refresh_from_db()
    bert.refresh_from_db()
    assert imported.display_name.startswith("Merged account")
    assert bert.display_name == "Albert"


def test_former_name_leads_to_who_claimed(bert, imported):
    flows.claim_imported(imported=imported, member=bert)
    assert [name.name for name in bert.former_names.all()] == ["Bert"]


def test_sign_in_offers_what_an_import_brought_later(client, bert):
    client.post(reverse("account_login"), {"login": "bert-y", "password": PASSWORD})
    assert OFFER in client.get("/").content.decode()
