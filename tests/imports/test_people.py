import pytest

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.models import ImportedMember
from tests.factories import make_author, make_member
from tests.imports.wxr import bring_in, item, remark

pytestmark = pytest.mark.django_db


def comment(legacy_id):
    return Comment.objects.get(former_id=legacy_id)


def test_authors_may_write_but_cannot_sign_in_and_have_no_address_on_their_account():
    bring_in(item(10))
    anna = User.objects.get()
    assert (anna.username, anna.display_name, anna.email) == ("anna", "Anna Writer", "")
    assert anna.is_author
    assert not anna.has_usable_password()
    assert ImportedMember.objects.filter(member=anna, email="anna@example.org").exists()


def test_author_who_writes_here_already_is_somebody_else():
    make_author("Anna Writer", username="anna")
    bring_in(item(10))
    author = Article.objects.get().author
    assert author.display_name == "Anna Writer 2"
    assert author.username.startswith("anna-")


def test_comments_by_the_author_are_by_the_author():
    bring_in(
        item(
            10,
            remark(1, author="Anna W.", user_id=2),
            remark(2, author="Anna Writer", email="ANNA@example.org"),
            remark(3, author="Anna Writer", email="other@example.org"),
            remark(4, author="anna"),
        )
    )
    article = Article.objects.get()
    by_author = article.comments.filter(author=article.author).order_by("number")
    assert [c.number for c in by_author] == [1, 2]


def test_author_of_an_old_export_is_told_by_name_where_signed_in():
    bring_in(
        item(10, remark(1, author="anna", user_id=7), remark(2, author="anna")),
        version="1.0",
        authors="",
    )
    article = Article.objects.get()
    assert article.author.display_name == "anna"
    assert [c.number for c in article.comments.filter(author=article.author)] == [1]


def test_one_person_is_one_member_in_all_articles():
    report = bring_in(
        item(10, remark(1, author="Ada", email="ada@example.org")),
        item(11, remark(2, author="ada", email="Ada@example.org ")),
        item(12, remark(3, author="Ada", email="else@example.org")),
    )
    assert comment(1).author == comment(2).author
    assert comment(3).author.display_name == "Ada 2"
    assert report.counts.members == 2


def test_signed_in_commenters_keep_their_number_when_their_name_changes():
    bring_in(
        item(
            10,
            remark(1, author="Ada", email="ada@example.org"),
            remark(2, author="Ada", email="ada@example.org", user_id=5),
            remark(3, author="Ada L.", email="new@example.org", user_id=5),
        )
    )
    assert len({comment(n).author_id for n in (1, 2, 3)}) == 1


def test_names_of_members_who_are_here_are_not_taken():
    here = make_member("Ada")
    bring_in(item(10, remark(1, author="ada"), remark(2, author="Ada", email="a@example.org")))
    assert {comment(1).author.display_name, comment(2).author.display_name} == {"ada 2", "Ada 3"}
    assert not here.comments.exists()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", "Anonymous"),
        ("@bob", "bob"),
        ("bob@example.org", "bob"),
        ("Bob\u202e [x]:", "Bob x"),
        ("…", "Anonymous"),
        ("n" * 90, "n" * 60),
        ("محمد", "محمد"),
    ],
)
def test_any_name_becomes_one_that_can_be_shown(written, shown):
    bring_in(item(10, remark(1, author=written)))
    assert comment(1).author.display_name == shown
    comment(1).author.full_clean()


def test_many_of_one_name_are_told_apart():
    bring_in(item(10, *(remark(n, author="Bob", email=f"b{n}@x.org") for n in range(1, 60))))
    assert User.objects.filter(display_name__startswith="Bob").count() == 59
