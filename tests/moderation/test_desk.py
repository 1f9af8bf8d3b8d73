"""The desk: a comment large, the queue beside it, a verb for everything."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forum.comments import cases
from forum.comments.flows import discard_draft, save_draft
from forum.comments.models import Case, Comment, Draft
from forum.flags.flows import flag_comment
from forum.moderation import claims, queues, sweeps
from forum.moderation import flows as moderation
from forum.moderation.letters import send_message
from forum.moderation.models import LogEntry
from forum.notifications.models import Notification
from forum.screening.models import Kind, Rule
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db

INDEX = "admin:index"


@pytest.fixture
def moderator(client):
    moderator = make_member("Pilar", is_staff=True)
    client.force_login(moderator)
    return moderator


def said(answer):
    return answer.content.decode()


def decide(client, comment, verb, queue="all", **words):
    place = reverse("admin:desk_decide", args=[queue, comment.pk, verb])
    return client.post(place, words, follow=True)


def test_front_page_is_the_worst_comment_in_its_context(client, moderator):
    article = make_article(headline="On otters")
    parent = make_comment(article, text="What was said before.")
    make_comment(article)
    worst = make_comment(article, make_member("Zoë"), parent=parent, text="The worst of it.")
    flag_comment(comment=worst, by=make_member("Tom"), reason="other", words="It is cruel.")
    page = said(client.get(reverse(INDEX)))
    for words in ("The worst of it.", "What was said before.", "On otters", "It is cruel.", "Tom"):
        assert words in page
    assert Case.objects.get(comment=worst).claimed_by == moderator


def test_each_decision_leads_to_the_next_comment(client, moderator):
    article = make_article()
    first, second = make_comment(article, text="One."), make_comment(article, text="Two.")
    client.get(reverse(INDEX))
    page = decide(client, first, "approve")
    assert "Two." in said(page)
    page = decide(client, second, "hide", canned="1")
    assert "Nothing waits" in said(page)
    second.refresh_from_db()
    assert second.hidden_reason == "Off topic."
    assert page.context["item"] is None


def test_verb_without_its_words_says_so_and_keeps_the_comment(client, moderator):
    comment = make_comment(text="One.")
    page = decide(client, comment, "hide")
    assert page.status_code == 422
    assert "Choose a reason" in said(page)
    assert "One." in said(page)
    assert Comment.objects.visible().exists()


@pytest.mark.parametrize(
    ("verb", "words", "done"),
    [
        ("approve", {}, "approve"),
        ("hide", {"reason": "Own words."}, "hide"),
        ("send-back", {"note": "Milder."}, "send_back"),
        ("message", {"text": "Hello."}, "message"),
        ("warn", {"text": "Careful."}, "warn"),
        ("hold", {"reason": "We look first."}, "hold"),
        ("hold-all", {"reason": "We look first."}, "hold"),
        ("ban", {"period": "7d", "reason": "Spam."}, "ban"),
        ("lock", {"reason": "Enough."}, "lock"),
    ],
)
def test_verb_is_done_and_logged(client, moderator, verb, words, done):
    comment = make_comment()
    assert decide(client, comment, verb, **words).status_code == 200
    assert LogEntry.objects.get().verb == done


def test_bans_have_lengths_and_hiding_is_a_choice_of_its_own(client, moderator):
    comment = make_comment()
    decide(client, comment, "ban", period="1h", reason="Spam.")
    comment.author.refresh_from_db()
    left = comment.author.banned_until - timezone.now()
    assert 3500 < left.total_seconds() <= 3600
    assert Comment.objects.visible().exists()
    decide(client, comment, "ban", period="", reason="Spam.", hide_all="on")
    comment.author.refresh_from_db()
    assert comment.author.banned_until is None
    assert not Comment.objects.visible().exists()


def test_skipped_comment_comes_round_when_nothing_else_is_left(client, moderator):
    article = make_article()
    first, second = make_comment(article), make_comment(article)

    def skip(comment):
        place = reverse("admin:desk_skip", args=["all", comment.pk])
        return client.post(place, follow=True).context["item"].comment

    assert skip(first) == second
    assert skip(second) == first
    assert not LogEntry.objects.exists()


def test_comment_of_another_moderator_is_shown_as_theirs_and_kept_from_the_second(
    client, moderator
):
    comment = make_comment()
    other = make_moderator("Olga")
    claims.claim(comment=comment.pk, by=other)
    page = said(client.get(reverse("admin:desk_item", args=["all", comment.pk])))
    assert "<bdi>Olga</bdi> has been looking at this" in page
    page = decide(client, comment, "hide", reason="My own words.")
    assert page.status_code == 422
    assert "Somebody else" in said(page)
    assert "My own words." in said(page), "nothing typed is lost"
    assert Comment.objects.visible().exists()
    assert client.get(reverse(INDEX)).context["item"] is None


def test_decision_is_taken_back_from_the_list_of_ones_own(client, moderator):
    comment = make_comment()
    decide(client, comment, "hide", canned="2")
    page = client.get(reverse("admin:desk", args=["hidden"]))
    entry = LogEntry.objects.get()
    undo = reverse("admin:desk_undo", args=["hidden", entry.pk])
    assert undo in said(page)
    page = client.post(undo, follow=True)
    assert "Taken back." in said(page)
    assert Comment.objects.visible().exists()
    assert undo not in said(page)


def test_queues_hold_what_they_say(client, moderator, settings):
    settings.FIRST_COMMENTS_REVIEWED = 0
    article = make_article()
    reported, approved, hidden, sent_back = (make_comment(article) for _ in range(4))
    held = make_comment(make_article(comments_policy="held"))
    settings.FIRST_COMMENTS_REVIEWED = 3
    unmoderated = make_comment(article)
    flag_comment(comment=reported, by=make_member(), reason="spam")
    decide(client, approved, "approve")
    decide(client, hidden, "hide", canned="1")
    decide(client, sent_back, "send-back", note="Milder, please.")
    holds = {
        "all": {reported, held, unmoderated},
        "reported": {reported},
        "held": {held},
        "unmoderated": {unmoderated},
        "sent-back": {sent_back},
        "approved": {approved},
        "hidden": {hidden},
    }
    for queue, expected in holds.items():
        page = client.get(reverse("admin:desk", args=[queue]))
        assert {case.comment for case in page.context["page"].rows} == expected, queue
    counts = {tab.queue.key: tab.count for tab in page.context["tabs"]}
    assert counts == {key: len(comments) for key, comments in holds.items()}


def test_comment_that_was_sent_back_is_listed_until_its_author_is_done_with_it(client, moderator):
    article, zoe = make_article(), make_member("Zoë")
    parent = make_comment(article)
    thread, answer, gone, late = (
        make_comment(article, zoe, text="One."),
        make_comment(author=zoe, parent=parent, text="Two."),
        make_comment(make_article(), zoe, text="Three."),
        make_comment(make_article(), zoe, text="Four."),
    )
    for comment in (thread, answer, gone, late):
        decide(client, comment, "send-back", note="Milder, please.")

    def listed():
        page = client.get(reverse("admin:desk", args=["sent-back"]))
        rows = page.context["page"].rows
        tab = next(tab for tab in page.context["tabs"] if tab.queue.key == "sent-back")
        assert tab.count == len(rows)
        return [case.comment for case in rows]

    def post_again(comment):
        """From a composer that was opened since, and so has the text that came back."""
        draft = Draft.objects.of(zoe, article=article, parent=comment.parent).get()
        where = {"parent": comment.parent} if comment.parent else {"article": article}
        make_comment(author=zoe, text="Milder.", post_key=draft.post_key, **where)

    assert listed() == [late, gone, answer, thread]
    # What they say elsewhere, or were typing before in the same place, is no answer to it.
    make_comment(author=zoe, parent=make_comment(article), text="Elsewhere.")
    make_comment(author=zoe, parent=parent, text="Typed before.")
    assert listed() == [late, gone, answer, thread]
    post_again(answer)
    assert listed() == [late, gone, thread]
    post_again(thread)
    save_draft(member=zoe, article=article, text="Another thing.", post_key=uuid4())
    assert listed() == [late, gone]
    discard_draft(member=zoe, article=gone.article)
    assert listed() == [late]
    cases.of(late).update(decided_at=timezone.now() - timedelta(days=31))
    assert listed() == []
    assert "until its author posts it again" in said(
        client.get(reverse("admin:desk", args=["sent-back"]))
    )


def test_long_queue_goes_on_by_key_and_is_counted_no_further_than_99(client, moderator, settings):
    settings.FIRST_COMMENTS_REVIEWED = 1000
    article, member = make_article(), make_member()
    for n in range(102):
        make_comment(article, member, text=f"Number {n}.")
    page = client.get(reverse(INDEX))
    assert page.context["tabs"][0].many == "99+"
    seen, key = [case.pk for case in page.context["page"].rows], page.context["page"].next_key
    while key:
        page = client.get(reverse(INDEX), {"after": key})
        seen += [case.pk for case in page.context["page"].rows]
        key = page.context["page"].next_key
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 102


def test_authors_record_says_what_was_done_to_them(client, moderator):
    author = make_member()
    for _ in range(2):
        moderation.hide(comment=make_comment(author=author), by=moderator, reason="x")
    moderation.ban(member=author, by=moderator, reason="x")
    moderation.unban(member=author, by=moderator)
    author.refresh_from_db()
    flagged = make_comment(author=author)
    flag_comment(comment=flagged, by=make_member(), reason="spam")
    moderation.hide(comment=flagged, by=moderator, reason="x")
    record = queues.item(queues.comments_for(moderator).get(pk=flagged.pk)).record
    assert (record.said, record.hidden, record.bans, record.upheld) == (3, 3, 1, 1)


def test_moderator_of_a_category_sees_its_comments_and_only_verbs_of_theirs(client):
    rivers = category_named(name="Rivers")
    theirs = make_comment(make_article(categories=[rivers]), text="On rivers.")
    other = make_comment(text="On mountains.")
    client.force_login(make_member(moderated_categories=[rivers.pk]))
    page = client.get(reverse(INDEX))
    assert page.context["item"].comment == theirs
    assert "On mountains." not in said(page)
    slugs = {offer["slug"] for offer in page.context["offers"]}
    assert slugs == {"approve", "hide", "hold", "send-back", "message", "warn", "lock"}
    assert client.get(reverse("admin:desk_item", args=["all", other.pk])).status_code == 404
    assert decide(client, other, "hide", canned="1").status_code == 404


def test_members_have_no_desk(client):
    comment = make_comment()
    client.force_login(make_member())
    assert decide(client, comment, "approve").status_code == 403
    assert not LogEntry.objects.exists()


def test_unknown_queues_and_verbs_are_not_there(client, moderator):
    assert client.get(reverse("admin:desk", args=["nonsense"])).status_code == 404
    assert decide(client, make_comment(), "burn").status_code == 404


def test_moderators_verbs_stand_on_the_comments_page(client, moderator):
    comment = make_comment()
    place = reverse("admin:desk_item", args=["all", comment.pk])
    assert place in said(client.get(reverse("comment_page", args=[comment.pk])))
    client.force_login(make_member())
    assert place not in said(client.get(reverse("comment_page", args=[comment.pk])))


def test_each_verb_of_the_desk_is_reached_from_the_comments_page(client, moderator):
    comment = make_comment()
    page = said(client.get(reverse("comment_page", args=[comment.pk])))
    desk = reverse("admin:desk_item", args=["all", comment.pk])
    for verb in ("send-back", "message", "warn", "hold-all", "ban"):
        assert f'href="{desk}?verb={verb}&amp;next=' in page
        offers = client.get(desk, {"verb": verb}).context["offers"]
        assert [offer["slug"] for offer in offers if offer["is_open"]] == [verb]
    for act in ("hide", "hold", "lock"):
        assert reverse("admin:act", args=[act]) in page
    assert client.get(desk, {"verb": "burn"}).status_code == 200
    client.force_login(make_member(moderated_categories=[category_named(name="Rivers").pk]))
    page = said(client.get(reverse("comment_page", args=[comment.pk])))
    assert desk not in page


@pytest.mark.parametrize("verb", ["hide", "hold"])
def test_verbs_of_the_comments_page_lead_back_to_its_place(client, moderator, verb):
    article = make_article()
    first, second = make_comment(article), make_comment(article)
    act = reverse("admin:act", args=[verb])
    page = said(client.get(reverse("comment_page", args=[second.pk])))
    way = f"{act}?ids={second.pk}&amp;next={second.get_absolute_url()}"
    assert way in page
    answer = client.post(html.unescape(way), {"reason": "Enough."})
    assert answer.url == first.get_absolute_url(), "what stands before it"
    assert "Done: " in said(client.get(answer.url, follow=True))
    way = html.unescape(way.replace(f"={second.pk}&", f"={first.pk}&"))
    way = way.replace(second.get_absolute_url(), first.get_absolute_url())
    answer = client.post(way, {"reason": "Enough."})
    assert answer.url == f"{article.get_absolute_url()}#discussion"


def test_verbs_of_the_desk_lead_back_to_where_they_were_called(client, moderator):
    parent = make_comment()
    comment = make_comment(parent=parent)
    back = comment.get_absolute_url()
    desk = reverse("admin:desk_item", args=["all", comment.pk])
    page = said(client.get(desk, {"verb": "warn", "next": back}))
    assert page.count(f'<input type="hidden" name="next" value="{back}">') > 5

    def decided(verb, **words):
        place = reverse("admin:desk_decide", args=["all", comment.pk, verb])
        return client.post(place, {"next": back, **words})

    assert f'name="next" value="{back}"' in said(decided("warn", text=""))
    assert decided("warn", text="Mind your words.").url == back
    assert decided("approve").url == back
    assert decided("send-back", note="Milder.").url == parent.get_absolute_url()
    assert decided("message", text="Hello.", next="https://elsewhere.example/").url == desk


def test_what_is_so_already_is_said_and_the_words_are_kept(client, moderator):
    comment = make_comment()
    moderation.hide(comment=comment, by=make_moderator(), reason="x")
    page = decide(client, comment, "hide", reason="My own words.")
    assert page.status_code == 422
    assert "That was so already." in said(page)
    assert "My own words." in said(page)
    offers = client.get(reverse("admin:desk_item", args=["all", comment.pk])).context["offers"]
    assert not {"hide", "hold", "send-back"} & {offer["slug"] for offer in offers}


def test_held_comment_waits_on_and_can_be_let_go_again(client, moderator):
    comment = make_comment()
    decide(client, comment, "hold", reason="We ask the neighbour first.")
    page = client.get(reverse("admin:desk", args=["held"]))
    assert page.context["item"].comment == comment
    assert "We ask the neighbour first." in said(page)
    assert "We ask the neighbour first." in Notification.objects.of(comment.author).get().text
    entry = LogEntry.objects.get()
    client.post(reverse("admin:desk_undo", args=["held", entry.pk]))
    assert Comment.objects.visible().exists()
    assert not Case.objects.held().exists()
    assert "is shown" in Notification.objects.of(comment.author).order_by("-pk")[0].text


def test_own_decisions_are_those_on_single_comments(client, moderator):
    author = make_member()
    comments = [make_comment(author=author) for _ in range(3)]
    sweeps.hold_all(member=author, by=moderator, reason="x")
    moderation.hide(comment=comments[0], by=moderator, reason="x")
    page = client.get(reverse(INDEX))
    assert [entry.verb for entry, _undo in page.context["decisions"]] == ["hide"]


def test_judged_comment_stands_before_why_it_is_here_and_before_what_it_answers(client, moderator):
    long = "What was said before. " + "And so on and on. " * 60 + "The end of it."
    comment = make_comment(parent=make_comment(text=long), text="What is to be judged.")
    flag_comment(comment=comment, by=make_member(), reason="spam")
    page = said(client.get(reverse("admin:desk_item", args=["all", comment.pk])))
    case = page[page.index('<article class="case"') : page.index("verbs-bar")]
    order = [case.index(w) for w in ("to be judged.", "Why it is here", "What was said before.")]
    assert order == sorted(order)
    assert "The end of it." not in case, "it is shortened"


def test_equal_flags_are_one_line_with_what_was_said_and_by_whom_inside(
    client, moderator, settings
):
    settings.FLAGS_TO_HOLD = 99
    comment = make_comment()
    for words in ("It is cruel.", "It is cruel.", "It is false."):
        flag_comment(comment=comment, by=make_member(), reason="other", words=words)
    flag_comment(comment=comment, by=make_member("Tom"), reason="spam")
    item = queues.item(queues.comments_for(moderator).get(pk=comment.pk))
    assert [(len(one.flags), one.said) for one in item.equal_flags] == [
        (3, ["It is cruel.", "It is false."]),
        (1, []),
    ]
    page = said(client.get(reverse("admin:desk_item", args=["all", comment.pk])))
    assert "<strong>Something else</strong>, 3 flags: " in page
    assert page.count('class="flags-folded"') == 2


def test_answered_flags_are_a_line_apart_from_those_that_wait(client, moderator):
    comment = make_comment()
    flag_comment(comment=comment, by=make_member(), reason="spam")
    decide(client, comment, "approve")
    flag_comment(comment=comment, by=make_member(), reason="spam")
    item = queues.item(queues.comments_for(moderator).get(pk=comment.pk))
    assert [one.weight for one in item.equal_flags] == [None, 0.5]


def test_held_comment_says_which_rule_and_which_words_caught_it(client, moderator):
    rule = Rule.objects.create(name="No watches", kind=Kind.WORDS, terms="cheap watches")
    comment = make_comment(text="Here are Cheap Watches for all.")
    page = said(client.get(reverse("admin:desk_item", args=["all", comment.pk])))
    assert reverse("admin:screening_rule_change", args=[rule.pk]) in page
    assert 'No watches</a>: <mark dir="auto">cheap watches</mark>' in page


def test_desk_costs_the_same_with_one_comment_as_with_twelve(client, moderator, settings):
    settings.FLAGS_TO_HOLD = 99

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(INDEX))
        return len(queries)

    article, author = make_article(), make_member()
    comment = make_comment(article, author, parent=make_comment(article))
    members = [make_member() for _ in range(12)]
    for member in members[:2]:
        flag_comment(comment=comment, by=member, reason="spam")
    moderation.hide(comment=make_comment(article), by=moderator, reason="x")
    cost()
    with_one = cost()
    for member in members[2:]:
        flag_comment(comment=comment, by=member, reason="spam")
        flag_comment(comment=make_comment(article, author), by=member, reason="spam")
        moderation.hide(comment=make_comment(article), by=moderator, reason="x")
    assert cost() == with_one
    assert with_one <= 24


@pytest.mark.parametrize("place", ["desk", "form", "message"])
def test_reply_links_lead_into_the_discussion_from_where_moderators_read(client, moderator, place):
    first = make_comment()
    text = f"@{first.author.display_name}: an answer."
    comment = make_comment(parent=first, text=text)
    message = send_message(member=comment.author, by=moderator, text="Hello.", comment=comment)
    if place == "message":
        client.force_login(comment.author)
    address = {
        "desk": reverse("admin:desk_item", args=["all", comment.pk]),
        "form": reverse("admin:comments_comment_change", args=[comment.pk]),
        "message": reverse("moderators_message", args=[message.pk]),
    }[place]
    page = said(client.get(address))
    assert f'href="{first.article.get_absolute_url()}comment-1/"' in page
    assert 'href="#comment-1"' not in page
