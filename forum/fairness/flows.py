"""Second looks: a member appeals, another moderator decides, both are told. And what moderators
tell each other: notes on members, and from when on one has to catch up."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum.comments import sight
from forum.fairness import permissions
from forum.fairness.models import Appeal, Note, Outcome, TakenOver
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry, Verb
from forum.notifications.flows import notify

LONGEST_APPEAL = 2000  # characters


class AppealRefused(Exception):
    """The appeal cannot be made, or not be decided by this person; the message is for them."""


@transaction.atomic
def appeal(*, entry: LogEntry, by: User, text: str) -> Appeal:
    """The member's appeal against an act that concerns them; those who may decide it are told.

    Made a second time in the same words it is the first one. Raises AppealRefused for other words,
    for acts of no concern to them, for what cannot be undone and for what is undone already.
    """
    # Who sends it twice at once waits here; the log itself cannot be locked, it never changes.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    entry = LogEntry.objects.select_related("comment", "member", "appeal", "article").get(
        pk=entry.pk
    )
    made = getattr(entry, "appeal", None)
    if made is not None and (made.member_id, made.text) == (by.pk, text):
        return made
    if refusal := permissions.why_not_appeal(by, entry):
        raise AppealRefused(refusal)
    made = Appeal.objects.create(entry=entry, member=by, text=text)
    for moderator in permissions.deciders(made).order_by("pk"):
        notify(
            member=moderator,
            text=_("A member asks for a second look at what a moderator did."),
            url=reverse("appeal_decide", args=[made.pk]),
        )
    return made


@transaction.atomic
def decide(*, appeal: Appeal, by: User, undo: bool, answer: str) -> bool:
    """Let the act stand or undo it, and tell the member; False when it was decided before.

    What was hidden is shown again, a ban is lifted; words that were taken out are gone, a warning
    was read, and of these it is only said that they should not have been. Raises AppealRefused
    for who acted, while there is somebody else.
    """
    if refusal := permissions.why_not_decide(by, appeal):
        raise AppealRefused(refusal)
    changed = Appeal.objects.filter(pk=appeal.pk, decided_at=None).update(
        decided_at=timezone.now(),
        decided_by=by,
        outcome=Outcome.UNDONE if undo else Outcome.STANDS,
        answer=answer,
    )
    if not changed:
        return False
    entry = appeal.entry
    if undo:
        _undo(entry, by)
    moderation.log_appeal(
        verb=Verb.GRANT if undo else Verb.LET_STAND, by=by, reason=answer, entry=entry
    )
    notify(
        member=appeal.member,
        text=_("Your appeal was heard: what was done is undone.")
        if undo
        else _("Your appeal was heard: what was done stands."),
        url=reverse("my_act", args=[entry.pk]),
        mail=True,
    )
    return True


def _undo(entry: LogEntry, by: User) -> None:
    why = _("After an appeal.")
    if entry.comment and entry.verb in (Verb.HIDE, Verb.HIDE_BRANCH, Verb.SEND_BACK):
        moderation.restore(comment=entry.comment, by=by, reason=why)
        if entry.verb == Verb.SEND_BACK:
            sight.take_back(comment=entry.comment)
    elif entry.member and entry.verb == Verb.BAN:
        moderation.unban(member=entry.member, by=by, reason=why)


@transaction.atomic
def write_note(*, member: User, by: User, text: str) -> Note:
    """A note on a member, for moderators alone. Raises ModerationRefused for others."""
    moderation.require_moderator(by)
    return Note.objects.create(member=member, by=by, text=text)


@transaction.atomic
def take_over(*, moderator: User) -> None:
    """From this moment on things are new to the moderator."""
    TakenOver.objects.update_or_create(moderator=moderator, defaults={"at": timezone.now()})
