"""What becomes of accounts as a whole: claimed, merged, taken apart, downloaded, erased.

Each verb is one transaction; `holding.hold` says in which order it takes the rows.
"""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import FormerName, User
from accounts.names import display_key, isolated
from accounts.sessions import end_sessions
from forum.comments.models import Comment
from forum.comments.rendering import versions_raised_once
from forum.moderation.models import LogEntry, Verb
from forum.notifications.flows import notify
from forum.people import erasing, moving, tasks
from forum.people.claiming import claimable
from forum.people.holding import hold
from forum.people.models import DeclinedClaim, Export, Merge
from forum.people.renaming import redraw_names

# One download a day is enough, and making it costs a while.
NEXT_EXPORT_AFTER = timedelta(hours=24)
BAN = ["banned_at", "banned_until", "ban_reason"]
WARNING = ["warned_at", "warning"]


class MergeRefused(Exception):
    """These accounts cannot be merged, or not be taken apart; the message says why."""


class ClaimRefused(Exception):
    """This is not somebody the member has proved to be."""


class ExportRefused(Exception):
    """Nothing to download can be made now; the message says why."""


class EraseRefused(Exception):
    """The account cannot be erased; the message says what must come first."""


class FactorRefused(Exception):
    """The second factor is not theirs to take away; the message says whose it is."""


@transaction.atomic
def claim_imported(*, imported: User, member: User, take_name: bool = False) -> Merge:
    """All that a person of an import wrote is the member's, and with `take_name` their name too.

    Who had an account as an author there is an author here. Raises ClaimRefused unless the
    member's confirmed e-mail address proves it.
    """
    held = hold([imported, member], Comment.objects.none)
    imported, member = held.members[imported.pk], held.members[member.pk]
    if not claimable(member).filter(pk=imported.pk).exists():
        raise ClaimRefused(_("This person is not yours to claim."))
    return _merge(
        imported,
        member,
        held.articles,
        by=member,
        is_claim=True,
        name=imported.display_name if take_name else member.display_name,
    )


def decline_claim(*, imported: User, member: User) -> None:
    """The member is somebody else, and is not asked again. Raises ClaimRefused as claiming."""
    if not claimable(member).filter(pk=imported.pk).exists():
        raise ClaimRefused(_("This person is not yours to claim."))
    DeclinedClaim.objects.create(imported=imported, member=member)


@transaction.atomic
def merge_members(*, gone: User, kept: User, by: User, reason: str) -> Merge:
    """All of one account is the other's, in one step; the first is closed and its sessions end.

    What both have (a like of one comment) is there once. The kept account keeps its name, its
    rights and its e-mail addresses; a ban of either goes on. Raises MergeRefused for who is no
    moderator, for moderators' accounts (which the owner alone merges), and for accounts that are
    closed, erased or one.
    """
    held = hold([gone, kept], Comment.objects.none)
    gone, kept = held.members[gone.pk], held.members[kept.pk]
    if refusal := why_not_merge(gone, kept, by):
        raise MergeRefused(refusal)
    merge = _merge(gone, kept, held.articles, by=by, name=kept.display_name, reason=reason)
    LogEntry.objects.create(moderator=by, verb=Verb.MERGE_MEMBERS, member=gone, reason=reason)
    notify(
        member=kept,
        text=_("A moderator joined the account of %(name)s with yours.")
        % {"name": isolated(gone.display_name)},
        url=kept.get_absolute_url(),
    )
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: User, reason: str) -> bool:
    """Both accounts are as they were, but for what was written, changed or taken away since.
    False when it was undone before.

    Raises MergeRefused for who is no moderator, and where the kept account was merged further or
    one of the two erased.
    """
    _require_moderator(by)
    held = hold([merge.gone, merge.kept], Comment.objects.none)
    gone, kept = held.members[merge.gone_id], held.members[merge.kept_id]
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return False
    if not by.is_superuser and (gone.is_moderator or kept.is_moderator):
        raise MergeRefused(_("Only the owner of the site can do this to a moderator."))
    if erasing.is_erased(kept) or erasing.is_erased(gone):
        raise MergeRefused(_("One of the two accounts was erased: there is nothing to undo."))
    if Merge.objects.standing().filter(gone=kept).exists():
        raise MergeRefused(
            _("%(name)s was merged into another account since. Undo that first.")
            % {"name": isolated(kept.display_name)}
        )
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    with versions_raised_once(held.articles):
        moving.put_back(merge.record, gone, kept)
        _restore_accounts(merge.record, gone, kept)
        redraw_names([gone, kept])
    LogEntry.objects.create(moderator=by, verb=Verb.UNMERGE_MEMBERS, member=gone, reason=reason)
    return True


def why_not_merge(gone: User, kept: User, by: User) -> str | None:
    """Why this person cannot merge these two."""
    if not (by.is_active and by.is_staff):
        return _("Only moderators can do this.")
    if gone.pk == kept.pk:
        return _("These are one account. Choose two.")
    if (gone.is_moderator or kept.is_moderator) and not by.is_superuser:
        return _("Only the owner of the site can do this to a moderator.")
    if gone.is_superuser:
        return _("The account of the site's owner cannot go. Merge the other way round.")
    for one in (gone, kept):
        if not one.is_active:
            return _("The account of %(name)s is closed.") % {"name": isolated(one.display_name)}
    return None


def ask_for_export(*, member: User) -> Export:
    """Everything of the member's will be put together, and they will get a mail when it is.

    Raises ExportRefused when they asked within the last day.
    """
    recent = timezone.now() - NEXT_EXPORT_AFTER
    if Export.objects.filter(member=member, asked_at__gt=recent).exists():
        raise ExportRefused(
            _("You asked for this within the last day. Look into your mail, or ask tomorrow.")
        )
    with transaction.atomic():
        Export.objects.filter(member=member, ready_at=None).delete()  # one that never was made
        try:
            with transaction.atomic():
                export = Export.objects.create(member=member)
        except IntegrityError as error:  # a second click
            raise ExportRefused(_("It is being put together already.")) from error
        tasks.make_export.defer(export=str(export.pk))
    return export


@transaction.atomic
def erase_member(*, member: User, keep_comments: bool, keep_articles: bool) -> None:
    """The account is gone: who it was is said nowhere any more, and nobody can sign in to it.

    Comments stay under a name that tells nobody, or their words are deleted and they count as
    withdrawn; articles stay so, or are taken back and their words deleted. Accounts that were
    merged into this one go with it. It cannot be undone. Raises EraseRefused for the last owner.
    """
    if member.is_superuser and not _other_owner(member):
        raise EraseRefused(
            _("You own this site. Make somebody else its owner before you erase your account.")
        )
    erasing.erase(member, keep_comments=keep_comments, keep_articles=keep_articles)


@transaction.atomic
def take_away_second_factor(*, member: User, by: User, reason: str) -> bool:
    """Signing in asks the member for no second factor any more: their app, passkeys and recovery
    codes are gone, and they are signed out everywhere, because whoever found their phone may be
    signed in on it. They are told in their mailbox and by mail. False when they had none.

    Whoever calls this has just asked `by` who they are. Raises FactorRefused for who is not the
    owner, and for oneself, who has pages of their own for it.
    """
    if not (by.is_active and by.is_superuser):
        raise FactorRefused(_("Only the owner of the site can take a second factor away."))
    if member.pk == by.pk:
        raise FactorRefused(_("Change your own second factor under Sign-in and security."))
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    removed, _tables = Authenticator.objects.filter(user=member).delete()
    if not removed:
        return False
    end_sessions([member])
    LogEntry.objects.create(moderator=by, verb=Verb.REMOVE_FACTOR, member=member, reason=reason)
    notify(
        member=member,
        text=gettext_lazy("The owner of the site took your second factor away."),
        url=reverse("account_security"),
    )
    tasks.mail_second_factor_taken_away.defer(member=member.pk)
    return True


def _other_owner(member: User) -> bool:
    owners = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=member.pk)
    return owners.exists()


def _require_moderator(by: User) -> None:
    if not (by.is_active and by.is_staff):
        raise MergeRefused(_("Only moderators can do this."))


def _merge(
    gone: User,
    kept: User,
    articles: set[int],
    *,
    by: User,
    name: str,
    is_claim: bool = False,
    reason: str = "",
) -> Merge:
    with versions_raised_once(articles):
        return _become_one(gone, kept, by=by, name=name, is_claim=is_claim, reason=reason)


def _become_one(
    gone: User, kept: User, *, by: User, name: str, is_claim: bool, reason: str
) -> Merge:
    before = {"gone": _account(gone), "kept": _account(kept)}
    merge = Merge.objects.create(gone=gone, kept=kept, by=by, is_claim=is_claim, reason=reason)
    record = moving.move(gone, kept)
    newest = _newest_former_name()
    called = gone.display_name
    _close(gone, merge, frees_name=name != kept.display_name)
    if name != kept.display_name:
        kept.display_name = name
    if is_claim:
        kept.is_author = kept.is_author or gone.is_author
    if gone.is_banned and not kept.is_banned:
        for column in BAN:
            setattr(kept, column, getattr(gone, column))
    if gone.warned_at and not kept.warned_at:
        for column in WARNING:
            setattr(kept, column, getattr(gone, column))
    kept.save(update_fields=["display_name", "is_author", *BAN, *WARNING])
    after = {"gone": _account(gone), "kept": _account(kept)}
    names = _remember_name(called, gone, kept, newest)
    merge.record = {**record, "before": before, "after": after, "names": names}
    merge.save(update_fields=["record"])
    redraw_names([kept])
    return merge


def _remember_name(called: str, gone: User, kept: User, newest: int) -> list[int]:
    """What the closed account was called still leads to the kept one, and nobody else is called so
    for a while. The keys of the names that this added; links are drawn below."""
    FormerName.objects.filter(pk__gt=newest, member=gone).delete()
    if called != kept.display_name:
        FormerName.objects.create(member=kept, name=called, key=display_key(called))
    added = FormerName.objects.filter(pk__gt=newest, member=kept)
    added.update(links_renewed_at=timezone.now())
    return list(added.values_list("pk", flat=True))


def _newest_former_name() -> int:
    return FormerName.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _close(gone: User, merge: Merge, *, frees_name: bool) -> None:
    gone.is_active = False
    if frees_name:
        gone.display_name = _("Merged account %(number)d") % {"number": merge.pk}
    gone.save(update_fields=["is_active", "display_name"])
    end_sessions([gone])


def _account(member: User) -> dict[str, Any]:
    """What a merge may change of an account, as it can be written into the record."""
    return {
        "display_name": member.display_name,
        "is_active": member.is_active,
        "is_author": member.is_author,
        "ban_reason": member.ban_reason,
        "banned_at": member.banned_at and member.banned_at.isoformat(),
        "banned_until": member.banned_until and member.banned_until.isoformat(),
        "warned_at": member.warned_at and member.warned_at.isoformat(),
        "warning": member.warning,
    }


def _restore_accounts(record: dict[str, Any], gone: User, kept: User) -> None:
    """What the merge changed of the accounts is as before, where it is still as the merge left
    it. The name goes back first, so that it is free."""
    newest = _newest_former_name()
    for who, member in (("kept", kept), ("gone", gone)):
        before, after = record["before"][who], record["after"][who]
        now = _account(member)
        for column in before:
            if now[column] == after[column] and before[column] != after[column]:
                setattr(member, column, before[column])
        if _is_taken(member):
            member.display_name = now["display_name"]
        member.save(update_fields=list(before))
    FormerName.objects.filter(
        Q(pk__in=record["names"]) | Q(pk__gt=newest), member__in=[gone, kept]
    ).delete()


def _is_taken(member: User) -> bool:
    others = User.objects.filter(display_key=display_key(member.display_name))
    return others.exclude(pk=member.pk).exists()
