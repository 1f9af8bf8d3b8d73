"""Scripts of pages."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from forum.staticfiles import modules

register = template.Library()


@register.simple_tag
@cache
def modules_of(script: str) -> SafeString:
    """For the head of a page: a browser that knows all modules of a script fetches them at once,
    and while it reads the page, and not one after the other behind it."""
    addresses = ((static(name),) for name in modules(script))
    return format_html_join("", '<link rel="modulepreload" href="{}">', addresses)
