"""Who may appeal against what, and who decides. Each answers with the reason why not, in words for
the person who asked, or with None."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from forum.fairness.acts import APPEALABLE, is_in_force
from forum.fairness.models import Appeal
from forum.moderation.flows import why_not_moderate
from forum.moderation.models import LogEntry


def why_not_appeal(person: User, entry: LogEntry) -> str | None:
    """Why this member cannot ask for a second look at an act, read with its comment, member and
    appeal."""
    if entry.member_id != person.pk:
        return _("Only the member concerned can appeal.")
    if entry.verb not in APPEALABLE:
        return _("There is nothing here that an appeal could undo.")
    if hasattr(entry, "appeal"):
        return _("You have appealed against this already.")
    if not is_in_force(entry):
        return _("This is no longer so; there is nothing to undo.")
    return None


def deciders(appeal: Appeal) -> QuerySet[User]:
    """Those whose appeal this is to decide: moderators of what it is about, but for who acted and
    who appeals; where there is nobody else, the owners, though one of them acted."""
    about = appeal.entry.article
    moderates = Q(is_staff=True)
    if about is not None:
        filed = list(about.categories.values_list("pk", flat=True))
        moderates |= Q(moderated_categories__overlap=filed)
    moderators = User.objects.filter(moderates, is_active=True).exclude(pk=appeal.member_id)
    others = moderators.exclude(pk=appeal.entry.moderator_id)
    return others if others.exists() else moderators.filter(is_superuser=True)


def why_not_decide(person: User, appeal: Appeal) -> str | None:
    """Why this moderator does not decide the appeal. Up to four queries."""
    if refusal := why_not_moderate(person, appeal.entry.article):
        return refusal
    if person.pk == appeal.member_id:
        return _("This appeal is your own.")
    if not deciders(appeal).filter(pk=person.pk).exists():
        return _("You did what this appeal is about: another moderator decides.")
    return None
