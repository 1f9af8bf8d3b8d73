from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, FormerPlace, Like, ReplyLink
from forum.demo import desk, flows
from forum.demo.claims import CLAIMS, IMPORTED
from forum.demo.compose import TOPICS, compose
from forum.demo.flows import DemoRefused, load_demo
from forum.demo.stories import read_leads, read_people
from forum.demo.topics import read_plans
from forum.moderation import queues
from forum.moderation.models import LogEntry
from forum.people.claiming import claimable
from forum.reading.marks import count_new
from forum.tags.models import Category, Tag
from tests.factories import make_article, make_member
from tests.invariants import assert_threads_sound

MODELS = (User, Article, Comment, Like, ReplyLink, Category, Tag, LogEntry)


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


@pytest.fixture(scope="module")
def few():
    """The next to longest discussion and five short ones."""
    by_size = sorted(compose(read_people()), key=lambda story: len(story.remarks))
    return [*by_size[:5], by_size[-2]]


@pytest.fixture
def a_few_stories(monkeypatch, few):
    """Makes the demo small, for what does not depend on how much is loaded."""
    monkeypatch.setattr(flows, "read_leads", list)
    monkeypatch.setattr(flows, "compose", lambda people: few)


@pytest.mark.django_db
def test_whole_demo_is_loaded_with_every_thread_sound(tmp_path):
    load_demo(folder=tmp_path)
    people = read_people()
    planned = {story.slug: len(story.remarks) for story in read_leads()}
    planned |= {plan.story.slug: plan.size for plan in read_plans(TOPICS)}
    loaded = dict(Article.objects.annotate(said=Count("comments")).values_list("slug", "said"))
    # One reply is added to the newest article, to show an edited comment, and what waits at the
    # desk: an advertisement each, first words of a new member, and what a rule caught.
    newest = list(Article.objects.newest_first()[:6].values_list("slug", flat=True))
    planned[newest[0]] += 2
    for place, slug in enumerate(newest):
        planned[slug] += 1 + (place < len(desk.FIRST_WORDS))
    # Moderators moved some and merged two discussions.
    for place in FormerPlace.objects.select_related("article", "comment__article"):
        planned[place.article.slug] -= 1
        planned[place.comment.article.slug] += 1
    assert loaded == planned
    assert set(User.objects.values_list("username", flat=True)) == {
        *(person.login for person in people),
        *(login for login, _name, _days in desk.NEWCOMERS),
        flows.OWNER,
    }
    waiting = [queue.cases().exists() for queue in queues.QUEUES.values()]
    assert all(waiting), "a queue without anything in it"
    assert_threads_sound()
    latest = Article.objects.newest_first()[0]
    for login in ("hollis", "ines", "pilar", flows.OWNER):
        count_new(User.objects.get(username=login), [latest])
        assert 5 < latest.new_count < latest.comment_count, "what signing in shows"


@pytest.mark.django_db(transaction=True)
def test_demo_loaded_twice_over_is_there_once(tmp_path, a_few_stories):
    password = load_demo(folder=tmp_path)
    once = counts()
    assert once["Comment"] > 100
    assert once["Like"] > 50
    assert load_demo(folder=tmp_path) == password
    assert counts() == once
    assert_threads_sound()


@pytest.mark.django_db
def test_everybody_of_the_demo_signs_in_with_its_password(tmp_path, a_few_stories):
    password = load_demo(folder=tmp_path)
    imported = User.objects.get(username=IMPORTED)
    assert not imported.has_usable_password()
    assert claimable(User.objects.get(username=CLAIMS)).get() == imported
    others = User.objects.exclude(pk=imported.pk)
    assert all(check_password(password, kept) for kept in {user.password for user in others})
    assert (tmp_path / "demo_password").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_demo_does_not_erase_a_site_with_articles_of_its_own(tmp_path, a_few_stories):
    article = make_article(headline="Ours")
    with pytest.raises(DemoRefused, match="Ours"):
        load_demo(folder=tmp_path)
    with pytest.raises(CommandError, match="Ours"):
        call_command("demo", stdout=StringIO())
    assert Article.objects.get() == article


@pytest.mark.django_db
def test_demo_if_empty_leaves_a_site_with_members_alone():
    member = make_member()
    call_command("demo", "--if-empty", stdout=StringIO())
    assert User.objects.get() == member
