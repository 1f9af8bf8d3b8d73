import pytest
from django.urls import reverse

from forum.comments.flows import hide_comment
from forum.flags.models import Flag
from tests.factories import make_comment, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member()
    client.force_login(member)
    return member


def test_comment_is_flagged_from_its_page_and_the_flag_taken_back(client, member):
    comment = make_comment()
    more = client.get(reverse("comment_page", args=[comment.pk])).content.decode()
    place = reverse("comment_flag", args=[comment.pk])
    assert place in more
    page = client.post(place, {"reason": "uncivil", "words": "Look."}, follow=True)
    assert "A moderator will look" in page.content.decode()
    assert Flag.objects.get().member == member
    page = client.get(place).content.decode()
    assert "You flagged this comment" in page
    assert "Look." in page
    client.post(reverse("flag_withdraw", args=[comment.pk]))
    assert not Flag.objects.open().exists()


def test_flag_without_reason_or_words_says_so_beside_the_field(client, member):
    place = reverse("comment_flag", args=[make_comment().pk])
    page = client.post(place, {"words": "Something long"})
    assert (page.status_code, "Something long" in page.content.decode()) == (422, True)
    page = client.post(place, {"reason": "other"})
    assert "Say in a few words" in page.content.decode()


def test_flag_on_what_was_hidden_meanwhile_keeps_the_words(client, member):
    comment = make_comment(text="xyzzy")
    hide_comment(comment=comment, reason="x")
    page = client.post(
        reverse("comment_flag", args=[comment.pk]), {"reason": "spam", "words": "My words"}
    )
    said = page.content.decode()
    assert "no longer shown" in said
    assert "My words" in said
    assert "xyzzy" not in said


def test_own_comment_has_no_flag_verb(client, member):
    comment = make_comment(author=member)
    place = reverse("comment_flag", args=[comment.pk])
    assert place not in client.get(reverse("comment_page", args=[comment.pk])).content.decode()
    assert "your own" in client.get(place).content.decode()
