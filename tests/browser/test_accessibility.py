"""axe finds nothing on any kind of page, in light and dark, on a desktop and a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts import flows as flows_of_names
from accounts.models import User
from forum.comments import flows
from forum.reading.flows import follow_person, mute_person
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_editor import revise
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator


@pytest.fixture
def article():
    article = make_article(make_author("Inês", username="ines"), tag_names=["rivers"])
    zoe = make_member("Zoë", username="zoe")
    one = make_comment(article, zoe, text="> Quoted\n\n*Said*, see https://example.org/.")
    two = make_comment(article, make_member("ليلى حداد"), parent=one, text="@Zoë: نعم")
    make_comment(article, article.author, parent=two, text="@Zoë and more")
    hidden = make_comment(parent=one)
    make_comment(parent=hidden)
    flows.hide_comment(comment=hidden, reason="off topic")
    flows.edit_comment(comment=two, by=two.author, text="@Zoë: yes")
    for member in (zoe, article.author):
        flows.like_comment(comment=two, by=member)
    return article


def troubles(page):
    # Chromium would refuse the script that axe adds, as it should: it is run beside the page.
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes'][:3]]}"
        for v in found.response["violations"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_reading_pages_have_no_accessibility_troubles(visit, article, size, theme):
    page = visit("/", viewport=size, color_scheme=theme, bypass_csp=True)
    for address in (
        "/",
        article.get_absolute_url(),
        f"{article.get_absolute_url()}?order=time",
        f"{article.get_absolute_url()}?order=likes",
        f"{article.get_absolute_url()}?by=author",
        reverse("comment_exchange", args=[article.comments.get(number=2).pk]),
        reverse("member", args=["zoe"]),
        reverse("member_liked", args=["zoe"]),
        reverse("preferences"),
        reverse("author", args=["ines"]),
        reverse("tags"),
        reverse("tag", args=["rivers"]),
        reverse("comment_history", args=[article.comments.get(number=2).pk]),
        "/no-such-page/",
    ):
        page.goto(address)
        assert troubles(page) == [], address


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_writing_pages_have_no_accessibility_troubles(visit, article, theme):
    page = visit(reverse("account_login"), color_scheme=theme, bypass_csp=True)
    assert troubles(page) == []
    sign_in(page, "ines")
    zoe = User.objects.get(username="zoe")
    flows_of_names.change_profile(member=zoe, display_name="Zoë B.", pronouns="she/her")
    mute_person(member=article.author, person=zoe)
    follow_person(member=article.author, person=User.objects.get(display_name="ليلى حداد"))
    comment = article.comments.get(number=3)
    revise(article, make_moderator("Pilar"), text="Other paragraphs.\n\nAnd more.")
    first, latest = article.revisions.order_by("pk")
    for address in (
        reverse("account_profile"),
        reverse("preferences"),
        reverse("followed_people"),
        reverse("member", args=["zoe"]),
        reverse("member_following", args=["zoe"]),
        reverse("account_email"),
        reverse("account_change_password"),
        reverse("account_logout"),
        article.get_absolute_url(),
        reverse("comment_reply", args=[comment.pk]),
        reverse("comment_like", args=[article.comments.get(number=2).pk]),
        reverse("comment_likes", args=[article.comments.get(number=2).pk]),
        reverse("comment_edit", args=[comment.pk]),
        reverse("comment_withdraw", args=[comment.pk]),
        reverse("articles_mine"),
        reverse("article_new"),
        reverse("article_edit", args=[article.pk]),
        reverse("article_preview", args=[article.pk]),
        reverse("article_unpublish", args=[article.pk]),
        reverse("article_revisions", args=[article.pk]),
        f"{reverse('article_compare', args=[article.pk])}?old={first.pk}&new={latest.pk}",
    ):
        page.goto(address)
        assert troubles(page) == [], address
    page.goto(reverse("article_new"))
    page.get_by_label("Headline").fill("x")
    page.get_by_label("Text", exact=True).fill("*[" * 3000)
    page.get_by_role("button", name="Save and preview").click()
    assert troubles(page) == []
    page.get_by_label("Tags", exact=True).press_sequentially("riv")
    page.get_by_role("option", name="rivers").wait_for()
    assert troubles(page) == []
    page.goto(reverse("article_edit", args=[article.pk]))
    revise(article, article.author, text="Saved meanwhile.")
    page.get_by_label("Text", exact=True).fill("Mine.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Saved meanwhile by").wait_for()
    assert troubles(page) == []


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password"])
def test_joining_pages_have_no_accessibility_troubles(visit, name):
    page = visit(reverse(name), bypass_csp=True)
    page.get_by_role("main").get_by_role("button").click()
    assert troubles(page) == []


def test_pages_of_review_have_no_accessibility_troubles(visit):
    contributor = make_member("Tobias", username="tobias", is_contributor=True)
    make_member("Maren", username="maren", is_editor=True)
    draft = make_article(contributor, published=False)
    held = make_article(comments_policy="held", co_authors=[make_author()])
    make_comment(held, contributor)
    page = visit(reverse("account_login"), bypass_csp=True)
    sign_in(page, "tobias")
    preview = reverse("article_preview", args=[draft.pk])
    for address in (held.get_absolute_url(), preview):
        page.goto(address)
        assert troubles(page) == [], address
    page.get_by_role("button", name="Hand it in").click()
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    sign_in(page, "maren")
    for address in (reverse("articles_mine"), preview):
        page.goto(address)
        assert troubles(page) == [], address
