"""Who of a site that was moved here somebody can be, who proves an e-mail address.

An address proves a person only where it was that person's own. An account of the old site is proved
by the address of the account alone: anybody could comment there under the name of an author, and
the import may have taken the two for one. Who had no account is proved by the address they gave.
Nothing of this is asked before the address is confirmed here, so nobody learns whether an address
is known.
"""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.models import ImportedMember
from forum.people.models import DeclinedClaim

ACCOUNT = "login:"


def claimable(member: User) -> QuerySet[User]:
    """The people of an import who this member can prove to be, whom nobody claimed and whom they
    did not decline. One query."""
    address = EmailAddress.objects.filter(user=member, verified=True)
    proved = ImportedMember.objects.filter(member=OuterRef("pk")).exclude(email="")
    proved = proved.annotate(small=Lower("email")).filter(
        small__in=address.annotate(small=Lower("email")).values("small")
    )
    accounts = ImportedMember.objects.filter(member=OuterRef("pk"), identity__startswith=ACCOUNT)
    return (
        User.objects.filter(email="", password__startswith=UNUSABLE_PASSWORD_PREFIX, is_active=True)
        .exclude(pk=member.pk)
        .filter(imported_from__isnull=False)
        .filter(
            Exists(proved.filter(identity__startswith=ACCOUNT))
            | Q(Exists(proved), ~Exists(accounts), is_author=False)
        )
        .exclude(Exists(EmailAddress.objects.filter(user=OuterRef("pk"))))
        .exclude(Exists(DeclinedClaim.objects.filter(member=member, imported=OuterRef("pk"))))
        .distinct()
        .order_by("pk")
    )


def with_what_they_wrote(people: QuerySet[User]) -> QuerySet[User]:
    """With how many comments and articles each has that everybody can read."""
    comments = Comment.objects.visible().filter(author=OuterRef("pk")).order_by()
    articles = Article.objects.published().filter(author=OuterRef("pk")).order_by()
    return people.annotate(
        comments_written=Coalesce(_number(comments), 0),
        articles_written=Coalesce(_number(articles), 0),
    )


def _number(rows: QuerySet) -> Subquery:
    return Subquery(rows.values(one=Value(1)).values(number=Count("pk")))
