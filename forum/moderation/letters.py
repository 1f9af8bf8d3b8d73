"""What moderators write to members."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from forum.comments.models import Comment
from forum.moderation.flows import _log, _require_bannable, require_moderator
from forum.moderation.models import Message, Verb
from forum.notifications.flows import notify


@transaction.atomic
def send_message(*, member: User, by: User, text: str, comment: Comment | None = None) -> Message:
    """Write to a member; they are told, also by mail. The words are not in the log."""
    article = comment.article if comment else None
    require_moderator(by, article)
    message = Message.objects.create(member=member, by=by, text=text, comment=comment)
    _log(Verb.MESSAGE, by, "", member=member, comment=comment, article=article)
    _tell(message, gettext_lazy("A moderator wrote to you."))
    return message


@transaction.atomic
def warn(*, member: User, by: User, text: str, comment: Comment | None = None) -> bool:
    """Warn a member, who must say that they have read it before they post again; False when they
    have not read the same warning yet. Raises ModerationRefused where a ban would."""
    article = comment.article if comment else None
    require_moderator(by, article)
    _require_bannable(member, by)
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.warned_at and member.warning == text:
        return False
    member.warned_at, member.warning = timezone.now(), text
    member.save(update_fields=["warned_at", "warning"])
    message = Message.objects.create(
        member=member,
        by=by,
        text=text,
        comment=comment,
        sent_at=member.warned_at,
        is_warning=True,
    )
    _log(Verb.WARN, by, text, at=member.warned_at, member=member, comment=comment, article=article)
    _tell(message, gettext_lazy("A moderator warned you. Read it before you post again."))
    return True


def _tell(message: Message, text) -> None:
    url = reverse("moderators_message", args=[message.pk])
    notify(member=message.member, text=text, url=url, mail=True)
