"""How figures of moderation are said."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def per_cent(share: int | None) -> str:
    """A share in per cent, or a dash where there is nothing to share."""
    return "–" if share is None else _("%(share)d %%") % {"share": share}


@register.filter
def duration(seconds: int | None) -> str:
    """How long something took, in the unit that suits it; a dash where nothing was."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
