"""Whom an @ may mean, and that what is offered is what will be linked."""

import pytest
from django.urls import reverse

from forum.comments import flows, reply_links
from forum.comments.names import MOST_NAMES, names
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article()


@pytest.fixture
def zoe():
    return make_member("Zoë", username="zoe")


def found(article, typed, writer, **more):
    return [(one.name, one.number) for one in names(article, typed, writer=writer, **more)]


def test_people_of_the_discussion_come_first_then_members(article, zoe):
    make_member("Michelle")
    make_comment(article, make_member("michael reynolds"))
    make_comment(article, make_member("Other"))
    assert found(article, "mich", zoe) == [("michael reynolds", 1), ("Michelle", None)]


def test_at_alone_offers_the_people_of_the_discussion_latest_first(article, zoe):
    one, two = make_member("One"), make_member("Two")
    for author in (one, two, one):
        make_comment(article, author)
    make_member("Elsewhere")
    assert found(article, "", zoe) == [("One", 3), ("Two", 2)]


def test_any_word_of_a_name_and_any_script_is_found(article, zoe):
    for name in ("michael reynolds", "Мария Ильина", "李小龍", "ليلى حداد"):
        make_comment(article, make_member(name))
    for typed, number in {"rey": 1, "МАР": 2, "иль": 2, "李": 3, "حد": 4}.items():
        assert [n for _name, n in found(article, typed, zoe)] == [number], typed


def test_letters_that_only_look_alike_are_not_offered(article, zoe):
    # The key of "m" begins like that of "r".
    make_comment(article, make_member("Mo"))
    make_comment(article, make_member("Rosa"))
    assert found(article, "r", zoe) == [("Rosa", 2)]


def test_writer_and_people_who_cannot_sign_in_are_not_offered(article, zoe):
    make_comment(article, zoe)
    gone = make_member("Zoo")
    make_comment(article, gone)
    gone.is_active = False
    gone.save()
    assert found(article, "zo", zoe) == []


def test_what_is_out_of_sight_is_not_shown(article, zoe):
    cb = make_member("CB")
    make_comment(article, cb, text="Seen.")
    hidden = make_comment(article, cb, text="Hidden words.")
    flows.hide_comment(comment=hidden, reason="off topic")
    only = names(article, "cb", writer=zoe)
    assert [(one.number, one.words) for one in only] == [(1, "Seen.")]


def test_no_more_names_than_can_be_looked_over(article, zoe):
    for n in range(MOST_NAMES):
        make_comment(article, make_member(f"Same {n}"))
    make_member("Same again")
    assert len(found(article, "same", zoe)) == MOST_NAMES


@pytest.mark.parametrize("answers", [None, 1, 2])
@pytest.mark.parametrize("before", [None, 3])
def test_offered_comment_is_the_one_that_is_linked(article, zoe, answers, before):
    cb, other = make_member("CB"), make_member("CB two")
    for author in (cb, other, cb, other):
        make_comment(article, author)
    parent = answers and article.comments.get(number=answers)
    offered = dict(found(article, "cb", zoe, parent=parent, before=before))
    for name, number in offered.items():
        means = reply_links.resolve(
            f"<p>@{name}</p>", article=article, parent=parent, before=before
        )
        assert means[name.casefold()].comment.number == number
    assert set(offered) == {"CB", "CB two"}


def address(article):
    return reverse("discussion_names", args=[article.publish_date, article.slug])


def test_names_are_for_members_and_where_they_may_read(client, article, zoe):
    assert client.get(address(article)).status_code == 302
    client.force_login(zoe)
    make_comment(article, make_member("CB"), text="Would a *comparison* help?")
    told = client.get(address(article), {"typed": "c", "parent": "x", "before": ""}).json()
    assert told == {"names": [{"name": "CB", "number": 1, "words": "Would a comparison help?"}]}
    where = address(article)
    article.published_at = article.publish_date = None
    article.save()
    assert client.get(where).status_code == 404


def test_parent_of_another_discussion_changes_nothing(client, article, zoe):
    cb = make_member("CB")
    make_comment(article, cb)
    elsewhere = make_comment(author=cb)
    client.force_login(zoe)
    told = client.get(address(article), {"typed": "c", "parent": elsewhere.pk}).json()
    assert [one["number"] for one in told["names"]] == [1]


@pytest.mark.parametrize("people", [1, 12])
def test_names_take_five_queries(client, article, zoe, django_assert_num_queries, people):
    for n in range(people):
        make_comment(article, make_member(f"Name {n}"))
    client.force_login(zoe)
    with django_assert_num_queries(5 if people < MOST_NAMES else 4):
        client.get(address(article), {"typed": "n"})
