from procrastinate.contrib.django import app

from forum.comments.models import Comment
from forum.screening import spam


@app.task
def learn_verdict(*, comment: int, is_spam: bool | None) -> None:
    """Let the classifier learn what a moderator said of a comment; the latest word counts, None
    takes it back."""
    found = Comment.objects.filter(pk=comment).first()
    if found is not None:
        spam.learn(subject=found.pk, html=found.html, is_spam=is_spam)
