import pytest
from django.urls import reverse

from forum.tags.flows import category_named, clean_tag_names, tags_named
from forum.tags.models import Tag
from tests.factories import make_article
from tests.race import race


@pytest.mark.django_db
def test_spellings_of_one_tag_are_one_tag():
    (first,) = tags_named(names=["Low Water"])
    assert tags_named(names=["low  water", "LOW WATER"]) == [first]
    assert first.name == "Low Water"


def test_tag_names_are_cleaned():
    assert clean_tag_names(["  a ", "", "A", "#b,", "ｃ"]) == ["a", "b", "c"]


@pytest.mark.django_db
def test_tags_with_one_address_are_told_apart():
    assert len({tag.slug for tag in tags_named(names=["C", "C++", "c#x", "c x"])}) == 4


@pytest.mark.django_db
def test_category_is_found_again():
    assert category_named(name="Cities") == category_named(name="cities")


@pytest.mark.django_db(transaction=True)
def test_two_authors_with_the_same_new_tags_share_them():
    names = [f"tag {n}" for n in range(6)]
    both = race(lambda: tags_named(names=names), lambda: tags_named(names=names[::-1]))
    assert [len(tags) for tags in both] == [6, 6]
    assert Tag.objects.count() == 6


@pytest.mark.django_db
def test_tag_index_counts_what_is_published(client):
    make_article(tag_names=["rivers"])
    make_article(tag_names=["rivers", "drafts"], published=False)
    page = client.get(reverse("tags")).content.decode()
    assert '<bdi>rivers</bdi></a> <span class="meta number">1</span>' in page
    assert "drafts" not in page


@pytest.mark.django_db
def test_category_page_lists_its_articles(client):
    category = category_named(name="Cities")
    make_article(headline="Of streets", categories=[category])
    make_article(headline="Of rivers")
    page = client.get(category.get_absolute_url()).content.decode()
    assert "Of streets" in page
    assert "Of rivers" not in page
