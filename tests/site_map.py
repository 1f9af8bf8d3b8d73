"""Every address of the site by its name: what it is asked for, and what four kinds of people get.

`test_site_map.py` asks for each, and fails when a name of the site's own map is missing here.
`test_leaks.py` walks them all in search of what nobody may read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import get_resolver

from accounts.models import User
from forum import tasks
from forum.articles.models import Article, ArticleRevision
from forum.comments import flows
from forum.comments.models import Comment
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.screening.models import Kind, Rule
from forum.tags.flows import category_named
from forum.tags.models import Category, Tag
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

BARRED, GONE, NOT_SO = 403, 404, 405
PICTURE = "site-map/picture.txt"


@dataclass
class World:
    """A site with one of everything that has an address."""

    author: User
    member: User
    moderator: User
    owner: User
    article: Article
    comment: Comment
    category: Category
    tag: Tag
    entry: LogEntry
    job: int

    def person(self, kind: str) -> User | None:
        return getattr(self, kind, None)


def make_world() -> World:
    author, member = make_author("Inês", username="ines"), make_member("Zoë", username="zoe")
    moderator, owner = make_member("Pilar", is_staff=True), make_moderator("Olga")
    category = category_named(name="Rivers")
    article = make_article(
        author, headline="On otters", categories=[category], tag_names=["wildlife"]
    )
    comment = make_comment(article, member, text="Before the flood.")
    comment = flows.edit_comment(comment=comment, by=member, text="After the flood.")
    moderation.lock(article=make_article(author), by=owner, reason="enough said")
    Rule.objects.create(name="No casinos", kind=Kind.WORDS, terms="casino")
    if not default_storage.exists(PICTURE):
        default_storage.save(PICTURE, ContentFile(b"a picture"))
    tag, entry = article.tags.get(), LogEntry.objects.get()
    job = tasks.forget_old_jobs.configure(queueing_lock=None).defer(timestamp=0)
    return World(author, member, moderator, owner, article, comment, category, tag, entry, job)


# A status, where it leads, or words that are on the page.
Answer = int | Callable[[World], str] | str


def to(place: str) -> Callable[[World], str]:
    return lambda world: place


SIGN_IN, DESK, HOME = to("/accounts/login/"), to("/admin/login/"), to("/")


@dataclass(frozen=True)
class Address:
    """What an address answers: to readers as to members, and so on, unless said otherwise."""

    reader: Answer
    member: Answer | None = None
    moderator: Answer | None = None
    owner: Answer | None = None
    key: Callable[[World], list[Any]] = field(default=lambda world: [])
    query: Callable[[World], dict[str, Any]] = field(default=lambda world: {})

    def answer(self, kind: str) -> Answer:
        """The answer to this kind of person."""
        answers = (self.reader, self.member, self.moderator, self.owner)
        given = answers[: ("reader", "member", "moderator", "owner").index(kind) + 1]
        return [one for one in given if one is not None][-1]


def of_article(world: World) -> list[Any]:
    return [world.article.publish_date, world.article.slug]


def of_draft(world: World) -> list[Any]:
    return [world.article.pk]


def revision_of(world: World) -> ArticleRevision:
    revision = world.article.revisions.newest()
    assert revision is not None
    return revision


def of_comment(world: World) -> list[Any]:
    return [world.comment.pk]


def of_job(world: World) -> list[Any]:
    return [world.job]


ADDRESSES = {
    "home": Address("On otters"),
    "article": Address("After the flood.", key=of_article),
    "member_liked": Address("0 likes in all", key=lambda world: [world.comment.author.username]),
    "member_following": Address(
        SIGN_IN, "Follow or mute", key=lambda world: [world.author.username]
    ),
    "followed_people": Address(SIGN_IN, "People you follow"),
    "preferences": Address("How you read"),
    "folded_style": Address("display: none", query=lambda world: {"people": "1-2"}),
    "tags": Address("wildlife"),
    "tag": Address("On otters", key=lambda world: [world.tag.slug]),
    "category": Address("On otters", key=lambda world: [world.category.slug]),
    "author": Address("On otters", key=lambda world: [world.author.username]),
    "member": Address("After the flood.", key=lambda world: [world.comment.author.username]),
    "media": Address("a picture", key=lambda world: [PICTURE]),
    # Comments
    "comment": Address(lambda world: world.article.get_absolute_url(), key=of_comment),
    "comment_page": Address("After the flood.", key=of_comment),
    "comment_by_number": Address(
        lambda world: world.comment.get_absolute_url(),
        key=lambda world: [*of_article(world), world.comment.number],
    ),
    "comment_card": Address("After the flood.", key=of_comment),
    "comment_exchange": Address("After the flood.", key=of_comment),
    "comment_like": Address(SIGN_IN, "After the flood.", key=of_comment),
    "comment_likes": Address(SIGN_IN, "Nobody", key=of_comment),
    "comment_history": Address("Before the flood.", key=of_comment),
    "comment_post": Address(SIGN_IN, "Write a comment", key=of_article),
    "comment_reply": Address(SIGN_IN, "After the flood.", key=of_comment),
    "comment_edit": Address(SIGN_IN, "Edit your comment", GONE, key=of_comment),
    "withdrawal_undo": Address(NOT_SO, key=of_comment),
    "comment_draft": Address(NOT_SO, key=of_article),
    "reply_draft": Address(NOT_SO, key=of_comment),
    "edit_draft": Address(NOT_SO, key=of_comment),
    "discussion_names": Address(SIGN_IN, "names", key=of_article),
    "standing": Address(SIGN_IN, "What each level may"),
    "comment_withdraw": Address(SIGN_IN, "Withdraw your comment?", GONE, key=of_comment),
    # Reading
    # A stream has no end: what it says is asked for in tests/live.
    "article_live": Address(GONE, key=lambda world: [0]),
    "article_cards": Address(
        "After the flood.", key=of_draft, query=lambda world: {"numbers": world.comment.number}
    ),
    "discussions": Address(SIGN_IN, "My discussions"),
    "new_step": Address(SIGN_IN, lambda world: world.article.get_absolute_url(), key=of_article),
    "new_seen": Address(NOT_SO, key=of_article),
    "new_all_read": Address(NOT_SO, key=of_article),
    "new_since": Address(NOT_SO, key=of_article),
    "new_undo": Address(NOT_SO, key=of_article),
    "article_following": Address(SIGN_IN, "Follow or mute", key=of_article),
    "branch_following": Address(SIGN_IN, "Follow or mute", key=of_comment),
    # Writing
    "articles_mine": Address(SIGN_IN, BARRED, "Your articles"),
    "article_new": Address(SIGN_IN, BARRED, "Headline"),
    "article_edit": Address(SIGN_IN, BARRED, "On otters", key=of_draft),
    "article_preview": Address(SIGN_IN, BARRED, "On otters", key=of_draft),
    "article_publish": Address(SIGN_IN, BARRED, "On otters", key=of_draft),
    "article_unpublish": Address(SIGN_IN, BARRED, "On otters", key=of_draft),
    "article_revisions": Address(SIGN_IN, BARRED, "Revisions", key=of_draft),
    "article_compare": Address(
        SIGN_IN,
        BARRED,
        "The words are the same.",
        key=of_draft,
        query=lambda world: dict.fromkeys(["old", "new"], revision_of(world).pk),
    ),
    "article_submit": Address(SIGN_IN, BARRED, "On otters", key=of_draft),
    "article_return": Address(SIGN_IN, BARRED, "On otters", key=of_draft),
    "tag_suggestions": Address(SIGN_IN, BARRED, "wildlife", query=lambda world: {"q": "wild"}),
    # What a form alone asks for.
    "article_new_autosave": Address(NOT_SO),
    "article_autosave": Address(NOT_SO, key=of_draft),
    "article_discard": Address(NOT_SO, key=lambda world: [1]),
    "article_restore": Address(NOT_SO, key=lambda world: [world.article.pk, revision_of(world).pk]),
    "picture_upload": Address(NOT_SO),
    # Accounts
    "account_profile": Address(SIGN_IN, "Your account"),
    "account_avatar": Address(NOT_SO),
    "account_login": Address("Sign in</h1>", HOME),
    "account_logout": Address(HOME, "Sign out?"),
    "account_signup": Address("Join</h1>", HOME),
    "account_inactive": Address("This account is closed"),
    "account_reauthenticate": Address(SIGN_IN, "Your password, please"),
    "account_email": Address(SIGN_IN, "Your e-mail addresses"),
    "account_email_verification_sent": Address("Look into your mail"),
    "account_change_password": Address(SIGN_IN, "Change your password"),
    "account_set_password": Address(SIGN_IN, to("/accounts/password/change/")),
    "account_reset_password": Address("A new password"),
    "account_reset_password_done": Address("Look into your mail"),
    "account_reset_password_from_key": Address("used before", key=lambda world: ["1", "x"]),
    "account_reset_password_from_key_done": Address("Your password is changed"),
    "account_confirm_email": Address("too old or was cut off", key=lambda world: ["x"]),
    "account_confirm_login_code": Address(SIGN_IN, HOME),
    # Notifications
    "notifications": Address(SIGN_IN, "Nothing yet"),
    "notification": Address(SIGN_IN, GONE, key=lambda world: [0]),
    "notifications_all_read": Address(NOT_SO),
    # The desk
    "admin:index": Address(DESK, DESK, "Recent actions"),
    "admin:login": Address(SIGN_IN, BARRED, to("/admin/")),
    "admin:logout": Address(to("/admin/"), to("/admin/"), NOT_SO),
    "admin:password_change": Address(DESK, DESK, "Password change"),
    "admin:password_change_done": Address(DESK, DESK, "Your password was changed"),
    "admin:jsi18n": Address(DESK, DESK, "gettext"),
    # No list of the desk looks up its rows while one types.
    "admin:autocomplete": Address(DESK, DESK, BARRED),
    "admin:app_list": Address(
        DESK, DESK, "/admin/comments/comment/", key=lambda world: ["comments"]
    ),
    "admin:view_on_site": Address(
        DESK,
        DESK,
        lambda world: world.comment.get_absolute_url(),
        key=lambda world: [ContentType.objects.get_for_model(Comment).pk, world.comment.pk],
    ),
    "admin:act": Address(
        DESK,
        DESK,
        "After the flood.",
        key=lambda world: ["hide"],
        query=lambda world: {"ids": world.comment.pk},
    ),
}

# The mail of the demo is there for nobody else: tests/demo/test_mail.py.
ADDRESSES |= {
    "demo_mailbox": Address(GONE),
    "demo_mail": Address(GONE, key=lambda world: ["x"]),
}

# What moderators and the owner may add and delete on each list of the desk, and what it shows.
ONLY_READ = {"add": BARRED, "delete": BARRED}
DESKS: dict[str, tuple[str, Callable[[World], Any], dict[str, Answer], dict[str, Answer]]] = {
    "articles_article": (
        "On otters",
        lambda world: world.article,
        {"add": "Headline", "delete": BARRED},
        {},
    ),
    "comments_comment": ("After the flood.", lambda world: world.comment, ONLY_READ, {}),
    "accounts_user": ("Zoë", lambda world: world.member, ONLY_READ, {}),
    "tags_category": (
        "Rivers",
        lambda world: world.category,
        ONLY_READ,
        {"add": "Name", "delete": "Are you sure"},
    ),
    "tags_tag": ("wildlife", lambda world: world.tag, ONLY_READ, {"delete": "Are you sure"}),
    "screening_rule": (
        "No casinos",
        lambda world: Rule.objects.get(name="No casinos"),
        {"add": "Name", "delete": "Are you sure"},
        {},
    ),
    "moderation_logentry": ("enough said", lambda world: world.entry, ONLY_READ, {}),
}
# What the site does behind its pages is the owner's alone to see.
JOBS = "admin:procrastinate_procrastinatejob"
ADDRESSES |= {
    f"{JOBS}_changelist": Address(DESK, DESK, BARRED, "forget_old_jobs"),
    f"{JOBS}_add": Address(DESK, DESK, BARRED, BARRED),
    f"{JOBS}_change": Address(DESK, DESK, BARRED, "forget_old_jobs", key=of_job),
    f"{JOBS}_history": Address(DESK, DESK, BARRED, "Change history", key=of_job),
    f"{JOBS}_delete": Address(DESK, DESK, BARRED, BARRED, key=of_job),
}
for desk, (shows, row, moderators, owners) in DESKS.items():
    ADDRESSES |= {
        f"admin:{desk}_changelist": Address(DESK, DESK, shows),
        f"admin:{desk}_add": Address(DESK, DESK, moderators["add"], owners.get("add")),
    }
    for page, answer in {"change": shows, "history": "Change history", **moderators}.items():
        if page != "add":
            ADDRESSES[f"admin:{desk}_{page}"] = Address(
                DESK, DESK, answer, owners.get(page), key=lambda world, row=row: [row(world).pk]
            )


def content(answer) -> bytes:
    """All of an answer, also of one that is sent in pieces."""
    return b"".join(answer) if answer.streaming else answer.content


def names(resolver=None, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The name of every address in the site's map; what has no name only leads to one that has."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern, (*spaces, *filter(None, [pattern.namespace])))
        elif pattern.name:
            yield ":".join((*spaces, pattern.name))
