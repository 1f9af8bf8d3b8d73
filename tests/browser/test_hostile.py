"""Hostile words and names, shown in a real browser: nothing runs and nothing breaks out."""

from accounts.models import User
from forum.comments.models import Comment
from tests.factories import make_article, make_author, make_comment, make_member
from tests.forum.test_markup import HOSTILE

NAMES = ['"><img src=x onerror=alert(1)>', "</bdi><script>alert(1)</script>", "{{7*7}} ${7*7}"]


def test_hostile_words_and_names_run_nothing(visit):
    article = make_article(
        make_author("Inês"), headline="<script>alert(1)</script>", text="\n\n".join(HOSTILE)
    )
    members = []
    for n, name in enumerate(NAMES):
        member = make_member(f"Name {n}", biography=name)
        # No form takes such a name; an import or a hand at the database might.
        User.objects.filter(pk=member.pk).update(display_name=name)
        member.refresh_from_db()
        members.append(member)
    for n, text in enumerate(HOSTILE):
        make_comment(article, members[n % len(members)], text=text)
    Comment.objects.filter(number=1).update(hidden_reason="<script>alert(1)</script>")
    dialogs = []
    for address in (
        "/",
        article.get_absolute_url(),
        f"{article.get_absolute_url()}?order=time",
        *(member.get_absolute_url() for member in members),
    ):
        page = visit("about:blank")
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        inside = page.evaluate(
            """() => [...document.querySelectorAll('.prose *')].some(element =>
                 element.matches('script, iframe, form, style, object, embed, base, meta')
                 || [...element.attributes].some(
                        a => a.name.startsWith('on') || a.name === 'style'))"""
        )
        assert not inside
        assert page.locator("script:not([src^='/static/'])").count() == 0
    assert dialogs == []


def test_long_words_and_deep_threads_do_not_widen_a_phone(visit):
    article = make_article(headline="Donau" + "dampfschifffahrts" * 6, standfirst="x" * 300)
    comment = None
    for n in range(13):
        name = "W" * 60 if n == 1 else f"Person {n}"
        comment = make_comment(
            article, make_member(name), text="https://example.org/" + "y" * 300, parent=comment
        )
    page = visit(article.get_absolute_url(), viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_policy_forbids_inline_script(chromium, live_server):
    page = chromium.new_page()
    page.goto(live_server.url)
    ran = page.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';
           document.body.append(s); return window.ran === 1 }"""
    )
    page.close()
    assert not ran
