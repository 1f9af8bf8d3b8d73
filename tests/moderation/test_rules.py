"""The desk of rules: what cannot work is said beside its field, and what works is tried first."""

import pytest
from django.urls import reverse

from forum.comments.flows import hide_comment
from forum.moderation import trial
from forum.screening.models import Action, Kind, Rule
from forum.screening.trust import Level
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
ADD = "/admin/screening/rule/add/"


@pytest.fixture(autouse=True)
def desk(client):
    Rule.objects.all().delete()
    client.force_login(make_member("Pilar", is_staff=True))


def fields(**changed):
    return {
        "name": "Casinos",
        "kind": "words",
        "terms": "casino\r\nroulette table",
        "number": "",
        "minutes": "",
        "up_to_level": "3",
        "action": "hold",
        "message": "",
        "is_on": "on",
        **changed,
    }


def test_moderator_makes_changes_suspends_and_deletes_a_rule(client):
    client.post(ADD, fields())
    rule = Rule.objects.get()
    assert (rule.terms, rule.suspended_at) == ("casino\nroulette table", None)
    change = reverse("admin:screening_rule_change", args=[rule.pk])
    client.post(change, fields(action="refuse", is_on=""))
    rule.refresh_from_db()
    assert rule.action == Action.REFUSE
    assert rule.suspended_at
    assert (
        "Changed"
        in client.get(reverse("admin:screening_rule_history", args=[rule.pk])).content.decode()
    )
    client.post(reverse("admin:screening_rule_delete", args=[rule.pk]), {"post": "yes"})
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"terms": " "}, "terms", "Write the words"),
        ({"terms": "..."}, "terms", "has no letter or digit"),
        ({"kind": "pattern", "terms": "("}, "terms", "This is no pattern"),
        ({"kind": "pattern", "terms": "(?=a)b"}, "terms", "Looking ahead"),
        ({"kind": "domains", "terms": "not a domain"}, "terms", "is no domain"),
        ({"kind": "first", "terms": ""}, "number", "How many comments"),
        ({"kind": "speed", "terms": "", "number": "5"}, "minutes", "In how many minutes?"),
    ],
)
def test_rule_that_cannot_work_is_refused_beside_its_field(client, changed, field, words):
    page = client.post(ADD, fields(**changed))
    assert words in str(page.context["adminform"].form.errors[field])
    assert not Rule.objects.exists()


def test_domains_are_stored_as_domains(client):
    client.post(ADD, fields(kind="domains", terms="https://www.x.example/y\r\n*.z.example"))
    assert Rule.objects.get().terms == "www.x.example\nz.example"


def test_rule_is_tried_on_what_was_said_and_not_saved(client):
    article = make_article(headline="On otters")
    for n in range(3):
        make_comment(article, text=f"My casino number {n}")
    hidden = make_comment(article, text="A hidden casino")
    hide_comment(comment=hidden, reason="x")
    make_comment(article, text="Occasinoal")
    make_comment(article, make_moderator(), text="Casino, says a moderator")
    make_comment(article, make_member(trust_level=Level.TRUSTED), text="A trusted casino")
    page = client.post(ADD, fields(up_to_level="1", _try="Try it")).content.decode()
    assert "Would have caught 4 of the last 5 comments" in page
    assert "My casino number 2" in page
    assert "On otters" in page
    assert "Occasinoal" not in page
    assert "Please correct the error" not in page
    assert "roulette table</textarea>" in page
    assert not Rule.objects.exists()
    rule = Rule.objects.create(name="Casinos", terms="casino", kind=Kind.WORDS)
    change = reverse("admin:screening_rule_change", args=[rule.pk])
    page = client.post(change, fields(terms="hidden", _try="Try it")).content.decode()
    assert "Would have caught 1 of the last 6" in page
    rule.refresh_from_db()
    assert rule.terms == "casino"


def test_trial_ends_when_its_time_is_over(client, monkeypatch):
    make_comment(text="casino")
    monkeypatch.setattr(trial, "MOST_SECONDS", -1)
    page = client.post(ADD, fields(_try="Try it")).content.decode()
    assert "Would have caught 0 of the last 0" in page
    assert "Then its time was over" in page


def test_trial_says_what_it_cannot_try_and_what_is_wrong(client):
    page = client.post(ADD, fields(kind="first", number="1", _try="1")).content.decode()
    assert "It cannot be tried." in page
    page = client.post(ADD, fields(kind="pattern", terms="(", _try="1")).content.decode()
    assert "This is no pattern" in page
    assert "Would have caught" not in page


def test_trial_costs_the_same_for_one_and_for_twelve(client, django_assert_max_num_queries):
    for _ in range(12):
        make_comment(text="casino")
    with django_assert_max_num_queries(8):
        assert trial.tried(Rule(kind=Kind.WORDS, terms="casino")).caught == 12
