"""How an account is erased, so that no row, file or waiting job says any more who it was.

The row of the account stays, because others answered what it wrote, under a name with a number. All
other rows are kept or deleted as `holdings` says; texts of others are seen to by `renaming`. What
stays of the words of others, and what the moderation log keeps, is told on the privacy page and in
docs/accounts.md.
"""

import re
from collections.abc import Collection
from functools import partial
from itertools import count

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry as AdminEntry
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import avatars
from accounts.models import User
from accounts.names import display_key
from accounts.sessions import end_sessions
from forum.articles import covers
from forum.articles.flows import unpublish_article
from forum.articles.models import (
    Article,
    ArticleAddress,
    ArticleRevision,
    SentPicture,
    WorkingCopy,
)
from forum.articles.uploads import clear_picture
from forum.comments import announcements
from forum.comments.models import (
    OUT_OF_SIGHT,
    Comment,
    CommentRevision,
    Finding,
    Mention,
    Origin,
    ReplyLink,
)
from forum.comments.rendering import versions_raised_once
from forum.fairness.models import Appeal, Note
from forum.flags.models import Flag
from forum.moderation.models import Message, Sweep
from forum.notifications.models import Notification
from forum.people import exporting, journal, posted_mail
from forum.people.holding import hold
from forum.people.holdings import Erased, named
from forum.people.models import Erasure, Export, Merge
from forum.people.renaming import Former, naming, take_out
from forum.screening import spam
from forum.screening.models import Lesson

# Given new values below; every other column of an account becomes that of a new one.
MADE_ANEW = {"id", "username", "display_name", "display_key", "password", "date_joined"}
# What members and moderators wrote to or about each other, beside comments and drafts.
TOLD_BY_OTHERS: list[tuple[type[models.Model], str]] = [
    (Message, "text"),
    (Flag, "words"),
    (Appeal, "text"),
    (Appeal, "answer"),
    (Note, "text"),
]
PICTURE = re.compile(r"/media/(pictures/[\w/.-]+\.webp)")


def is_erased(member: User) -> bool:
    return Erasure.objects.filter(account=member).exists()


def erase(member: User, *, keep_comments: bool, keep_articles: bool) -> None:
    """Erase the account and those that were merged into it. Erasing again changes nothing."""
    accounts = [member, *merged_into(member)]
    held = hold(accounts, lambda: _naming(accounts))
    member = held.members[member.pk]
    accounts = list(held.members.values())
    if not is_erased(member):
        with versions_raised_once(held.articles):
            _erase(member, accounts, keep_comments=keep_comments, keep_articles=keep_articles)


def _erase(member: User, accounts: list[User], *, keep_comments: bool, keep_articles: bool) -> None:
    former = _former(member, accounts)
    if not keep_comments:
        _empty_comments(accounts)
    _part_with_articles(accounts, keep=keep_articles)
    Origin.objects.filter(comment__author__in=accounts).delete()
    _clear_pictures(accounts)
    exports = list(Export.objects.filter(member__in=accounts).values_list("pk", flat=True))
    end_sessions(accounts)
    _empty_accounts(member, accounts, former)
    for one in named():
        if one.holding.erased is Erased.DELETED:
            one.rows.filter(**{f"{one.field.name}__in": accounts}).delete()
    take_out(former, accounts)
    _take_out_of_the_sites_words(former, accounts)
    Merge.objects.filter(Q(kept__in=accounts) | Q(gone__in=accounts)).update(record={}, reason="")
    Erasure.objects.bulk_create(Erasure(account=one) for one in accounts)
    transaction.on_commit(lambda: journal.note(accounts, keep_comments, keep_articles))
    transaction.on_commit(lambda: posted_mail.delete(former.emails))
    transaction.on_commit(lambda: exporting.delete_files(exports))


def merged_into(member: User) -> list[User]:
    """The accounts that were merged into this one, also by way of others."""
    found: dict[int, User] = {}
    waiting = [member.pk]
    while waiting:
        merges = Merge.objects.standing().filter(kept__in=waiting).select_related("gone")
        new = {merge.gone_id: merge.gone for merge in merges if merge.gone_id not in found}
        found |= new
        waiting = list(new)
    return list(found.values())


def _former(member: User, accounts: Collection[User]) -> Former:
    name, login = _free_name()
    former = Former(name, login)
    for account in accounts:
        former.names.add(account.display_name)
        former.names |= {one.name for one in account.former_names.all()}
        former.logins.add(account.username)
        former.emails |= {account.email} if account.email else set()
        former.emails |= {one.email for one in EmailAddress.objects.filter(user=account)}
        former.emails |= {one.email for one in account.imported_from.all() if one.email}
    return Former(name, login, former.names, former.logins, former.emails)


def _naming(accounts: Collection[User]) -> models.QuerySet[Comment]:
    member = next(iter(accounts))
    return naming(_former(member, accounts), accounts)


def _free_name() -> tuple[str, str]:
    """“Former member 12”, and its login name, that nobody has."""
    for number in count(Erasure.objects.count() + 1):
        name = _("Former member %(number)d") % {"number": number}
        login = f"former-member-{number}"
        taken = User.objects.filter(Q(username=login) | Q(display_key=display_key(name)))
        if not taken.exists():
            return name, login
    raise AssertionError


def _empty_comments(accounts: Collection[User]) -> None:
    """The words of their comments are gone, and their places those of withdrawn ones."""
    comments = Comment.objects.filter(author__in=accounts)
    shown = comments.exclude(OUT_OF_SIGHT).order_by("article")
    gone: dict[int, list[int]] = {}
    for article, number in shown.values_list("article", "number"):
        gone.setdefault(article, []).append(number)
    now = timezone.now()
    comments.update(
        withdrawn_at=Coalesce("withdrawn_at", now),
        **dict.fromkeys(("text", "html", "held_reason", "hidden_reason"), ""),
        markup="markdown",
    )
    Finding.objects.filter(comment__in=comments).delete()
    taught = Lesson.objects.filter(subject__in=comments.values("pk"))
    for subject in taught.values_list("subject", flat=True).distinct():
        spam.forget(subject=subject)
    CommentRevision.objects.filter(comment__in=comments).update(text="", html="", redacted_at=now)
    ReplyLink.objects.filter(comment__in=comments).delete()
    Mention.objects.filter(comment__in=comments).delete()
    for article, numbers in gone.items():
        Article.objects.filter(pk=article).update(comment_count=F("comment_count") - len(numbers))
        announcements.gone(article, numbers)


def _part_with_articles(accounts: Collection[User], *, keep: bool) -> None:
    """Drafts go. What was published stays, or is taken back without its words; what was written
    with others, and does not stay so, is theirs."""
    theirs = {account.pk for account in accounts}
    written = Article.objects.filter(Q(author__in=theirs) | Q(co_author_keys__overlap=list(theirs)))
    for article in written.order_by("pk"):
        if keep and article.published_at:
            continue
        heirs = [key for key in (article.author_id, *article.co_author_keys) if key not in theirs]
        if heirs:
            _leave_to_the_others(article, accounts, heirs[0])
        elif not article.published_at and not article.comments.exists():
            _delete_pictures(article)
            article.delete()
        else:
            _empty(article)


def _leave_to_the_others(article: Article, accounts: Collection[User], heir: int) -> None:
    article.co_authors.remove(*accounts, heir)
    keys = sorted(article.co_authors.values_list("pk", flat=True))
    Article.objects.filter(pk=article.pk).update(author=heir, co_author_keys=keys)


def _empty(article: Article) -> None:
    """A draft without words, because there are comments of others below it."""
    article = unpublish_article(article=article)
    _delete_pictures(article)
    ArticleRevision.objects.filter(article=article).delete()
    ArticleAddress.objects.filter(article=article).delete()
    WorkingCopy.objects.filter(article=article).delete()
    article.tags.clear()
    Article.objects.filter(pk=article.pk).update(
        headline=_("Taken back by its author"),
        slug="taken-back",
        standfirst="",
        text="",
        html="",
        word_count=0,
        cover="",
        cover_alt="",
        cover_caption="",
        canonical_url="",
        submission_note="",
        return_note="",
    )


def _delete_pictures(article: Article) -> None:
    """Of this article alone: the pictures of others may stand in more than one."""
    names = set(PICTURE.findall(article.html))
    for revision in article.revisions.all():
        names |= set(PICTURE.findall(revision.text))
    if article.cover:
        names.add(article.cover.name)
    others = Article.objects.exclude(pk=article.pk)
    for name in names:
        stem = name.removesuffix(".webp")
        if not others.filter(Q(text__contains=stem) | Q(cover=name)).exists():
            SentPicture.objects.filter(name=name).delete()
            transaction.on_commit(partial(covers.delete, name))


def _clear_pictures(accounts: Collection[User]) -> None:
    """Those they sent that no article has any more."""
    for picture in SentPicture.objects.filter(sent_by__in=accounts).unused():
        clear_picture(picture=picture)


def _empty_accounts(member: User, accounts: Collection[User], former: Former) -> None:
    for place, account in enumerate(accounts):
        if account.avatar:
            transaction.on_commit(partial(avatars.delete, account.avatar))
        for field in User._meta.concrete_fields:
            if field.name not in MADE_ANEW:
                setattr(account, field.attname, field.get_default())
        account.is_active = False
        account.set_unusable_password()
        account.date_joined = timezone.now()
        if account.pk == member.pk:
            account.display_name, account.username = former.name, former.login
        else:
            account.display_name = f"{former.name}.{place + 1}"
            account.username = f"{former.login}_{place + 1}"
        account.save()


def _holding(column: str, former: Former) -> Q:
    """The rows whose sentence may say who it was."""
    told = Q(pk__in=[])
    for word in {*former.names, *former.logins, *former.emails}:
        told |= Q(**{f"{column}__icontains": word})
    return told


def _take_out_of_the_sites_words(former: Former, accounts: Collection[User]) -> None:
    """What the site told others, its list of what the owner changed, and jobs that wait."""
    told = _holding("text", former) | _holding("url", former)
    for note in Notification.objects.filter(told):
        note.text = former.taken_out_of_ours(note.text)[:500]
        note.url = former.taken_out_of_ours(note.url)
        note.save(update_fields=["text", "url"])
    keys = [str(account.pk) for account in accounts]
    AdminEntry.objects.filter(
        content_type__app_label="accounts", content_type__model="user", object_id__in=keys
    ).update(object_repr=former.name, change_message="")
    Flag.objects.filter(member__in=accounts).update(words="", network=None)
    for model, column in TOLD_BY_OTHERS:
        for row in model._base_manager.filter(former.told_in(column)):
            words = former.taken_out(getattr(row, column))
            model._base_manager.filter(pk=row.pk).update(**{column: words})
    for finding in Finding.objects.filter(_holding("words", former)):
        words = former.taken_out_of_ours(finding.words)[:300]
        Finding.objects.filter(pk=finding.pk).update(words=words)
    for sweep in Sweep.objects.filter(_holding("sought", former)):
        Sweep.objects.filter(pk=sweep.pk).update(sought=former.taken_out_of_ours(sweep.sought))
    for login in former.logins:
        for copy in WorkingCopy.objects.filter(fields__co_author_names__icontains=login):
            pattern = rf"(?<![\w-]){re.escape(login)}(?![\w-])"
            names = re.sub(pattern, "", copy.fields["co_author_names"]).strip(" ,")
            copy.fields["co_author_names"] = names
            copy.save(update_fields=["fields"])
    with connection.cursor() as cursor:
        for word in {*former.emails, *(f'"{login}"' for login in former.logins)}:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE position(lower(%s) IN lower(args::text)) > 0",
                [word],
            )
