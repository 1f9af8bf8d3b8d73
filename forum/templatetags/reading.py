"""What pages for reading say of moments and of longer texts."""

from datetime import datetime, timedelta

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from accounts import avatars, names
from forum import markup
from forum.articles.models import Article
from forum.comments import reply_links

register = template.Library()

# How long ago something was is said for this long; then its day says more.
RELATIVE_FOR = timedelta(days=7)


@register.filter
def moment(at: datetime) -> SafeString:
    """A moment as people say it ("3 hours ago", "12 Mar 2024"), exact in its title."""
    age = timezone.now() - at
    if timedelta(0) <= age < RELATIVE_FOR:
        return _time(at, naturaltime(at))
    return day(at)


@register.filter
def exactly(at: datetime) -> SafeString:
    """The day and minute of a moment in the site's time zone: what a kept page can say, which is
    read at any time."""
    here = timezone.localtime(at, timezone.get_default_timezone())
    return _time(at, formats.date_format(here, "DATETIME_FORMAT"))


@register.filter
def day(at: datetime) -> SafeString:
    """The day of a moment, exact in its title."""
    return _time(at, formats.date_format(timezone.localtime(at), "DATE_FORMAT"))


@register.filter
def span(time: timedelta) -> str:
    """A length of time as people say it: "2 hours"."""
    return timesince(timezone.now() - time, depth=1)


@register.filter
def excerpt(html: str, length: int) -> SafeString:
    """The beginning of a text in plain words, at most `length` characters."""
    return markup.excerpt_html(html, length)


@register.filter
def linked_to(html: str, article: Article) -> SafeString:
    """The text of a comment on a page that is not the discussion of its article."""
    return reply_links.leading_to(html, article=article)


@register.filter
def isolated(name: str) -> str:
    """A name as the title of a page can say it, where no <bdi> can stand."""
    return names.isolated(name)


@register.simple_tag
def avatar(display_name: str, picture: str) -> SafeString:
    """The picture of a member as it stands beside their name."""
    return avatars.small(display_name, picture)


@register.simple_tag
def portrait(display_name: str, picture: str) -> SafeString:
    """The picture of a member as it stands on a page of their own."""
    return avatars.large(display_name, picture)


def _time(at: datetime, said: str) -> SafeString:
    here = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        here.isoformat(timespec="seconds"),
        formats.date_format(here, "DATETIME_FORMAT"),
        said,
    )
