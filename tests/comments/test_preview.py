"""What a preview shows is, byte for byte, what is posted."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.comments import flows
from forum.comments.models import Comment
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db

PIECES = [
    *("@CB", "@CB#1", "@michael reynolds:", "@cb and @CB", "@nobody", "mail@CB", "`@CB`", "> @CB"),
    *("*", "**", "_", "`", "~~", "[", "](https://example.org/)", "<b>", "&amp;", "<!--", "\\"),
    *(
        "\n",
        "\n\n",
        "    ",
        "- ",
        "1. ",
        "# ",
        "|a|b|\n|-|-|\n",
        "```\n",
        "https://example.org/?a=1&b",
    ),
]


def said_of(flow, **what):
    """What the flow gives, or the words it refuses with."""
    try:
        return flow(**what)
    except flows.ReplyRefused as refusal:
        return str(refusal)


@pytest.mark.parametrize("is_reply", [True, False])
def test_preview_is_what_is_posted(is_reply):
    article, writer = make_article(), make_member("Zoë")
    parent = make_comment(article, make_member("CB"))
    make_comment(article, make_member("michael reynolds"))
    make_member("Elsewhere")

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map(" ".join))
    def check(text):
        text = text.replace("\0", "").encode(errors="ignore").decode()
        place = {"article": article, "text": text, "parent": parent if is_reply else None}
        preview = said_of(flows.preview_comment, **place)
        comment = said_of(flows.post_comment, author=writer, **place)
        if not isinstance(comment, Comment):
            assert comment == preview
            return
        stored = Comment.objects.get(pk=comment.pk)
        assert stored.html == preview
        # The writer's own comments must not pile up as what "@Zoë" means.
        Comment.objects.filter(pk=comment.pk).delete()

    check()
