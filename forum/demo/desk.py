"""What waits at the demo's moderation desk: one of everything that can come there.

The flags are on harmless comments, as most flags are; the spam is out of sight before anybody
reads the front page.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.comments import cases, sight
from forum.comments.flows import post_comment
from forum.comments.models import Case, Comment, Verdict
from forum.flags.flows import flag_comment
from forum.flags.models import Reason, Record
from forum.moderation.deciding import send_back
from forum.moderation.flows import hide
from forum.moderation.letters import warn
from forum.moderation.sweeps import sweep
from forum.screening.judging import Sent
from forum.screening.trust import Level

# Login name, name, joined so many days ago.
NEWCOMERS = [
    ("tamsin", "Tamsin Vale", 2),
    ("pask", "Owen Pask", 2),
    ("lund", "Rita Lund", 3),
    ("gutterfix", "Gutter Fix", 1),
    ("marchbanks", "Nell Marchbanks", 4),
]
ADVERTISEMENT = (
    "Blocked gutters? We come the same day, also at weekends, from £{price}. See "
    "https://gutters.example/{place} and say that you read it here."
)
# Set aside for examples: where the wave came from, and three who flag together.
ADVERTISERS_ADDRESS, FLAGGERS_ADDRESS = "203.0.113.7", "198.51.100.23"
FIRST_WORDS = [
    "I have read along for a year and never said a word. You have left out those who walk because "
    "they have to, not because they like it.",
    "Does anybody know whether the council has answered? I wrote in March and have heard nothing.",
]


def fill_the_queue(members: dict[str, User], password: str) -> None:
    """Flags, held comments, first comments of new members, a wave of spam hidden at once, what
    waits on its author, and some decisions; `password` is hashed."""
    moderator = next(member for member in members.values() if member.is_staff)
    _decide_what_is_old(moderator)
    newcomers = _join(password)
    articles = list(Article.objects.filter(locked_at=None).newest_first()[:6])
    said = _said_by_others(articles, {moderator.pk})
    regulars = [m for m in members.values() if not m.is_staff and not m.may_write][:8]
    for place, regular in enumerate(regulars):
        Record.objects.create(member=regular, upheld=6 - place // 2, rejected=place)
    _flag_once(said[0], regulars[:1], Reason.OFF_TOPIC)
    _flag_once(said[1], regulars[1:3], Reason.UNCIVIL, "That is not how we speak to each other.")
    _flag_once(said[2], newcomers[:3], Reason.SPAM, address=FLAGGERS_ADDRESS)
    _flag_once(said[3], [*regulars[3:6]], Reason.OTHER, "It names a neighbour of mine.")
    for text, article in zip(FIRST_WORDS, articles, strict=False):
        post_comment(author=newcomers[4], article=article, text=text)
    _advertise(newcomers[3], articles, moderator)
    hide(comment=said[4], by=moderator, reason="Said before.")
    send_back(comment=said[5], by=moderator, note="Without the name of the shop, please.")
    warn(
        member=said[4].author,
        by=moderator,
        text="Please say it once. Four times does not make it truer.",
        comment=said[4],
    )


def _decide_what_is_old(moderator: User) -> None:
    """The first comments of those who have long been here were looked at long ago."""
    waiting = Case.objects.unmoderated().select_related("comment")
    cases.decide(
        [case.comment for case in waiting],
        verdict=Verdict.APPROVED,
        by=moderator,
        at=timezone.now() - timedelta(days=1),
    )


def _join(password: str) -> list[User]:
    joined = []
    for login, name, days in NEWCOMERS:
        member = User.objects.create(
            username=login,
            display_name=name,
            email=f"{login}@example.org",
            password=password,
            date_joined=timezone.now() - timedelta(days=days),
            trust_level=Level.MEMBER,
        )
        EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
        joined.append(member)
    return joined


def _said_by_others(articles: list[Article], not_by: set[int]) -> list[Comment]:
    """An answer in each discussion that somebody else than these wrote."""
    found: list[Comment] = []
    for article in articles:
        answers = Comment.objects.visible().filter(article=article, parent__isnull=False)
        found += answers.exclude(author__in=not_by).order_by("-number")[1:3]
    return found


def _flag_once(
    comment: Comment, by: list[User], reason: Reason, words: str = "", address: str = ""
) -> None:
    for member in by:
        if member.pk != comment.author_id:
            flag_comment(comment=comment, by=member, reason=reason, words=words, address=address)


def _advertise(by: User, articles: list[Article], moderator: User) -> None:
    said = [
        post_comment(
            author=by,
            article=article,
            text=ADVERTISEMENT.format(price=39 + 10 * place, place=article.slug),
            sent=Sent(address=ADVERTISERS_ADDRESS),
        )
        for place, article in enumerate(articles)
    ]
    sweep(
        comments=said[:-1],
        by=moderator,
        reason="Advertising.",
        sought="Links to: gutters.example",
        ban=True,
        is_spam=True,
    )
    sight.hold_comments(
        comments=said[-1:], reason="Links by new members are looked at.", at=timezone.now()
    )
