"""What was typed and not posted: kept on the server, given back, gone once it is posted."""

from datetime import timedelta
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from forum.articles.models import Article
from forum.comments import branches, flows, permissions
from forum.comments.models import Comment, Draft
from tests.factories import make_article, make_comment, make_member
from tests.race import race, wait_until_somebody_waits

pytestmark = pytest.mark.django_db
TEXT = "Half a thought, and then"


@pytest.fixture
def member(client):
    member = make_member("Zoë")
    client.force_login(member)
    return member


@pytest.fixture(params=["thread", "reply"])
def place(request):
    """The addresses of a composer and of its draft, and what it answers."""
    article = make_article()
    if request.param == "thread":
        names = [article.publish_date, article.slug]
        return reverse("comment_post", args=names), reverse("comment_draft", args=names), None
    parent = make_comment(article, make_member("CB"))
    return (
        reverse("comment_reply", args=[parent.pk]),
        reverse("reply_draft", args=[parent.pk]),
        parent,
    )


def by_script(client, url, **words):
    return client.post(url, words, headers={"X-Requested-With": "fetch"})


def test_draft_comes_back_with_a_notice(client, member, place):
    composer, draft, _parent = place
    assert by_script(client, draft, text=TEXT).status_code == 204
    page = client.get(composer)
    assert page.context["form"].initial["text"] == TEXT
    assert "Your text is back" in page.content.decode()


def test_composer_without_a_draft_says_nothing_of_one(client, member, place):
    composer, _draft, _parent = place
    page = client.get(composer).content.decode()
    assert '<form class="notice restored" method="post" action="' in page
    assert "hidden>" in page.partition("notice restored")[2].partition("</form>")[0]


def test_last_draft_is_the_one_that_is_kept(client, member, place):
    _composer, draft, _parent = place
    for text in ("Half", TEXT):
        by_script(client, draft, text=text)
    assert Draft.objects.get().text == TEXT


def test_draft_is_discarded_by_its_button_and_by_an_empty_text(client, member, place):
    composer, draft, _parent = place
    by_script(client, draft, text=TEXT)
    assert client.post(draft).url == composer
    assert not Draft.objects.exists()
    by_script(client, draft, text=TEXT)
    by_script(client, draft, text=" \n")
    assert TEXT not in client.get(composer).content.decode()


def test_posting_forgets_the_draft(client, member, place):
    composer, draft, _parent = place
    by_script(client, draft, text=TEXT)
    client.post(composer, {"text": f"{TEXT} more."})
    assert not Draft.objects.exists()


def test_refused_post_keeps_the_draft(client, member, place):
    composer, draft, _parent = place
    by_script(client, draft, text=TEXT)
    Article.objects.update(locked_at=timezone.now())
    assert client.post(composer, {"text": TEXT}).status_code == 422
    page = client.get(composer).content.decode()
    assert TEXT in page
    assert "This discussion is closed." in page


def test_draft_that_arrives_after_its_post_is_not_kept(client, member, place):
    composer, draft, _parent = place
    words = {"text": TEXT, "post_key": str(uuid4())}
    client.post(composer, words)
    by_script(client, draft, **words)
    assert not Draft.objects.exists()


def test_draft_on_two_screens_is_posted_once(client, member, place):
    composer, draft, _parent = place
    by_script(client, draft, text=TEXT, post_key=str(uuid4()))
    screens = [client.get(composer).context["form"] for _ in range(2)]
    for form in screens:
        client.post(composer, {"text": form["text"].value(), "post_key": form["post_key"].value()})
    assert Comment.objects.filter(author=member).count() == 1


def test_form_that_the_back_button_brought_is_posted_once(client, member, place):
    composer, _draft, _parent = place
    for _fresh_key in range(2):
        answer = client.post(composer, {"text": TEXT, "post_key": str(uuid4())})
    comment = Comment.objects.get(author=member)
    assert answer.url == comment.get_absolute_url()
    flows.withdraw_comment(comment=comment, by=member)
    client.post(composer, {"text": TEXT, "post_key": str(uuid4())})
    assert Comment.objects.filter(author=member).count() == 2


def test_another_text_from_the_same_composer_is_not_lost(client, member, place):
    composer, _draft, _parent = place
    key = str(uuid4())
    client.post(composer, {"text": "The first.", "post_key": key})
    page = client.post(composer, {"text": "The second.", "post_key": key})
    assert page.status_code == 422
    assert "posted from here already" in page.content.decode()
    form = page.context["form"]
    assert form["text"].value() == "The second."
    client.post(composer, {"text": "The second.", "post_key": form["post_key"].value()})
    said = Comment.objects.filter(author=member).values_list("text", flat=True)
    assert sorted(said) == ["The first.", "The second."]


def test_retry_of_what_was_posted_answers_with_it_even_when_closed(client, member, place):
    composer, _draft, _parent = place
    words = {"text": TEXT, "post_key": str(uuid4())}
    first = client.post(composer, words)
    Article.objects.update(locked_at=timezone.now())
    assert client.post(composer, words).url == first.url


def test_scripts_are_told_where_the_comment_is(client, member, place):
    composer, _draft, _parent = place
    told = by_script(client, composer, text=TEXT).json()
    comment = Comment.objects.get(author=member)
    assert told == {
        "id": comment.pk,
        "number": comment.number,
        "address": comment.get_absolute_url(),
        "until": permissions.typos_until(comment).isoformat(timespec="seconds"),
    }


def test_scripts_are_refused_with_the_page(client, member, place):
    composer, _draft, _parent = place
    page = by_script(client, composer, text=" ")
    assert page.status_code == 422
    assert "Write something first" in page.content.decode()


@pytest.fixture
def own(member):
    """A comment of the member's, which can be changed."""
    return make_comment(make_article(), member, text="The river was low.")


def edit_addresses(comment):
    return [reverse(name, args=[comment.pk]) for name in ("comment_edit", "edit_draft")]


def test_draft_of_an_edit_comes_back_and_is_gone_when_it_is_saved(client, member, own):
    composer, draft = edit_addresses(own)
    assert by_script(client, draft, text=TEXT).status_code == 204
    page = client.get(composer)
    assert page.context["form"].initial["text"] == TEXT
    assert "Your text is back" in page.content.decode()
    assert client.post(composer, {"text": TEXT}).status_code == 302
    assert not Draft.objects.exists()


def test_draft_of_an_edit_leaves_other_drafts_and_the_comment_alone(client, member, own):
    composer, draft = edit_addresses(own)
    place = {"member": member, "article": own.article}
    flows.save_draft(**place, text="A thread.")
    flows.save_draft(**place, parent=own, text="An answer to myself.")
    by_script(client, draft, text=TEXT)
    assert Draft.objects.count() == 3
    own.refresh_from_db()
    assert own.text == "The river was low."
    assert client.post(draft).url == composer
    assert {one.text for one in Draft.objects.all()} == {"A thread.", "An answer to myself."}


def test_refused_edit_keeps_the_draft_and_gives_it_back_to_be_copied(client, member, own):
    composer, draft = edit_addresses(own)
    by_script(client, draft, text=TEXT)
    Comment.objects.update(posted_at=timezone.now() - timedelta(days=2))
    assert client.post(composer, {"text": TEXT}).status_code == 422
    page = client.get(composer).content.decode()
    assert TEXT in page
    assert "That time is over." in page


def test_draft_that_arrives_after_its_edit_is_not_kept(client, member, own):
    composer, draft = edit_addresses(own)
    client.post(composer, {"text": TEXT})
    by_script(client, draft, text=TEXT)
    assert not Draft.objects.exists()


def test_edit_of_somebody_else_has_no_draft(client, member):
    comment = make_comment()
    _composer, draft = edit_addresses(comment)
    assert by_script(client, draft, text=TEXT).status_code == 404
    assert not Draft.objects.exists()


def test_draft_follows_what_it_answers_to_another_article(client, member):
    parent = make_comment()
    draft = reverse("reply_draft", args=[parent.pk])
    by_script(client, draft, text="Half")
    branches.move_comment(comment=parent, article=make_article())
    by_script(client, draft, text=TEXT)
    assert Draft.objects.get().text == TEXT


def test_text_that_comes_too_soon_comes_back_with_when_to_go_on(client, member, place, monkeypatch):
    composer, _draft, _parent = place

    def refuse(*args):
        raise flows.TooSoon("One comment a minute: wait 40 seconds.", retry_after=40)

    monkeypatch.setattr(flows, "_post", refuse)
    answer = client.post(composer, {"text": TEXT})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
    page = answer.content.decode()
    assert TEXT in page
    assert "wait 40 seconds" in page
    monkeypatch.undo()
    assert client.post(composer, {"text": TEXT}).status_code == 302


def test_drafts_of_others_are_not_shown(client, member, place):
    composer, _draft, parent = place
    flows.save_draft(member=make_member(), article=Article.objects.get(), parent=parent, text=TEXT)
    assert TEXT not in client.get(composer).content.decode()


def test_draft_is_for_members_and_where_they_may_read(client, place):
    _composer, draft, _parent = place
    assert by_script(client, draft, text=TEXT).status_code == 403
    client.force_login(make_member())
    Article.objects.update(published_at=None, publish_date=None)
    assert by_script(client, draft, text=TEXT).status_code == 404
    assert not Draft.objects.exists()


def test_draft_of_an_answer_to_what_is_gone_can_still_be_read(client, member):
    parent = make_comment()
    by_script(client, reverse("reply_draft", args=[parent.pk]), text=TEXT)
    flows.hide_comment(comment=parent, reason="off topic")
    page = client.get(reverse("comment_reply", args=[parent.pk])).content.decode()
    assert TEXT in page
    assert "no longer there" in page


def test_answers_since_the_writer_began_are_shown_with_the_preview(client, member):
    parent = make_comment()
    composer = reverse("comment_reply", args=[parent.pk])
    since = client.get(composer).context["form"]["since"].value()
    make_comment(parent=parent, text="I was quicker.")
    make_comment(parent.article, text="Something else.")
    make_comment(parent=parent, author=member, text="My own.")
    page = client.post(composer, {"text": TEXT, "since": since, "preview": "1"}).content.decode()
    assert "1 answer since you began" in page
    assert "I was quicker." in page
    assert "Something else." not in page
    assert "My own." not in page
    asked = client.get(composer, {"since": since}).content.decode()
    assert "I was quicker." in asked


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30])
def test_nonsense_for_when_the_writer_began_changes_nothing(client, member, since):
    parent = make_comment()
    composer = reverse("comment_reply", args=[parent.pk])
    assert client.get(composer, {"since": since}).status_code == 200
    assert client.post(composer, {"text": TEXT, "since": since}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_screens_that_save_at_once_leave_one_draft():
    article, member = make_article(), make_member()

    def save(text):
        return lambda: flows.save_draft(member=member, article=article, parent=None, text=text)

    assert race(*[save(f"Text {n}") for n in range(8)]) == [None] * 8
    assert Draft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_key", [True, False], ids=["with a key", "control"])
def test_post_sent_by_eight_tabs_at_once_is_one_comment(with_key):
    article, member = make_article(), make_member()
    key = uuid4() if with_key else None

    def send():
        return flows.post_comment(author=member, article=article, text=TEXT, post_key=key)

    posted = race(*[send] * 8)
    assert {type(one) for one in posted} == {Comment}
    assert Comment.objects.count() == (1 if with_key else 8)
    assert len({one.pk for one in posted}) == Comment.objects.count()
    article.refresh_from_db()
    assert article.comment_count == Comment.objects.count()


@pytest.mark.django_db(transaction=True)
def test_drafts_and_post_at_once_leave_the_comment_alone():
    article, member = make_article(), make_member()
    for number in range(5):
        words = {"article": article, "text": f"{TEXT} {number}", "post_key": uuid4()}
        results = race(
            partial(flows.post_comment, author=member, **words),
            *[partial(flows.save_draft, member=member, parent=None, **words)] * 4,
        )
        assert not [r for r in results if isinstance(r, Exception)]
        assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_draft_that_comes_while_its_text_is_posted_is_not_kept():
    article, member = make_article(), make_member()
    words = {"article": article, "text": TEXT, "post_key": uuid4()}
    is_posting = Event()

    def post():
        with transaction.atomic():
            flows.post_comment(author=member, **words)
            is_posting.set()
            wait_until_somebody_waits()

    def save():
        is_posting.wait(timeout=20)
        flows.save_draft(member=member, **words)

    assert race(post, save) == [None, None]
    assert Comment.objects.count() == 1
    assert not Draft.objects.exists()
