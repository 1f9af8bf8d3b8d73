"""What a browser says of itself, in words that its owner knows."""

import ua_parser
from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """ "Firefox on Windows"; nothing of what was sent is shown but names that are known."""
    browser = ua_parser.parse_user_agent(user_agent)
    system = ua_parser.parse_os(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser.family, "system": system.family}
    known = browser or system
    return known.family if known else _("An unknown browser")
