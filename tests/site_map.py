"""Every address of the site by its name: what it is asked for, and what four kinds of people get.

`test_site_map.py` asks for each, and fails when a name of the site's own map is missing here.
`test_leaks.py` walks them all in search of what nobody may read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import get_resolver, reverse

from accounts.models import User
from forum import tasks
from forum.articles.models import Article, ArticleRevision
from forum.comments import flows
from forum.comments.models import Comment
from forum.fairness.models import Appeal, Note
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.people import flows as people
from forum.people.models import Merge
from forum.screening.models import Kind, Rule
from forum.tags.flows import category_named
from forum.tags.models import Category, Tag
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

UNKNOWN, BARRED, GONE, NOT_SO = 401, 403, 404, 405
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
    appeal: Appeal
    note: Note
    merge: Merge

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
    hidden = make_comment(article, member, text="Too much.")
    moderation.hide(comment=hidden, by=owner, reason="off topic")
    act = LogEntry.objects.get(comment=hidden)
    appeal = Appeal.objects.create(entry=act, member=member, text="It was a jest.")
    note = Note.objects.create(member=member, by=owner, text="Keeps her temper.")
    merge = people.merge_members(
        gone=make_member("Zo"), kept=make_member("Zo 2"), by=owner, reason="the same person"
    )
    who = (author, member, moderator, owner)
    return World(*who, article, comment, category, tag, entry, job, appeal, note, merge)


# A status, where it leads, or words that are on the page.
Answer = int | Callable[[World], str] | str


def to(place: str) -> Callable[[World], str]:
    return lambda world: place


AGAIN = to("/accounts/reauthenticate/")
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


def of_item(world: World) -> list[Any]:
    return ["all", world.comment.pk]


def of_job(world: World) -> list[Any]:
    return [world.job]


def of_act(world: World) -> list[Any]:
    return [world.appeal.entry_id]


def two_of(world: World) -> str:
    return f"{world.author.pk},{world.member.pk}"


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
    "robots": Address("User-agent: *"),
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
    "comment_flag": Address(SIGN_IN, "After the flood.", key=of_comment),
    "flag_withdraw": Address(NOT_SO, key=of_comment),
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
    "muted": Address(SIGN_IN, "What you mute"),
    "muted_people": Address(SIGN_IN, "What you mute"),
    "unmute_place": Address(NOT_SO, key=lambda world: [1]),
    "unmute_person": Address(NOT_SO, key=lambda world: [world.author.username]),
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
    "account_security": Address(SIGN_IN, "Sign-in and security"),
    "account_second_factor": Address(SIGN_IN, to("/accounts/security/")),
    "account_login": Address("Sign in</h1>", HOME),
    "account_logout": Address(HOME, "Sign out?"),
    "account_signup": Address("Join</h1>", HOME),
    "account_signup_by_passkey": Address("Join with a passkey</h1>", HOME),
    "account_login_name": Address("looks too much like", query=lambda world: {"username": "z0e"}),
    "account_inactive": Address("This account is closed"),
    "account_reauthenticate": Address(SIGN_IN, "Your password, please"),
    "account_email": Address(SIGN_IN, "Your e-mail addresses"),
    "account_email_verification_sent": Address(SIGN_IN, to("/accounts/email/")),
    "account_change_password": Address(SIGN_IN, "Change your password"),
    "account_set_password": Address(SIGN_IN, to("/accounts/password/change/")),
    "account_reset_password": Address("A new password"),
    "account_reset_password_done": Address("Look into your mail"),
    "account_reset_password_from_key": Address("used before", key=lambda world: ["1", "x"]),
    "account_reset_password_from_key_done": Address("Your password is changed"),
    "account_confirm_email": Address("too old or was cut off", key=lambda world: ["x"]),
    "account_request_login_code": Address("Sign in with a code</h1>", HOME),
    "account_confirm_login_code": Address(to("/accounts/login/code/"), HOME),
    # What changes how they sign in asks members for their password once more.
    "mfa_index": Address(SIGN_IN, "Second factor</h1>"),
    "mfa_authenticate": Address(SIGN_IN, HOME),
    "mfa_reauthenticate": Address(SIGN_IN, AGAIN),
    "mfa_reauthenticate_webauthn": Address(SIGN_IN, AGAIN),
    "mfa_activate_totp": Address(SIGN_IN, AGAIN),
    "mfa_deactivate_totp": Address(SIGN_IN, GONE),
    "mfa_view_recovery_codes": Address(SIGN_IN, GONE),
    "mfa_generate_recovery_codes": Address(SIGN_IN, AGAIN),
    "mfa_download_recovery_codes": Address(SIGN_IN, GONE),
    "mfa_list_webauthn": Address(SIGN_IN, "Your passkeys"),
    "mfa_add_webauthn": Address(SIGN_IN, AGAIN),
    "mfa_remove_webauthn": Address(SIGN_IN, AGAIN, key=lambda world: [0]),
    "mfa_edit_webauthn": Address(SIGN_IN, AGAIN, key=lambda world: [0]),
    "mfa_login_webauthn": Address(SIGN_IN, HOME),
    "mfa_signup_webauthn": Address(to("/accounts/signup/"), HOME),
    "account_end_session": Address(NOT_SO, key=lambda world: [1]),
    "usersessions_list": Address(SIGN_IN, "Where you are signed in"),
    "socialaccount_connections": Address(SIGN_IN, "Accounts elsewhere"),
    "socialaccount_signup": Address(SIGN_IN),
    "socialaccount_login_cancelled": Address("You turned back"),
    "socialaccount_login_error": Address(UNKNOWN),
    "github_login": Address("Sign in with GitHub?"),
    "github_callback": Address(UNKNOWN),
    "google_login": Address("Sign in with Google?"),
    "google_callback": Address(UNKNOWN),
    "openid_connect_login": Address("Sign in with The Guild?", key=lambda world: ["oidc"]),
    "openid_connect_callback": Address(UNKNOWN, key=lambda world: ["oidc"]),
    # Notifications
    "notifications": Address(SIGN_IN, "A moderator hid", "Nothing yet"),
    "notification": Address(SIGN_IN, GONE, key=lambda world: [0]),
    "notifications_all_read": Address(NOT_SO),
    # Fairness
    "moderation_log": Address("off topic"),
    "my_acts": Address(SIGN_IN, "Too much.", "no moderator has touched"),
    "my_act": Address(SIGN_IN, "It was a jest.", GONE, key=of_act),
    "appeals": Address(DESK, DESK, "It was a jest."),
    "appeal_decide": Address(DESK, DESK, "Too much.", key=lambda world: [world.appeal.pk]),
    "handover": Address(DESK, DESK, "Since you were last here"),
    "taken_over": Address(DESK, DESK, NOT_SO),
    "figures": Address(DESK, DESK, "By moderator"),
    # People
    "privacy": Address("Privacy</h1>"),
    "own_words": Address(SIGN_IN, "Your words</h1>"),
    "claims": Address(SIGN_IN, "Is this you?"),
    "export": Address(SIGN_IN, AGAIN, key=lambda world: [UUID(int=1)]),
    "account_erase": Address(SIGN_IN, AGAIN),
    "erased": Address("Your account is erased"),
    "members_merge": Address(
        DESK, DESK, "Merge two accounts", query=lambda world: {"ids": two_of(world)}
    ),
    "members_second_factor": Address(
        DESK, DESK, 404, AGAIN, key=lambda world: [world.moderator.pk]
    ),
    "members_end_session": Address(
        DESK,
        DESK,
        404,
        lambda world: reverse("admin:accounts_user_change", args=[world.member.pk]),
        key=lambda world: [world.member.pk, 1],
    ),
    "merge_undo": Address(DESK, DESK, "the accounts apart", key=lambda world: [world.merge.pk]),
    # The desk
    "admin:index": Address(DESK, DESK, "After the flood."),
    "admin:lists": Address(DESK, DESK, "Recent actions"),
    "admin:desk": Address(DESK, DESK, "After the flood.", key=lambda world: ["all"]),
    "admin:desk_item": Address(DESK, DESK, "After the flood.", key=of_item),
    "admin:desk_skip": Address(DESK, DESK, NOT_SO, key=of_item),
    "admin:desk_decide": Address(
        DESK, DESK, NOT_SO, key=lambda world: [*of_item(world), "approve"]
    ),
    "admin:desk_undo": Address(DESK, DESK, NOT_SO, key=lambda world: ["all", world.entry.pk]),
    "admin:sweep": Address(DESK, DESK, "Spam wave"),
    "admin:sweep_undo": Address(DESK, DESK, NOT_SO, key=lambda world: [1]),
    # What a moderator wrote is for whom it was written to.
    "moderators_message": Address(SIGN_IN, GONE, key=lambda world: [1]),
    "admin:login": Address(SIGN_IN, BARRED, to("/admin/")),
    "admin:logout": Address(to("/admin/"), to("/admin/"), NOT_SO),
    "admin:password_change": Address(DESK, DESK, to("/accounts/password/change/")),
    "admin:password_change_done": Address(DESK, DESK, to("/accounts/security/")),
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
    "fairness_note": (
        "Keeps her temper.",
        lambda world: world.note,
        {"add": "Note", "delete": BARRED},
        {},
    ),
    "screening_rule": (
        "No casinos",
        lambda world: Rule.objects.get(name="No casinos"),
        {"add": "Name", "delete": "Are you sure"},
        {},
    ),
    "people_merge": ("the same person", lambda world: world.merge, ONLY_READ, {}),
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
