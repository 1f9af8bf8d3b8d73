from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.comments.flows import TELL
from forum.comments.models import Comment
from forum.reading.telling import tell_of


@app.task(name=TELL, retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def tell_of_comment(*, comment: int) -> None:
    """Tell those whom a comment answers or names; nothing when it was erased meanwhile."""
    found = Comment.objects.select_related("article", "parent").filter(pk=comment).first()
    if found is not None:
        tell_of(found)
