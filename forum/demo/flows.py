"""The demo community: people, articles and discussions, put in through the site's own flows."""

import random
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.flows import change_avatar, change_profile
from accounts.models import FormerName, User
from forum.articles.flows import Piece, create_article, publish_article
from forum.articles.models import Article
from forum.comments import standing
from forum.comments.flows import edit_comment, post_comment, withdraw_comment
from forum.comments.models import Comment, Like
from forum.demo import desk
from forum.demo.claims import show_a_claim
from forum.demo.compose import compose
from forum.demo.fairness import show_fairness
from forum.demo.posters import poster
from forum.demo.stories import Person, Story, check_speakers, read_leads, read_people
from forum.demo.visits import show_earlier_visits
from forum.moderation import flows as moderation
from forum.reading.flows import follow_person, mute, mute_person
from forum.reading.telling import tell_of
from forum.screening.models import Action, Kind, Rule
from forum.tags.flows import category_named
from forum.tags.models import Category, Tag

OWNER = "owner"
RULES = [
    {
        "name": "Advertising",
        "kind": Kind.WORDS,
        "terms": "limited offer\nwork from home\nguaranteed returns",
    },
    {
        "name": "Sites that sell links",
        "kind": Kind.DOMAINS,
        "terms": "cheap-links.example\nseo-boost.example",
        "action": Action.REFUSE,
        "message": "Links to this site are not posted here.",
    },
    {"name": "Telephone numbers", "kind": Kind.PATTERN, "terms": r"\+\d[\d /-]{8,}"},
]
# A reader who signs in should find the newest exchange still warm.
NEWEST_IS_THIS_OLD = timedelta(minutes=40)


class DemoRefused(Exception):
    """The demo would overwrite what is not its own; the message says what."""


def load_demo(*, folder: Path = settings.DATA_DIR) -> str:
    """Put the demo community in place of all that is in the database; answers with the password
    of all its people.

    Raises DemoRefused where somebody else than the demo's authors has written articles.
    """
    people = read_people()
    stories = [*read_leads(), *compose(people)]
    for story in stories:
        check_speakers(story, people)
    foreign = Article.objects.exclude(author__username__in=[p.login for p in people]).first()
    if foreign is not None:
        raise DemoRefused(
            f"This site has articles of its own (“{foreign.headline}”), which loading the demo "
            "would erase. Use an empty database for the demo."
        )
    password = demo_password(folder)
    with transaction.atomic():
        _empty()
        members = _join(people, password)
        _tell_stories(stories, members)
        standing.weigh(list(members.values()))
        _give_likes(list(members.values()))
        _show_moderation(members)
        desk.fill_the_queue(members, members[OWNER].password)
        show_fairness(members, owner=members[OWNER])
        _show_what_concerns("hollis", members)
        show_earlier_visits(members.values())
        show_a_claim(members)
    cache.clear()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # or the first pages are planned as for empty tables
    return password


def demo_password(folder: Path) -> str:
    """The password of everybody in the demo, made at first use and kept in the data folder."""
    kept = folder / "demo_password"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}")
    return kept.read_text().strip()


def _empty() -> None:
    models = (Comment, Article, Category, Tag, User)
    tables = ", ".join(f'"{model._meta.db_table}"' for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")  # the names of our own tables


def _join(people: Sequence[Person], password: str) -> dict[str, User]:
    hashed = make_password(password)
    long_ago = timezone.now() - timedelta(days=800)
    members = [
        User(
            username=person.login,
            display_name=person.formerly or person.name,
            email=f"{person.login}@example.org",
            password=hashed,
            biography=person.biography,
            website=person.website,
            pronouns=person.pronouns,
            is_author=person.role == "author",
            is_staff=person.role == "moderator",
            date_joined=long_ago + timedelta(days=3 * place, hours=5 * place % 24),
        )
        for place, person in enumerate(people)
    ]
    members.append(
        User(
            username=OWNER,
            display_name="Site owner",
            email="owner@example.org",
            password=hashed,
            is_staff=True,
            is_superuser=True,
            date_joined=long_ago,
        )
    )
    for member in members:
        member.save()
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    joined = {member.username: member for member in members}
    for person in people:
        _show_profile(person, joined[person.login])
    return joined


def _show_profile(person: Person, member: User) -> None:
    """A picture that was sent, and a name that was given up: so that each can be seen."""
    if person.sends_a_picture:
        picture, _shown = poster(person.login, "Work and tools")
        change_avatar(member=member, upload=picture)
    if person.formerly:
        change_profile(
            member=member,
            display_name=person.name,
            pronouns=person.pronouns,
            biography=person.biography,
            website=person.website,
        )
        FormerName.objects.filter(member=member).update(
            given_up_at=timezone.now() - timedelta(days=40), links_renewed_at=timezone.now()
        )
        member.refresh_from_db()


def _tell_stories(stories: list[Story], members: dict[str, User]) -> None:
    """Articles and comments at their times, moved so that the newest comment is of just now."""
    latest = max(
        story.published + (story.remarks[-1].after if story.remarks else timedelta())
        for story in stories
    )
    shift = timezone.now() - NEWEST_IS_THIS_OLD - latest
    categories = {
        name: category_named(name=name)
        for name in sorted({name for story in stories for name in story.categories})
    }
    for story in sorted(stories, key=lambda story: story.published):
        _tell(story, members, categories, shift)


def _tell(
    story: Story, members: dict[str, User], categories: dict[str, Category], shift: timedelta
) -> None:
    picture, shown = poster(story.slug, story.categories[0])
    article = create_article(
        author=members[story.author],
        piece=Piece(
            headline=story.headline,
            slug=story.slug,
            standfirst=story.standfirst,
            text=story.body,
            categories=[categories[name] for name in story.categories],
            tag_names=story.tags,
            cover=picture,
            cover_alt=shown,
            cover_caption=story.cover_caption,
        ),
    )
    article = publish_article(article=article, at=story.published + shift)
    said: list[Comment] = []
    for remark in story.remarks:
        said.append(
            post_comment(
                author=members[remark.by],
                article=article,
                text=remark.text,
                parent=said[remark.re - 1] if remark.re else None,
                posted_at=story.published + shift + remark.after,
            )
        )


def _give_likes(members: list[User]) -> None:
    """Every second comment or so is liked by somebody, a few by many."""
    choose = random.Random(20)
    said = Comment.objects.order_by("article", "number").values_list("pk", "author", "posted_at")
    Like.objects.bulk_create(
        Like(comment_id=pk, member=member, liked_at=posted_at)
        for pk, author, posted_at in said
        if choose.random() < 0.45
        for member in choose.sample(members, min(12, 1 + int(choose.expovariate(0.5))))
        if member.pk != author
    )


def _show_moderation(members: dict[str, User]) -> None:
    """A hidden, a withdrawn and an edited comment, a closed discussion, a ban: so that each can
    be seen."""
    moderator = next(member for member in members.values() if member.is_staff)
    newest = list(Article.objects.newest_first()[:8])
    busiest = Article.objects.order_by("-comment_count").first()
    assert busiest is not None
    answered = Comment.objects.filter(article=busiest, rght__gt=3, level=1).order_by("number")
    hidden, withdrawn = answered[3], answered[5]
    moderation.hide(comment=hidden, by=moderator, reason="About the person, not the matter.")
    withdraw_comment(comment=withdrawn, by=withdrawn.author)
    quiet = Article.objects.filter(comment_count__range=(3, 20)).order_by("published_at").first()
    if quiet is not None:
        moderation.lock(article=quiet, by=moderator, reason="All was said, two years ago.")
    barred = members["bexley"]
    moderation.ban(
        member=barred,
        by=moderator,
        reason="The same advertisement under four articles.",
        until=timezone.now() + timedelta(days=14),
    )
    _edit_the_newest(newest[0])
    _show_rules(members, moderator)


def _show_what_concerns(login: str, members: dict[str, User]) -> None:
    """Somebody who follows an author, mutes an advertiser, an old discussion and a thread, and was
    told of answers."""
    member = members[login]
    follow_person(member=member, person=members["ines"])
    mute_person(member=member, person=members["bexley"])
    old, other = Article.objects.filter(comment_count__gt=2).order_by("published_at")[:2]
    mute(member=member, article=old)
    thread = Comment.objects.filter(article=other).in_thread_order()[0]
    mute(member=member, article=other, branch=thread)
    answers = Comment.objects.filter(parent__author=member)
    for answer in reversed(answers.newest_first()[:3]):
        tell_of([answer.pk])


def _show_rules(members: dict[str, User], moderator: User) -> None:
    """Rules of this site's own, a comment that waits for one of them, and a discussion in slow
    mode."""
    for values in RULES:
        Rule.objects.update_or_create(name=values["name"], defaults=values)
    newest = Article.objects.newest_first()[0]
    writer = next(
        member
        for member in sorted(members.values(), key=lambda one: one.pk)
        if not (member.may_write or member.is_banned or member.is_staff)
    )
    post_comment(
        author=writer,
        article=newest,
        text="My cousin sells walking boots. It is a limited offer, but you would like them.",
    )
    Article.objects.filter(pk=newest.pk).update(comments_pace=30)


def _edit_the_newest(article: Article) -> None:
    latest = Comment.objects.filter(article=article).order_by("-number").first()
    if latest is None:
        return
    at: datetime = timezone.now() - timedelta(minutes=4)
    second_thought = post_comment(
        author=latest.author,
        article=article,
        text="One more thing, before I am asked: I walked it again this mornig.",
        parent=latest,
        posted_at=at,
    )
    edit_comment(
        comment=second_thought,
        by=second_thought.author,
        text="One more thing, before I am asked: I walked it again this morning, and it holds.",
    )
