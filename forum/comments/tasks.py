from procrastinate.contrib.django import app

from forum.articles.uploads import clear_picture, unused_pictures
from forum.comments.models import Comment, CommentRevision, Draft


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="clear_unused_pictures")
def clear_unused_pictures(timestamp: int) -> None:
    """Clear away what was sent into the editor and never used, nor linked to from a comment."""
    for picture in unused_pictures():
        # In the way the index of comments can search.
        named = [
            texts.objects.filter(text__icontains=picture.stem)
            for texts in (Comment, CommentRevision, Draft)
        ]
        if not any(found.exists() for found in named):
            clear_picture(picture=picture)
