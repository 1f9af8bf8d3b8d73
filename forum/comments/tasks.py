from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import FormerName, User
from forum.comments.rendering import renew_name


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
