"""What the site holds of people: every column that names a member, and what becomes of it.

A row here is a decision about one foreign key to a member: what it is for and who sees it (the
privacy page is made of these words), whether it follows when two accounts become one, what happens
to it when an account is erased, and what of it a member is given when they download everything.
Tests fail when the database has a foreign key to a member, or the table of members a column, that
nothing is said about.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from django.apps import apps
from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Merged(Enum):
    """What becomes of the rows of an account that is merged into another."""

    FOLLOW = "they go to the kept account"
    STAY = "they stay with the closed account"
    END = "they are deleted for good, as sessions are"


class Erased(Enum):
    """What becomes of the rows of an account that is erased."""

    KEPT = "they stay, under a name that tells nobody"
    DELETED = "they are deleted"
    CHOSEN = "the member chooses; `forum.people.erasing` does it"


EVERYBODY = _("Everybody")
ONESELF = _("The member")
MODERATORS = _("The member and the moderators")
DESK = _("The moderators")
OWNER = _("The member and the owner of the site")
NOBODY = _("Nobody")

WHILE_MEMBER = _("Until the account is erased")
UNTIL_REMOVED = _("Until they take it away, or the account is erased")
FOR_GOOD = _("For good; after erasing without a name")


@dataclass(frozen=True)
class Holding:
    """One column that names a member.

    `own` is the way from a row to somebody to whom the row must not be theirs: nobody likes their
    own comment. Such rows, and those of which the kept account has the same, are dropped in a merge
    and remembered; `cleared` names a column that is emptied instead, where the row itself must
    stay. `exported` are the columns that a member is given; none where they get nothing of it.
    """

    what: Promise
    seen_by: Promise
    kept_for: Promise
    merged: Merged
    erased: Erased
    exported: tuple[str, ...] = ()
    own: str = ""
    cleared: str = ""


HOLDINGS: dict[str, Holding] = {
    "comments.Comment.author": Holding(
        _("Comments, with their earlier texts after an edit, and whether they were withdrawn"),
        EVERYBODY,
        _("For good; when the account is erased the member chooses: without their name, or not"),
        Merged.FOLLOW,
        Erased.CHOSEN,
        exported=(
            *("article", "number", "parent", "text", "markup", "posted_at", "edited_at"),
            *("withdrawn_at", "hidden_at", "hidden_reason", "held_at", "held_reason"),
            "like_count",
        ),
        cleared="post_key",
    ),
    "comments.Like.member": Holding(
        _("Which comments they like"),
        _("Members"),
        UNTIL_REMOVED,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("comment", "liked_at"),
        own="comment__author",
    ),
    "comments.LikesReceived.author": Holding(
        _("How often others like what they said in a discussion"),
        EVERYBODY,
        FOR_GOOD,
        Merged.STAY,
        Erased.KEPT,
        exported=("article", "likes"),
    ),
    "comments.Draft.member": Holding(
        _("Comments they began and did not post"),
        ONESELF,
        _("Until posted or discarded"),
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("article", "parent", "comment", "text", "returned", "saved_at"),
    ),
    "comments.Mention.member": Holding(
        _("In which comments somebody names them"),
        EVERYBODY,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "comments.Case.claimed_by": Holding(
        _("Which waiting comment a moderator is looking at"),
        DESK,
        _("Minutes"),
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "comments.Case.decided_by": Holding(
        _("Which waiting comments a moderator decided on"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "flags.Flag.member": Holding(
        _("Comments they told the moderators of, and why"),
        _("The moderators; never whose comment it is"),
        _("For good; after erasing without a name and without their words"),
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("comment", "reason", "words", "flagged_at", "withdrawn_at"),
        own="author",
    ),
    "flags.Flag.author": Holding(
        _("That the moderators were told of comments of theirs"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "flags.Record.member": Holding(
        _("How often they were right when they told the moderators"),
        DESK,
        WHILE_MEMBER,
        Merged.STAY,
        Erased.DELETED,
        exported=("upheld", "rejected"),
    ),
    "moderation.Message.member": Holding(
        _("What moderators wrote to them"),
        MODERATORS,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("comment", "text", "sent_at", "is_warning"),
    ),
    "moderation.Message.by": Holding(
        _("What they wrote to members as a moderator"),
        _("The member it was for, and the moderators"),
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("text", "sent_at", "is_warning"),
    ),
    "moderation.Sweep.by": Holding(
        _("What they hid at a stroke as a moderator, and what they searched for"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("at", "sought"),
    ),
    "articles.Article.author": Holding(
        _("Articles and drafts"),
        _("Everybody; drafts the authors and editors"),
        _("For good; when the account is erased the member chooses: without their name, or not"),
        Merged.FOLLOW,
        Erased.CHOSEN,
        exported=(
            *("headline", "slug", "standfirst", "text", "markup", "cover", "cover_alt"),
            *("cover_caption", "canonical_url", "created_at", "published_at", "revised_at"),
            *("submitted_at", "submission_note", "returned_at", "return_note"),
            *("locked_at", "lock_reason", "comments_policy", "comments_days"),
        ),
    ),
    "articles.Article_co_authors.user": Holding(
        _("Which articles they wrote with others"),
        EVERYBODY,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.CHOSEN,
        exported=("article",),
        own="article__author",
    ),
    "articles.ArticleRevision.saved_by": Holding(
        _("Every saved state of an article, and who saved it"),
        _("The article's authors and the editors"),
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("article", "saved_at", "headline", "standfirst", "text", "markup"),
        cleared="write_key",
    ),
    "articles.AuthorVersion.author": Holding(
        _("How often the number of their articles has changed"),
        NOBODY,
        FOR_GOOD,
        Merged.STAY,
        Erased.KEPT,
    ),
    "articles.SentPicture.sent_by": Holding(
        _("Which pictures they sent into the editor"),
        NOBODY,
        _("While an article has them, and a month longer; after erasing without a name"),
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("name", "sent_at"),
    ),
    "articles.WorkingCopy.editor": Holding(
        _("What they typed into the editor and did not save"),
        ONESELF,
        _("Until saved or discarded"),
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("article", "fields", "kept_at"),
    ),
    "reading.ReadMark.member": Holding(
        _("Which comments they have seen"),
        ONESELF,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("article", "seen"),
    ),
    "reading.Visit.member": Holding(
        _("When they last came to a discussion, so that what is new can be marked"),
        ONESELF,
        _("The latest visits to each discussion, until the account is erased"),
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("article", "began_at", "seen_at", "last_number"),
    ),
    "reading.Following.member": Holding(
        _("Which discussions they follow and mute"),
        ONESELF,
        UNTIL_REMOVED,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("article", "branch", "followed_at", "muted_at"),
    ),
    "reading.PersonFollowing.member": Holding(
        _("Which members they follow and mute"),
        ONESELF,
        UNTIL_REMOVED,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("person", "followed_at", "muted_at"),
        own="person",
    ),
    "reading.PersonFollowing.person": Holding(
        _("Who follows and mutes them"),
        _("Those who do"),
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        own="member",
    ),
    "reading.ToldOf.member": Holding(
        _("Which comments they were told of, so that they are told once"),
        NOBODY,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("comment",),
    ),
    "notifications.Notification.member": Holding(
        _("What they were told in their mailbox on the site"),
        ONESELF,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("text", "url", "at", "read_at"),
    ),
    "moderation.LogEntry.moderator": Holding(
        _("What they did as a moderator"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("at", "verb", "comment", "article", "reason", "until"),
    ),
    "moderation.LogEntry.member": Holding(
        _("What moderators did to what they wrote, or to their account, and why"),
        DESK,
        _("For good; after erasing without a name, the reasons as the moderators put them"),
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("at", "verb", "comment", "article", "reason", "until"),
    ),
    "fairness.Appeal.member": Holding(
        _("Where they asked the moderators for a second look, and the answer"),
        MODERATORS,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("text", "made_at", "decided_at", "outcome", "answer"),
    ),
    "fairness.Appeal.decided_by": Holding(
        _("On which appeals they decided as a moderator"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "fairness.Note.member": Holding(
        _("What moderators noted about them for one another"),
        DESK,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
    ),
    "fairness.Note.by": Holding(
        _("What they noted about members as a moderator"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "fairness.TakenOver.moderator": Holding(
        _("When they last took over from another moderator"),
        DESK,
        WHILE_MEMBER,
        Merged.STAY,
        Erased.DELETED,
        exported=("at",),
    ),
    "fairness.ModeratorDay.moderator": Holding(
        _("How much they decided on a day as a moderator"),
        DESK,
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
        exported=("day", "decisions", "hidden", "appeals_decided", "appeals_undone"),
    ),
    "imports.ImportedMember.member": Holding(
        _("Who they were on a site that was moved here: login name, name and e-mail address there"),
        NOBODY,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("source", "identity", "email"),
    ),
    "admin.LogEntry.user": Holding(
        _("What they changed in the pages of the owner"),
        _("The owner"),
        FOR_GOOD,
        Merged.FOLLOW,
        Erased.KEPT,
    ),
    "account.EmailAddress.user": Holding(
        _("E-mail addresses, and whether they were confirmed"),
        OWNER,
        WHILE_MEMBER,
        Merged.STAY,
        Erased.DELETED,
        exported=("email", "verified", "primary"),
    ),
    "mfa.Authenticator.user": Holding(
        _("Passkeys, and the secrets of an app for codes and of recovery codes"),
        NOBODY,
        UNTIL_REMOVED,
        Merged.STAY,
        Erased.DELETED,
        exported=("type", "created_at", "last_used_at"),
    ),
    "usersessions.UserSession.user": Holding(
        _("Open sessions: since when, last used when, with which browser, which network address"),
        _("The member; the owner of the site all but the address, moderators how many"),
        _("Until they are ended"),
        Merged.END,
        Erased.DELETED,
        exported=("created_at", "last_seen_at", "ip", "user_agent"),
    ),
    "socialaccount.SocialAccount.user": Holding(
        _("Accounts elsewhere with which they sign in, and what these told us"),
        ONESELF,
        UNTIL_REMOVED,
        Merged.STAY,
        Erased.DELETED,
        exported=("provider", "uid", "last_login", "date_joined", "extra_data"),
    ),
    "accounts.FormerName.member": Holding(
        _("Names they had before, and until when"),
        _("Members"),
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
        exported=("name", "given_up_at"),
    ),
    "accounts.User_groups.user": Holding(
        _("Groups of rights"), OWNER, WHILE_MEMBER, Merged.STAY, Erased.DELETED
    ),
    "accounts.User_user_permissions.user": Holding(
        _("Single rights"), OWNER, WHILE_MEMBER, Merged.STAY, Erased.DELETED
    ),
    "people.Merge.kept": Holding(
        _("That another account was joined with theirs, when and by whom"),
        DESK,
        FOR_GOOD,
        Merged.STAY,
        Erased.KEPT,
    ),
    "people.Merge.gone": Holding(
        _("That their account was joined with another"), DESK, FOR_GOOD, Merged.STAY, Erased.KEPT
    ),
    "people.Merge.by": Holding(
        _("Which accounts they joined as a moderator"), DESK, FOR_GOOD, Merged.STAY, Erased.KEPT
    ),
    "people.Merge.undone_by": Holding(
        _("Which accounts they took apart again"), DESK, FOR_GOOD, Merged.STAY, Erased.KEPT
    ),
    "people.DeclinedClaim.member": Holding(
        _("Whom of a site that was moved here they said they are not"),
        NOBODY,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
    ),
    "people.DeclinedClaim.imported": Holding(
        _("Who said that they are not this person"),
        NOBODY,
        WHILE_MEMBER,
        Merged.FOLLOW,
        Erased.DELETED,
    ),
    "people.Export.member": Holding(
        _("Files with everything of theirs, which they asked for"),
        ONESELF,
        _("Seven days"),
        Merged.END,
        Erased.DELETED,
        exported=("asked_at", "ready_at", "expires_at"),
    ),
    "people.Erasure.account": Holding(
        _("That this account was erased, and when"), NOBODY, FOR_GOOD, Merged.STAY, Erased.KEPT
    ),
    "people.SignIn.member": Holding(
        _("When they signed in and by which method; not from where"),
        MODERATORS,
        _("90 days"),
        Merged.STAY,
        Erased.DELETED,
        exported=("at", "method"),
    ),
}


@dataclass(frozen=True)
class Column:
    """One column of the table of members. `exported` says whether its member is given it."""

    what: Promise
    seen_by: Promise
    exported: bool = True


# What of a member is kept after erasing is made anew or a key; the rest becomes what a new account
# has.
COLUMNS: dict[str, Column] = {
    "id": Column(_("A number that stands for the account inside the site"), NOBODY, False),
    "username": Column(_("Login name; part of the address of the member's page"), EVERYBODY),
    "display_name": Column(_("Name"), EVERYBODY),
    "display_key": Column(_("The name in a form that tells look-alikes"), NOBODY, False),
    "email": Column(_("Main e-mail address"), OWNER),
    "password": Column(_("A hash of the password, from which it cannot be read"), NOBODY, False),
    "biography": Column(_("What they say about themselves"), EVERYBODY),
    "website": Column(_("Website"), EVERYBODY),
    "pronouns": Column(_("Pronouns"), EVERYBODY),
    "avatar": Column(_("A picture they sent"), EVERYBODY),
    "date_joined": Column(_("When they joined"), EVERYBODY),
    "last_login": Column(_("When they last signed in"), MODERATORS),
    "is_author": Column(_("Whether they are an author"), EVERYBODY),
    "is_contributor": Column(_("Whether they are a contributor"), MODERATORS),
    "is_editor": Column(_("Whether they are an editor"), MODERATORS),
    "is_staff": Column(_("Whether they are a moderator"), EVERYBODY),
    "moderated_categories": Column(_("Which categories they moderate"), MODERATORS),
    "is_superuser": Column(_("Whether they own the site"), MODERATORS),
    "is_active": Column(_("Whether the account is open"), MODERATORS),
    "banned_at": Column(_("Since when they are banned"), MODERATORS),
    "banned_until": Column(_("Until when they are banned"), MODERATORS),
    "ban_reason": Column(_("Why they are banned"), MODERATORS),
    "warned_at": Column(_("When moderators warned them, until they have read it"), MODERATORS),
    "warning": Column(_("The words of that warning"), MODERATORS),
    "trust_level": Column(_("How far they are trusted, as it is counted every hour"), ONESELF),
    "flags_upheld": Column(_("How many of their flags moderators agreed with"), MODERATORS),
    "preferences": Column(
        _("How they like to read: order, theme, language, time zone, what they are mailed"), ONESELF
    ),
    "unread_notifications": Column(_("How much in their mailbox is unread"), ONESELF),
}


@dataclass(frozen=True)
class Named:
    """A column of the database that names a member, with what is decided about it."""

    model: type[Model]
    field: Field

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"

    @property
    def holding(self) -> Holding:
        return HOLDINGS[self.label]

    @property
    def rows(self):
        return self.model._base_manager


@cache
def named() -> tuple[Named, ...]:
    """Every column of the database that names a member, links between tables included."""
    return tuple(
        Named(model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.remote_field is not None and field.remote_field.model is User
    )
