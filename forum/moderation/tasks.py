from datetime import datetime

from procrastinate.contrib.django import app

from forum.comments.models import Comment
from forum.screening import spam


@app.task
def learn_verdict(*, comment: int, is_spam: bool, decided_at: str) -> None:
    """Let the classifier learn what a moderator said of a comment at that moment; the latest word
    counts."""
    found = Comment.objects.filter(pk=comment).first()
    if found is not None:
        spam.learn(
            subject=found.pk,
            html=found.html,
            is_spam=is_spam,
            decided_at=datetime.fromisoformat(decided_at),
        )


@app.task
def unlearn_verdict(*, comment: int, decided_at: str) -> None:
    """A decision of that moment was taken back: the word before it counts again."""
    spam.unlearn(subject=comment, decided_at=datetime.fromisoformat(decided_at))
