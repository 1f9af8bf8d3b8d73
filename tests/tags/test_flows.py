import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from forum.tags.flows import category_named, merge_tags, tags_named
from forum.tags.models import Tag
from forum.tags.naming import clean_tag_names, tag_key
from tests.factories import make_article, make_author, make_member, make_moderator
from tests.race import race


@pytest.mark.django_db
def test_spellings_of_one_tag_are_one_tag():
    (first,) = tags_named(names=["Low Water"])
    assert tags_named(names=["low  water", "LOW WATER"]) == [first]
    assert first.name == "Low Water"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Low-Water", "low water"),
        ("rivers", "River"),
        ("city", "cities"),
        ("marsh", "marshes"),
        ("farmer's market", "farmers’ markets"),
        ("Straße", "STRASSE"),
        ("e.mail", "E-Mail"),
    ],
)
def test_near_duplicates_are_one_tag(one, other):
    assert tag_key(one) == tag_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C", "C++"), ("C++", "C#"), ("new", "news"), ("gas", "ga"), ("bus", "bu"), ("mas", "más")],
)
def test_other_words_are_other_tags(one, other):
    assert tag_key(one) != tag_key(other)


def test_plurals_are_told_in_english_alone(settings):
    settings.LANGUAGE_CODE = "de"
    assert tag_key("Autos") != tag_key("Auto")


@given(st.text(max_size=30))
def test_every_name_has_a_key(name):
    for clean in clean_tag_names([name]):
        assert tag_key(clean)


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


@pytest.mark.django_db
def test_merged_tag_leaves_its_name_and_address_to_the_other(client):
    one = make_article(tag_names=["climate crisis", "rivers"])
    other = make_article(tag_names=["climate change"])
    both = make_article(tag_names=["climate crisis", "climate change"])
    crisis, change = Tag.objects.get(name="climate crisis"), Tag.objects.get(name="climate change")
    merge_tags(tags=[crisis], into=change)
    assert set(change.articles.all()) == {one, other, both}
    assert tags_named(names=["Climate Crisis"]) == [change]
    moved = client.get(reverse("tag", args=["climate-crisis"]))
    assert (moved.status_code, moved.url) == (301, change.get_absolute_url())
    merge_tags(tags=[change], into=Tag.objects.get(name="rivers"))
    assert [tag.name for tag in tags_named(names=["climate crisis", "climate change"])] == [
        "rivers"
    ]
    assert tags_named(names=["climate-crisis x"])[0].slug == "climate-crisis-x"


@pytest.mark.django_db
def test_tags_are_merged_on_the_desk_by_the_owner(client):
    client.force_login(make_moderator())
    for names in (["low water"], ["low water"], ["drought"]):
        make_article(tag_names=names)
    desk = reverse("admin:tags_tag_changelist")
    chosen = list(Tag.objects.values_list("pk", flat=True))
    page = client.post(desk, {"action": "merge", "_selected_action": chosen}, follow=True)
    assert "All is filed under “low water” now." in page.content.decode()
    assert Tag.objects.get().articles.count() == 3


@pytest.mark.django_db
def test_tags_that_exist_are_offered_the_most_used_first(client, django_assert_num_queries):
    client.force_login(make_author())
    make_article(tag_names=["rivers", "river ice", "low rivers", "towns"])
    make_article(tag_names=["river ice"])
    address = reverse("tag_suggestions")
    with django_assert_num_queries(3):
        offered = client.get(address, {"q": "Riv"}).json()["tags"]
    assert [tag["name"] for tag in offered] == ["river ice", "low rivers", "rivers"]
    assert offered[0]["pieces"] == 2
    assert client.get(address, {"q": " "}).json() == {"tags": []}
    client.force_login(make_member())
    assert client.get(address, {"q": "r"}).status_code == 403


@pytest.fixture
def owners_desk(client):
    client.force_login(make_moderator())
    return client


def change(client, tag, **words):
    return client.post(reverse("admin:tags_tag_change", args=[tag.pk]), words)


def history(client, tag):
    return client.get(reverse("admin:tags_tag_history", args=[tag.pk])).content.decode()


@pytest.mark.django_db
def test_renamed_tag_is_found_by_its_old_name_and_address_and_its_history_tells(owners_desk):
    (tag,) = tags_named(names=["rivers"])
    change(owners_desk, tag, name="streams", slug="streams")
    assert tags_named(names=["river"]) == tags_named(names=["Stream"]) == [tag]
    assert owners_desk.get(reverse("tag", args=["rivers"])).url == reverse("tag", args=["streams"])
    assert "“rivers” became “streams”" in history(owners_desk, tag)
    change(owners_desk, tag, name="Rivers", slug="rivers")
    change(owners_desk, tag, name="Rivers", slug="water")
    assert tags_named(names=["rivers"]) == tags_named(names=["streams"]) == [tag]
    for slug in ("rivers", "streams"):
        answer = owners_desk.get(reverse("tag", args=[slug]))
        assert answer.url == reverse("tag", args=["water"])


@pytest.mark.django_db
def test_tag_cannot_take_the_name_that_another_has_or_had(owners_desk):
    tags = {tag.name: tag for tag in tags_named(names=["river", "brook", "stream"])}
    brook = tags["brook"]
    merge_tags(tags=[tags["stream"]], into=tags["river"])
    for name in ("rivers", "Stream"):
        page = change(owners_desk, brook, name=name, slug="brook")
        assert "merge the two instead" in page.content.decode()
    brook.refresh_from_db()
    assert brook.name == "brook"


@pytest.mark.django_db
def test_merging_is_told_in_the_history_of_the_tag_that_is_left(owners_desk):
    (kept,) = tags_named(names=["river"])
    (gone,) = tags_named(names=["stream"])
    make_article(tag_names=["river"])
    act = {"action": "merge", "_selected_action": [kept.pk, gone.pk]}
    owners_desk.post(reverse("admin:tags_tag_changelist"), act)
    assert "“stream” (/stream/) was merged into it." in history(owners_desk, kept)
