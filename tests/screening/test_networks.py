"""What came from one address is known to belong together for some days; the address is not kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.addresses import NOWHERE
from forum.comments.models import Comment, Origin
from forum.comments.tasks import forget_origins
from forum.flags.flows import flag_comment
from forum.flags.models import Flag
from forum.flags.tasks import forget_origins_of_flags
from forum.people import flows as people
from forum.people.models import Merge
from forum.screening.judging import Sent
from forum.screening.networks import network_hash
from tests.factories import make_article, make_comment, make_member, make_moderator

HERE, NEAR, AWAY = Sent(address="192.0.2.7"), Sent(address="192.0.2.8"), Sent(address="2001:db8::1")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_hashes_are_equal_where_the_network_is(one, other, equal):
    assert (network_hash(one) == network_hash(other)) is equal


def test_hash_depends_on_the_sites_secret_and_fits_the_database(settings):
    before = network_hash("192.0.2.7")
    assert -(2**63) <= before < 2**63
    settings.SECRET_KEY = "another"
    assert network_hash("192.0.2.7") != before


def test_nothing_is_kept_of_no_address_or_where_the_owner_wants_it_so(settings):
    assert network_hash("") is network_hash(NOWHERE) is None
    settings.ADDRESS_HASHES_KEPT_DAYS = 0
    assert network_hash("192.0.2.7") is None


@pytest.mark.django_db
def test_comment_keeps_where_it_came_from_without_another_statement():
    article, author = make_article(), make_member()
    parent = make_comment(article, author)

    def cost(**more):
        with CaptureQueriesContext(connection) as queries:
            make_comment(article, author, **more)
        return len(queries)

    assert cost(text="A thread.") == cost(text="Another.", sent=HERE)
    assert cost(text="An answer.", parent=parent) == cost(
        text="One more.", parent=parent, sent=HERE
    )
    threads = dict(Origin.objects.values_list("comment__text", "network"))
    assert threads == dict.fromkeys(["Another.", "One more."], network_hash("192.0.2.7"))


@pytest.mark.django_db
def test_posts_and_flags_of_the_site_bring_their_address(client):
    article, comment = make_article(), make_comment()
    client.force_login(make_member())
    place = reverse("comment_post", args=[article.publish_date, article.slug])
    client.post(place, {"text": "Hello"}, REMOTE_ADDR="192.0.2.7")
    flag = reverse("comment_flag", args=[comment.pk])
    client.post(flag, {"reason": "spam"}, REMOTE_ADDR="192.0.2.7")
    kept = [Origin.objects.get().network, Flag.objects.get().network]
    assert kept == [network_hash("192.0.2.7")] * 2


@pytest.mark.django_db
def test_what_is_old_is_forgotten():
    old, new = (make_comment(sent=HERE) for _ in range(2))
    for comment in (old, new):
        flag_comment(comment=comment, by=make_member(), reason="spam", address="192.0.2.7")
    then = timezone.now() - timedelta(days=15)
    Comment.objects.filter(pk=old.pk).update(posted_at=then)
    Flag.objects.filter(comment=old).update(flagged_at=then)
    forget_origins(timestamp=0)
    forget_origins_of_flags(timestamp=0)
    assert Origin.objects.get().comment == new
    assert Flag.objects.get(network__isnull=False).comment == new


@pytest.mark.django_db
def test_erased_member_came_from_nowhere():
    member = make_member()
    comment = make_comment(author=member, sent=HERE)
    flag_comment(comment=make_comment(), by=member, reason="spam", address="192.0.2.7")
    people.erase_member(member=member, keep_comments=True, keep_articles=True)
    assert Comment.objects.filter(pk=comment.pk).exists()
    assert not Origin.objects.exists()
    assert Flag.objects.get().network is None


@pytest.mark.django_db
def test_record_of_a_merge_keeps_no_hash():
    comment, gone, kept = make_comment(), make_member(), make_member()
    for member in (gone, kept):
        flag_comment(comment=comment, by=member, reason="spam", address="192.0.2.7")
    people.merge_members(gone=gone, kept=kept, by=make_moderator(), reason="One person.")
    assert str(network_hash("192.0.2.7")) not in str(Merge.objects.get().record)


@pytest.mark.django_db
def test_wave_is_found_by_the_address_of_one_of_its_comments(client):
    client.force_login(make_moderator())
    first, second = (make_comment(sent=HERE) for _ in range(2))
    make_comment(sent=NEAR)
    unknown = make_comment()

    def search(comment):
        asked = {"same_as": comment.get_absolute_url(), "hours": 720}
        return client.get(reverse("admin:sweep"), asked)

    assert set(search(first).context["found"]) == {first, second}
    assert "It is not known where this comment came from." in search(unknown).content.decode()
    desk = client.get(reverse("admin:desk_item", args=["all", first.pk])).content.decode()
    assert "From the same network address: 1 comment by somebody else" in desk
    for page in (desk, search(first).content.decode()):
        assert "192.0.2" not in page
        assert str(network_hash("192.0.2.7")) not in page


@pytest.mark.django_db
def test_old_hashes_are_not_looked_at_before_the_job_has_come(client, settings):
    client.force_login(make_moderator())
    comment = make_comment(sent=AWAY)
    make_comment(sent=AWAY)
    settings.ADDRESS_HASHES_KEPT_DAYS = 0
    page = client.get(reverse("admin:sweep")).content.decode()
    assert 'name="same_as"' not in page
    desk = client.get(reverse("admin:desk_item", args=["all", comment.pk])).content.decode()
    assert "From the same network address" not in desk


@pytest.mark.django_db
def test_privacy_page_says_what_is_kept_and_for_how_long(client, settings):
    assert "made of the network address" in client.get(reverse("privacy")).content.decode()
    settings.ADDRESS_HASHES_KEPT_DAYS = 0
    assert "made of the network address" not in client.get(reverse("privacy")).content.decode()
