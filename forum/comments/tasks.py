from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import FormerName, User
from forum.articles.uploads import clear_picture, unused_pictures
from forum.comments.models import Comment, CommentRevision, Draft
from forum.comments.rendering import renew_name


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
