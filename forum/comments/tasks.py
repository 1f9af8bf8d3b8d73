from django.conf import settings
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.comments import flows, standing
from forum.comments.models import Comment
from forum.screening import akismet


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="weigh_trust")
def weigh_trust(timestamp: int) -> None:
    """Keep on members what they have earned by being here."""
    standing.weigh_recent()


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
