from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import FormerName, User
from forum.articles.uploads import clear_picture, unused_pictures
from forum.comments import flows, standing
from forum.comments.models import Comment, CommentRevision, Draft, Origin
from forum.comments.rendering import renew_name
from forum.screening import akismet, networks


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="clear_unused_pictures")
def clear_unused_pictures(timestamp: int) -> None:
    """Clear away what was sent into the editor and never used, nor linked to from a comment."""
    for picture in unused_pictures():
        # In the way that the index of comments can search.
        by_name = {"text__icontains": picture.stem}
        if not (
            Comment.objects.filter(**by_name).exists()
            or CommentRevision.objects.filter(**by_name).exists()
            or Draft.objects.filter(**by_name).exists()
        ):
            clear_picture(picture=picture)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="renew_names")
def renew_names(timestamp: int) -> None:
    """Draw the reply links to members who took another name since the last time. What was begun
    and not finished is done again."""
    changed = FormerName.objects.filter(links_renewed_at=None)
    for member in User.objects.filter(pk__in=changed.values("member")):
        latest = changed.filter(member=member).order_by("-pk").values_list("pk", flat=True)[0]
        renew_name(member)
        changed.filter(member=member, pk__lte=latest).update(links_renewed_at=timezone.now())


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="weigh_trust")
def weigh_trust(timestamp: int) -> None:
    """Keep on members what they have earned by being here."""
    standing.weigh_recent()


@app.periodic(cron="45 3 * * *")
@app.task(queueing_lock="forget_origins")
def forget_origins(timestamp: int) -> None:
    """Forget from where comments came that are no longer new."""
    Origin.objects.filter(comment__posted_at__lt=networks.kept_since()).delete()


@app.task(retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def ask_akismet(*, comment: int, address: str, agent: str) -> None:
    """Hold a comment that Akismet calls spam."""
    found = Comment.objects.select_related("author").filter(pk=comment).visible().first()
    if found is None or not settings.AKISMET_KEY:
        return
    if akismet.is_spam(
        text=found.text,
        name=found.author.display_name,
        address=address,
        agent=agent,
        permalink=f"{settings.SITE_URL}{found.get_absolute_url()}",
    ):
        reason = _("A moderator looks at what it says first.")
        flows.hold_comment(comment=found, reason=reason, rule_name="Akismet")
