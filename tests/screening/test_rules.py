"""Rules hold and refuse, both sides are told what is theirs, and what is saved works at once."""

import pytest
from django.urls import reverse

from forum.articles.models import Article
from forum.comments import flows, holding
from forum.comments.flows import ReplyRefused
from forum.comments.models import Case, Comment
from forum.comments.pacing import TooSoon, require_slow_mode
from forum.flags.flows import flag_comment
from forum.moderation import flows as moderation
from forum.moderation.deciding import approve
from forum.screening import judging
from forum.screening.judging import Sent
from forum.screening.models import Action, Kind, Rule
from forum.screening.trust import Level
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_rules(db):
    """The rules of a test are its own."""
    Rule.objects.all().delete()


def make_rule(kind=Kind.WORDS, terms="casino", **values):
    return Rule.objects.create(name="No casinos", kind=kind, terms=terms, **values)


def said(text, author=None, **more):
    return make_comment(make_article(), author or make_member(), text=text, **more)


def post_url(article):
    return reverse("comment_post", args=[article.publish_date, article.slug])


def test_held_comment_tells_its_author_a_coarse_reason_and_moderators_the_words(client):
    make_rule()
    article, member = make_article(), make_member()
    client.force_login(member)
    page = client.post(post_url(article), {"text": "Come to my Casino!"}, follow=True)
    told = page.content.decode()
    assert "Your comment waits for a moderator" in told
    assert "A moderator looks at what it says first." in told
    assert "No casinos" not in told
    comment = Comment.objects.get()
    finding = comment.findings.get()
    assert (finding.rule_name, finding.words, finding.settled_at) == ("No casinos", "casino", None)
    article.refresh_from_db()
    assert (article.comment_count, article.last_number) == (0, 1)
    client.force_login(make_moderator())
    desk = client.get(reverse("admin:comments_comment_change", args=[comment.pk])).content.decode()
    assert "No casinos: casino" in desk
    assert_threads_sound()


def test_usual_wait_is_told_once_it_is_known(client):
    make_rule()
    member = make_member()
    for _ in range(holding.FEWEST):
        moderation.restore(comment=said("casino"), by=make_moderator())
    client.force_login(member)
    page = client.post(post_url(make_article()), {"text": "casino"}, follow=True)
    assert "It usually takes 0\xa0minutes." in page.content.decode()


def test_refused_comment_comes_back_with_the_rules_message(client):
    make_rule(action=Action.REFUSE, message="No advertising, please.")
    client.force_login(make_member())
    answer = client.post(post_url(make_article()), {"text": "casino, an hour's work"})
    assert answer.status_code == 422
    assert "No advertising, please." in answer.content.decode()
    assert "casino, an hour&#x27;s work" in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"kind": Kind.PATTERN, "terms": "buy +now"}, "Buy  now"),
        ({"kind": Kind.DOMAINS, "terms": "spam.example"}, "https://www.spam.example/"),
        ({"kind": Kind.LINKS, "number": 1}, "https://a.example/ https://b.example/"),
        ({"kind": Kind.FIRST, "number": 1}, "Hello"),
        ({"kind": Kind.WORDS, "terms": "via gra\nviagra"}, "vi**ag**ra"),
    ],
)
def test_each_kind_of_rule_holds_and_lets_others_pass(rule, text):
    make_rule(**{"terms": "", **rule, "up_to_level": Level.NEW})
    new = make_member(trust_level=Level.NEW)
    assert said(text, new).held_at
    assert said(text, make_member()).held_at is None
    assert said(text, make_moderator()).held_at is None
    article = make_article(new)
    assert make_comment(article, new, text=text).held_at is None


def test_moderator_of_a_category_is_no_member_there_and_a_member_elsewhere():
    make_rule()
    rivers = category_named(name="Rivers")
    theirs = make_article(
        categories=[rivers], comments_policy="held", comments_from_level=Level.TRUSTED
    )
    Article.objects.update(comments_pace=600)
    new = make_member(trust_level=Level.NEW, moderated_categories=[rivers.pk])
    assert make_comment(theirs, new, text="The casino by the river").held_at is None
    assert make_comment(theirs, new, text="And at once another").held_at is None
    assert not Case.objects.exists(), "nobody looks at the first comments of a moderator"
    assert said("The casino elsewhere", new).held_at


def test_what_a_moderator_of_a_category_is_costs_members_no_query(django_assert_num_queries):
    article, member = make_article(), make_member()
    with django_assert_num_queries(0):
        assert not article.is_hosted_by(member)


def test_first_comments_are_held_until_enough_are_shown():
    make_rule(Kind.FIRST, "", number=2)
    member, moderator = make_member(trust_level=Level.NEW), make_moderator()
    first, second, third = (said("Hello", member) for _ in range(3))
    assert all([first.held_at, second.held_at, third.held_at])
    moderation.restore(comment=first, by=moderator)
    assert said("Again", member).held_at
    moderation.restore(comment=second, by=moderator)
    assert said("Once more", member).held_at is None


@pytest.mark.parametrize(
    ("sent", "is_held"),
    [
        (Sent(is_trapped=True), True),
        (Sent(seconds=0.4), True),
        (Sent(seconds=60.0), False),
        (Sent(), False),
    ],
)
def test_what_machines_do_is_held(sent, is_held):
    make_rule(Kind.FORM, "", number=3)
    assert bool(said("Hello", sent=sent).held_at) == is_held


def test_form_says_how_long_it_was_open_unless_there_is_a_draft(client):
    make_rule(Kind.FORM, "", number=3)
    article, member = make_article(), make_member()
    client.force_login(member)
    form = client.get(post_url(article)).context["form"]
    words = {"text": "Quick.", "opened": form["opened"].value()}
    client.post(post_url(article), words)
    assert Comment.objects.get(text="Quick.").held_at
    flows.save_draft(member=member, article=article, parent=None, text="Restored.")
    client.post(post_url(article), words | {"text": "Restored."})
    assert Comment.objects.get(text="Restored.").held_at is None
    client.post(post_url(article), {"text": "Forged.", "opened": "0:xyz"})
    assert Comment.objects.get(text="Forged.").held_at is None
    client.post(post_url(article), {"text": "Trapped.", "subject": "x"})
    assert Comment.objects.get(text="Trapped.").held_at


def test_edit_is_judged_by_what_it_adds():
    comment = said("Come to my casino.")
    make_rule(terms="casino\nroulette")
    comment = flows.edit_comment(comment=comment, by=comment.author, text="Come to the casino.")
    assert comment.held_at is None
    comment = flows.edit_comment(comment=comment, by=comment.author, text="Casino and roulette.")
    assert comment.held_at
    assert comment.findings.get().words == "roulette"
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 0
    Rule.objects.update(action=Action.REFUSE)
    with pytest.raises(ReplyRefused):
        flows.edit_comment(comment=said("Hello"), by=Comment.objects.last().author, text="Roulette")


def test_comment_that_was_decided_is_settled_whatever_was_decided():
    make_rule()
    approved, hidden, withdrawn = (said("casino") for _ in range(3))
    moderator = make_moderator()
    moderation.restore(comment=approved, by=moderator)
    moderation.hide(comment=hidden, by=moderator, reason="no")
    flows.withdraw_comment(comment=withdrawn, by=withdrawn.author)
    for comment in (approved, hidden, withdrawn):
        assert comment.findings.get().settled_at


def test_rule_works_at_once_in_a_process_that_kept_the_rules_before():
    assert said("casino").held_at is None
    kept = judging._kept
    rule = make_rule()
    assert judging._kept is kept
    assert said("casino").held_at
    rule.action = Action.REFUSE
    rule.save()
    with pytest.raises(ReplyRefused):
        said("casino")
    rule.delete()
    # What would refuse is asked again: nothing is posted that could find out.
    assert said("casino").held_at is None


def test_rules_cost_a_comment_no_query(django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    article, member = make_article(), make_member()
    for n in range(5):
        make_comment(article, member, text=f"Said before: {n}.")
    with CaptureQueriesContext(connection) as without:
        make_comment(article, member, text="One.")
    for n in range(12):
        make_rule(terms=f"casino\nword {n}")
        make_rule(Kind.PATTERN, f"buy +{n}")
    make_comment(article, member)
    with CaptureQueriesContext(connection) as with_rules:
        make_comment(article, member, text="Two.")
    assert len(with_rules) == len(without)


def test_suspended_rule_does_nothing():
    from django.utils import timezone

    make_rule(suspended_at=timezone.now())
    assert said("casino").held_at is None


def test_classifier_learns_from_what_moderators_decide(empty_queue):
    from forum.jobs import work
    from forum.screening import spam

    moderator = make_moderator()
    for n in range(spam.FEWEST_LESSONS):
        moderation.hide(
            comment=said(f"Cheap pills {n}, order now"), by=moderator, reason="ad", is_spam=True
        )
        flows.hold_comment(comment=(talk := said(f"The otters of {n}")), reason="x")
        moderation.restore(comment=talk, by=moderator)
    make_rule(Kind.SPAM, "", number=90)
    assert said("Order cheap pills now").held_at is None
    work(wait=False)
    held = said("Order cheap pills today")
    assert held.held_at
    assert said("Otters again").held_at is None
    assert held.findings.get().words == "like spam"


test_classifier_learns_from_what_moderators_decide = pytest.mark.django_db(transaction=True)(
    test_classifier_learns_from_what_moderators_decide
)


# Who may comment, and how often


def test_discussion_for_the_trusted_refuses_others_in_words(client):
    article, member = make_article(comments_from_level=Level.TRUSTED), make_member()
    for person in (article.author, make_moderator(), make_member(trust_level=Level.TRUSTED)):
        make_comment(article, person)
    with pytest.raises(ReplyRefused, match="open to trusted members"):
        make_comment(article, member)
    client.force_login(member)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "This discussion is open to trusted members." in page


def test_slow_mode_lets_a_member_wait_and_says_until_when(client):
    article, member = make_article(comments_pace=600), make_member()
    first = make_comment(article, member)
    client.force_login(member)
    answer = client.post(post_url(article), {"text": "Another thought."})
    assert answer.status_code == 429
    assert 590 < int(answer["Retry-After"]) <= 600
    page = answer.content.decode()
    assert "Slow mode: 10 minutes pass from one comment" in page
    assert "Another thought." in page
    assert "data-until=" in page
    assert "Slow mode" in client.get(post_url(article)).content.decode()
    make_comment(article)
    make_comment(article, article.author)
    make_comment(article, article.author)
    Comment.objects.filter(pk=first.pk).update(posted_at=article.published_at)
    make_comment(article, member, text="Later.")


@pytest.mark.django_db(transaction=True)
def test_slow_mode_holds_for_eight_at_once(monkeypatch):
    def post_eight():
        article, member = make_article(comments_pace=600), make_member()
        posts = [
            lambda n=n: flows.post_comment(author=member, article=article, text=f"{n}")
            for n in range(8)
        ]
        answers = race(*posts)
        assert_threads_sound()
        assert all(isinstance(one, Comment | ReplyRefused) for one in answers), answers
        return article.comments.count()

    assert post_eight() == 1
    # The control: asked before the row is taken, the same question lets several through.
    require = require_slow_mode

    def ask_before(comment, *, is_held, enter=flows._enter):
        try:
            require(comment.author, comment.article, comment.article.comments_pace)
        except TooSoon as wait:
            raise ReplyRefused(str(wait)) from wait
        return enter(comment, is_held=is_held)

    monkeypatch.setattr(flows, "_enter", ask_before)
    monkeypatch.setattr(flows.pacing, "require_slow_mode", lambda *_: None)
    assert max(post_eight() for _ in range(10)) > 1


@pytest.mark.django_db(transaction=True)
def test_rule_of_speed_holds_over_eight_discussions_at_once(monkeypatch):
    Rule.objects.all().delete()
    make_rule(Kind.SPEED, "", number=2, minutes=10, action=Action.REFUSE)

    def post_eight():
        member, articles = make_member(), [make_article() for _ in range(8)]
        posts = [
            lambda one=one: flows.post_comment(author=member, article=one, text="x")
            for one in articles
        ]
        race(*posts)
        return member.comments.count()

    assert post_eight() == 2
    # The control: without the lock on the member they count side by side.
    monkeypatch.setattr(flows.pacing, "LOCK_MEMBER", "SELECT %s")
    assert max(post_eight() for _ in range(10)) > 2


# Heat


@pytest.fixture(autouse=True)
def many_flags_to_hold(settings):
    settings.FLAGS_TO_HOLD = 99


def flag(comment, times):
    for _ in range(times):
        flag_comment(comment=comment, by=make_member(), reason="uncivil")


def test_answers_wait_where_flags_gather(settings):
    settings.HEAT_FLAGS = 2
    top = make_comment()
    flagged = make_comment(parent=top)
    beside = make_comment(parent=top)
    below = make_comment(parent=flagged)
    member = make_member()
    make_comment(parent=below, author=member)
    make_comment(parent=below, author=member, text="With no flags nothing waits.")
    flag(flagged, 1)
    make_comment(parent=below, author=member, text="One flag is none.")
    flag(below, 2)
    with pytest.raises(ReplyRefused, match=r"3 times.*5 minutes") as refusal:
        make_comment(parent=below, author=member, text="Too soon.")
    assert refusal.value.until
    make_comment(parent=beside, author=member, text="Beside it nothing waits.")
    make_comment(parent=below, author=make_member(), text="Nor for who is not in it.")
    for comment in (flagged, below):
        approve(comment=comment, by=make_moderator())
    make_comment(parent=below, author=member, text="Cool again.")


def test_composer_says_beforehand_how_long_an_answer_waits(client):
    member, comment = make_member(), make_comment()
    make_comment(parent=comment, author=member)
    flag(comment, 4)
    client.force_login(member)
    page = client.get(reverse("comment_reply", args=[comment.pk])).content.decode()
    assert "Members flagged what you answer, 4 times." in page
    assert "data-until=" in page


def test_flags_raise_no_version_of_a_page():
    comment = make_comment()
    before = comment.article.__class__.objects.get(pk=comment.article_id).version
    flag(comment, 2)
    assert comment.article.__class__.objects.get(pk=comment.article_id).version == before
