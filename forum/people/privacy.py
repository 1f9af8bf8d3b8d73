"""What the privacy page says, made from what is decided about each column that names a member."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from forum.people.holdings import COLUMNS, EVERYBODY, HOLDINGS, NOBODY, WHILE_MEMBER


@dataclass(frozen=True)
class Line:
    """One thing that is held, who sees it, and how long it is kept."""

    what: Promise
    seen_by: Promise
    kept_for: Promise


@dataclass(frozen=True)
class Section:
    heading: Promise
    lines: list[Line]


@dataclass(frozen=True)
class Cookie:
    name: str
    what: Promise
    kept_for: Promise


# The tables whose columns belong together, in the order in which they are read.
HEADINGS = {
    _("What you write"): ("comments", "articles"),
    _("How you read"): ("reading", "notifications"),
    _("How you sign in"): ("account", "mfa", "socialaccount", "usersessions"),
    _("What moderators do"): ("moderation", "flags", "screening", "fairness"),
}
THE_REST = _("And besides")


def sections() -> list[Section]:
    """All that the database holds of a member."""
    account = [Line(one.what, one.seen_by, WHILE_MEMBER) for one in COLUMNS.values()]
    found = [Section(_("Your account"), account)]
    placed: set[str] = set()
    for heading, rooms in HEADINGS.items():
        labels = [label for label in HOLDINGS if label.partition(".")[0] in rooms]
        placed |= set(labels)
        if labels:
            found.append(Section(heading, _lines(labels)))
    return [*found, Section(THE_REST, _lines(HOLDINGS.keys() - placed))]


def _lines(labels) -> list[Line]:
    held = [HOLDINGS[label] for label in HOLDINGS if label in labels]
    return [Line(one.what, one.seen_by, one.kept_for) for one in held]


def cookies() -> list[Cookie]:
    """Every cookie that the site sets; none is anybody else's."""
    year, visit = _("A year"), _("Until the browser is closed")
    return [
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("That you are signed in. Readers who do not sign in have none."),
            _("Two weeks after you last signed in, or until you sign out"),
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("That a form that is sent came from a page of this site."),
            year,
        ),
        Cookie("messages", _("A line that the next page shows."), visit),
        Cookie("order", _("In which order you like to read, without an account."), year),
        Cookie("theme", _("Whether you like it light or dark, without an account."), year),
        Cookie(settings.LANGUAGE_COOKIE_NAME, _("Your language, without an account."), year),
    ]


def elsewhere() -> list[Line]:
    """What is held of people outside the tables that name them."""
    return [
        Line(
            _("Sessions: that a browser is signed in, and as whom"),
            NOBODY,
            _("Two weeks after the last sign-in"),
        ),
        Line(
            _("The name and login name of who joined and never confirmed their e-mail address"),
            EVERYBODY,
            format_lazy(_("{days} days"), days=settings.UNCONFIRMED_KEPT_DAYS),
        ),
        Line(
            _("Network addresses, to slow down who tries too much too often; in memory alone"),
            NOBODY,
            _("Minutes, at most a day"),
        ),
        Line(
            _("How much an account or an address has posted lately, to slow down floods"),
            NOBODY,
            _("Minutes, at most a day"),
        ),
        *_networks(),
        Line(
            _("Which words moderators found in spam and in other comments; not whose they were"),
            NOBODY,
            _("For good"),
        ),
        Line(
            _("Pages as they were put together, to be sent again"),
            _("Those who may read the page"),
            _("A day; after a change they are not shown any more"),
        ),
        Line(
            _("Jobs that wait to be done; they name accounts by their number"),
            _("The owner"),
            _("A day, or 30 days when they failed"),
        ),
        Line(
            _(
                "That an account was erased: its number and when, so that a restored backup "
                "does not bring it back"
            ),
            _("The owner"),
            _("For good"),
        ),
        Line(
            _("Backups that the owner makes"),
            _("The owner"),
            _("As long as the owner keeps them; what was erased is erased again when one is used"),
        ),
    ]


def _networks() -> list[Line]:
    """From where comments and flags came, where anything of it is kept."""
    days = settings.ADDRESS_HASHES_KEPT_DAYS
    if not days:
        return []
    return [
        Line(
            _(
                "For comments and flags, a number made of the network address with a secret key; "
                "it leads to no address, and shows only whether two came from the same"
            ),
            _("Nobody; the moderators see what came from one address, never which"),
            format_lazy(_("{days} days"), days=days),
        )
    ]
