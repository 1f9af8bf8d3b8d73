"""Links made on the site that an import came from land on their comments."""

import pytest

from tests.imports.wxr import at, bring_in, item, remark

ON_SCREEN = "document.querySelector(':target').closest('li').querySelector('.number').textContent"


@pytest.mark.parametrize(
    ("first", "address", "number"),
    [
        (801, "/2014/post-10/#comment-802", 2),
        (801, "/2014/post-10/comment-page-3/#comment-803", 3),
        (801, "/?p=10#comment-801", 1),
        (801, "/?replytocom=802#respond", 2),
        (2, "/2014/post-10/#comment-3", 2),
        (2, "/2014/05/06/post-10/#comment-3", 3),
    ],
)
def test_old_link_opens_at_its_comment(visit, first, address, number):
    bring_in(
        item(
            10,
            remark(first, author="Ada"),
            remark(first + 1, at(first, "Ada") + " Yes.", author="Bo"),
            remark(first + 2, at(first, "Ada") + " No."),
        )
    )
    page = visit(address)
    assert page.evaluate(ON_SCREEN) == f"#{number}"
    page.locator("li", has_text="@Ada: No.").locator(".reply-link").click()
    page.wait_for_function(f"{ON_SCREEN} === '#1'")
