"""After an account is erased, nothing of ours says who it was."""

import io
import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry as AdminEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, get_connection
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from forum.articles import covers
from forum.articles.models import Article, WorkingCopy
from forum.comments import flows as comments
from forum.comments.flows import ReplyRefused
from forum.comments.models import Comment, Draft, Finding, Like
from forum.fairness.models import Appeal, Note
from forum.flags.flows import flag_comment
from forum.imports.models import ImportedMember
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry, Message, Sweep
from forum.notifications.flows import notify
from forum.people import flows, journal
from forum.people.holdings import Erased, named
from forum.people.models import Merge, SignIn
from forum.reading import flows as reading
from tests.accounts.signing_in import sign_in_afresh
from tests.factories import (
    PASSWORD,
    make_article,
    make_author,
    make_comment,
    make_member,
    make_moderator,
)
from tests.invariants import assert_threads_sound
from tests.people.scan import columns_of_text, places
from tests.race import race, wait_until_somebody_waits

pytestmark = pytest.mark.django_db
NAME, LOGIN, EMAIL = "Plugh Marker", "plughlogin", "plugh@xyzzy.example"
OTHER_EMAIL, OLD_NAME = "second@xyzzy.example", "Quux Marker"
WORDS = [NAME, LOGIN, "xyzzy.example", OLD_NAME, "quuxlogin", "biographical", "plughsite"]
WROTE = "frobnicated"
# Columns of text in which the traces below leave nothing, by why nothing has to be looked for.
LEFT_OUT = {
    "set by the code": """
        articles_article.comments_policy articles_article.markup articles_articlerevision.markup
        auth_group.name auth_permission.codename auth_permission.name comments_case.verdict
        comments_comment.markup comments_commentrevision.markup django_content_type.app_label
        django_content_type.model django_migrations.app django_migrations.name
        fairness_appeal.outcome flags_flag.reason imports_importedarticle.source
        imports_importedmember.source mfa_authenticator.type moderation_logentry.verb
        people_signin.method
        procrastinate_jobs.lock procrastinate_jobs.queue_name procrastinate_jobs.queueing_lock
        procrastinate_jobs.task_name procrastinate_periodic_defers.periodic_id
        procrastinate_periodic_defers.task_name screening_rule.action screening_rule.kind
        socialaccount_socialaccount.provider
    """,
    "random, hashed, or a number": """
        account_emailconfirmation.key accounts_user.moderated_categories accounts_user.password
        articles_article.co_author_keys django_admin_log.object_id django_session.session_key
        screening_allowance.key
    """,
    "looked into as a whole, decoded": "django_session.session_data",
    "the same words as another column, in another form": """
        accounts_formername.key accounts_user.display_key articles_article.html
    """,
    "names of files, which go with the row that has them": """
        accounts_user.avatar articles_article.cover articles_sentpicture.name
        articles_sentpicture.stem
    """,
    "choices of the member, which go with all of the account": "accounts_user.preferences",
    "words of the author of an article, whose they are": """
        articles_article.canonical_url articles_article.cover_alt articles_article.cover_caption
        articles_article.headline articles_article.slug articles_article.standfirst
        articles_article.submission_note articles_article.text articles_articleaddress.slug
        articles_articlerevision.headline articles_articlerevision.standfirst
        articles_articlerevision.text imports_importedarticle.path
    """,
    "reasons of moderators and editors, which stay as they put them": """
        articles_article.lock_reason articles_article.return_note comments_comment.held_reason
        comments_comment.hidden_reason comments_comment.lock_reason moderation_logentry.reason
    """,
    "the owner's, and what the filter has learned": """
        comments_finding.rule_name screening_lesson.tokens screening_rule.message
        screening_rule.name screening_rule.terms screening_token.token
        socialaccount_socialapp.client_id socialaccount_socialapp.key socialaccount_socialapp.name
        socialaccount_socialapp.provider socialaccount_socialapp.provider_id
        socialaccount_socialapp.secret socialaccount_socialapp.settings tags_category.name
        tags_category.slug tags_formercategory.slug tags_formertag.name_key tags_formertag.slug
        tags_tag.name tags_tag.name_key tags_tag.slug
    """,
    "of pages elsewhere": """
        cards_linkcard.description cards_linkcard.site cards_linkcard.title cards_linkcard.url
    """,
}


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_FILE_PATH.mkdir()


def erase(member, *, comments=True, articles=True):
    flows.erase_member(member=member, keep_comments=comments, keep_articles=articles)


def picture():
    sent = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(sent, "PNG")
    return ContentFile(sent.getvalue(), "plugh.png")


@pytest.fixture
def member(client):
    """Somebody who left traces wherever it is possible."""
    member = make_member(
        NAME,
        username=LOGIN,
        email=EMAIL,
        biography="biographical",
        website="https://plughsite.example/",
        is_author=True,
    )
    member.prefer("order", "time")
    EmailAddress.objects.create(user=member, email=OTHER_EMAIL, verified=True)
    sign_in_afresh(client, member)
    return member


@pytest.fixture
def traces(member):
    other, author = make_member("Bert"), make_author("Anna")
    owner = make_moderator("Olga")
    piece = make_article(author)
    own = make_article(member, headline="Mine", text=f"I {WROTE} it.")
    make_article(member, headline="A draft", text=f"I {WROTE}.", published=False)
    make_comment(own, other, text="A remark of another.")
    said = make_comment(piece, member, text=f"It is {WROTE}.")
    said = comments.edit_comment(comment=said, by=member, text=f"It was {WROTE}.")
    comments.like_comment(comment=said, by=other)
    answer = make_comment(piece, other, parent=said, text=f"@{NAME}: no, @{NAME}#1!")
    comments.edit_comment(
        comment=answer,
        by=other,
        text=f"> @{NAME.upper()}: quoted\n\n@{NAME.lower()}, no. Write to {EMAIL.upper()}."
        f" `@{NAME}` see /members/{LOGIN}/",
    )
    make_comment(make_article(), other, text=f"Ask @{NAME}.")
    liked = make_comment(piece, other)
    comments.like_comment(comment=liked, by=member)
    for person in (member, other):
        comments.save_draft(member=person, article=piece, parent=liked, text=f"@{NAME} thinks")
        reading.follow(member=person, article=piece)
        notify(member=person, text=f"{NAME} answered you.", url=f"/members/{LOGIN}/")
    WorkingCopy.objects.create(
        editor=author, article=piece, fields={"co_author_names": f"{LOGIN}, bert"}
    )
    AdminEntry.objects.create(
        user=owner,
        content_type=ContentType.objects.get_for_model(User),
        object_id=member.pk,
        object_repr=NAME,
        action_flag=2,
        change_message=f"{EMAIL} changed",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('x', 'x', %s)",
            [json.dumps({"to": EMAIL})],
        )
    moderation.ban(member=member, by=owner, reason="noise")
    moderation.unban(member=member, by=owner)
    second = make_member(OLD_NAME, username="quuxlogin", email="quux@xyzzy.example")
    make_comment(piece, second)
    make_comment(piece, other, text=f"@{OLD_NAME}: and you?")
    flows.merge_members(gone=second, kept=member, by=owner, reason="one person")
    Merge.objects.update(reason=f"{NAME} is {OLD_NAME}")
    ImportedMember.objects.create(
        source="s", identity=f"person:{EMAIL}|{NAME}", email=EMAIL, member=member
    )
    write_about(member, other=other, owner=owner)
    sign_in_in_every_way(member)
    member.refresh_from_db()
    member.pronouns = member.warning = member.ban_reason = "biographical"
    member.save()
    return member


def write_about(member, *, other, owner):
    """What members and moderators wrote about them to others, where comments do not say it."""
    words = f"@{NAME}: the same as {EMAIL}"
    said = make_comment(make_article(), other)
    flag_comment(comment=said, by=owner, reason="other", words=words)
    Note.objects.create(member=other, by=owner, text=words)
    Message.objects.create(member=other, by=owner, text=words)
    moderation.hide(comment=said, by=owner, reason="off topic")
    act = LogEntry.objects.get(comment=said)
    Appeal.objects.create(entry=act, member=other, text=words, answer=words)
    Finding.objects.create(comment=said, rule_name="Names", words=NAME)
    Sweep.objects.create(by=owner, sought=f"By: {NAME}")
    Draft.objects.filter(member=other).update(returned=words)


def sign_in_in_every_way(member):
    kept = {"kept": "biographical"}
    Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data=kept)
    account = SocialAccount.objects.create(user=member, provider="x", uid=EMAIL, extra_data=kept)
    SocialToken.objects.create(account=account, token=WORDS[-1], token_secret=WORDS[-1])
    UserSession.objects.create(
        user=member,
        ip="127.0.0.1",
        session_key="biographical",
        user_agent="biographical",
        data=kept,
    )


def mail_into_the_folder():
    for to in (EMAIL, "other@example.org"):
        backend = get_connection("django.core.mail.backends.filebased.EmailBackend")
        EmailMessage("Hello", "A link", to=[to], connection=backend).send()


@pytest.mark.parametrize("keep", [True, False], ids=["kept", "withdrawn"])
def test_no_row_session_job_file_or_mail_says_who_it_was(
    traces, settings, tmp_path, keep, django_capture_on_commit_callbacks
):
    mail_into_the_folder()
    assert {place.partition(":")[0] for place in places(WORDS, folders=[tmp_path])} > {
        *("accounts_user.display_name", "account_emailaddress.email", "comments_comment.text"),
        *("comments_comment.html", "comments_commentrevision.text", "comments_draft.text"),
        *("notifications_notification.text", "articles_workingcopy.fields"),
        *("django_admin_log.object_repr", "procrastinate_jobs.args", "people_merge.record"),
        *("imports_importedmember.identity", "session"),
    }
    with django_capture_on_commit_callbacks(execute=True):
        erase(traces, comments=keep, articles=keep)
    assert places(WORDS, folders=[tmp_path]) == []
    assert len(list(settings.EMAIL_FILE_PATH.iterdir())) == 1
    assert bool(places([WROTE])) is keep
    assert_threads_sound()


def test_every_column_of_text_has_a_trace_or_a_reason_to_have_none(traces):
    """Whoever adds a column decides what erasing does with it."""
    traced = {place.partition(":")[0] for place in places(WORDS)} - {"session"}
    left_out = {column for columns in LEFT_OUT.values() for column in columns.split()}
    assert traced | left_out == columns_of_text()
    assert traced.isdisjoint(left_out)


def test_scan_finds_a_word_in_any_table_and_file(tmp_path):
    """The control, for what the traces above do not hold."""
    Session.objects.create(
        session_key="x" * 32,
        session_data=Session.get_session_store_class()().encode({"who": NAME}),
        expire_date=timezone.now() + timedelta(days=1),
    )
    (tmp_path / "note").write_text(f"to {EMAIL}")
    assert places([NAME, EMAIL], folders=[tmp_path]) == [f"session: {NAME}", f"note: {EMAIL}"]


def test_kept_comments_stand_under_a_name_that_tells_nobody(client, traces):
    erase(traces)
    client.logout()
    comment = Comment.objects.get(text=f"It was {WROTE}.")
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert WROTE in page
    assert "Former member 1" in page
    assert not [word for word in WORDS if word in page]
    answer = comment.replies.get()
    assert answer.text.startswith("> @Former member 1: quoted\n\n@Former member 1, no. Write to …")
    assert '<a class="reply-link" href="#comment-1">@Former member 1</a></bdi>, no.' in answer.html
    assert "/members/former-member-1/" in answer.html
    earlier = answer.revisions.get()
    assert earlier.text == "@Former member 1: no, @Former member 1#1!"
    assert earlier.html.count("@Former member 1") == 2
    mention = Comment.objects.get(text="Ask @Former member 1.")
    assert (
        '<a class="mention" href="/members/former-member-1/">@Former member 1</a>' in mention.html
    )


def test_longer_name_of_somebody_else_stays(member):
    make_member(f"{NAME} the Elder")
    comment = make_comment(text=f"@{NAME} the Elder, @{NAME}: no.")
    erase(member)
    comment.refresh_from_db()
    assert comment.text == f"@{NAME} the Elder, @Former member 1: no."


def test_imported_html_is_rewritten_where_it_is_text(member):
    comment = make_comment(text=f"@{NAME}: no.")
    html = f'<p>@{NAME.replace(" ", "&#32;")}: no. <a href="/x">@{NAME}</a></p>'
    Comment.objects.filter(pk=comment.pk).update(text=html, html=html, markup="html")
    erase(member)
    comment.refresh_from_db()
    assert comment.text == '<p>@Former member 1: no. <a href="/x">@Former member 1</a></p>'
    assert NAME not in comment.html


def test_withdrawn_comments_leave_their_places_and_no_words(client, traces, member):
    held = make_comment(make_article(comments_policy="held"), traces)
    hidden = make_comment(author=traces, text=f"{WROTE} too")
    comments.hide_comment(comment=hidden, reason="off topic")
    erase(traces, comments=False)
    for comment in Comment.objects.filter(author=traces):
        assert comment.withdrawn_at
        assert comment.text == comment.html == ""
    assert Comment.objects.get(pk=held.pk).held_at
    piece = Comment.objects.filter(author=traces).earliest("pk").article
    page = client.get(piece.get_absolute_url()).content.decode()
    assert "withdrawn by its author" in page.lower()
    assert_threads_sound()


def test_articles_stay_or_go_with_their_words_and_pictures(
    member, settings, django_capture_on_commit_callbacks
):
    address = covers.store(picture())
    shared = make_article(member, co_authors=[make_author("Anna")], text="Ours.")
    alone = make_article(
        member, text=f"![red](/media/{address}) {WROTE}", cover=picture(), cover_alt="red"
    )
    make_comment(alone)
    draft = make_article(member, published=False, text=WROTE)
    with django_capture_on_commit_callbacks(execute=True):
        erase(member, articles=False)
    shared.refresh_from_db()
    alone.refresh_from_db()
    assert shared.author.display_name == "Anna"
    assert shared.co_author_keys == []
    assert shared.is_published
    assert not alone.is_published
    assert not places([WROTE])
    assert not list((settings.MEDIA_ROOT / "pictures").rglob(f"*{address[-20:]}"))
    assert not Article.objects.filter(pk=draft.pk).exists()
    assert alone.comments.visible().count() == 1


def test_picture_that_stands_in_the_article_of_another_stays(
    member, settings, django_capture_on_commit_callbacks
):
    address = covers.store(picture())
    for author in (member, make_author("Anna")):
        make_article(author, text=f"![red](/media/{address})")
    with django_capture_on_commit_callbacks(execute=True):
        erase(member, articles=False)
    assert list((settings.MEDIA_ROOT / "pictures").rglob(f"*{address[-20:]}"))


def test_kept_articles_are_by_a_former_member(client, member):
    article = make_article(member, co_authors=[make_author("Anna")])
    erase(member, articles=True)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Former member 1" in page
    assert "Anna" in page


def test_every_row_that_is_to_go_is_gone_and_counts_are_right(traces):
    liked = Like.objects.get(member=traces).comment
    SignIn.objects.create(member=traces)
    erase(traces)
    for one in named():
        if one.holding.erased is Erased.DELETED:
            assert not one.rows.filter(**{one.field.name: traces}).exists(), one.label
    liked.refresh_from_db()
    assert liked.like_count == 0
    assert Draft.objects.get().text == "@Former member 1 thinks"
    assert list(LogEntry.objects.filter(member=traces).values_list("verb", flat=True)) == [
        *("ban", "unban")
    ]


def test_account_is_closed_for_good(client, member):
    assert client.get("/").wsgi_request.user == member
    erase(member)
    assert client.get("/").wsgi_request.user.is_anonymous
    client.post(reverse("account_login"), {"login": "former-member-1", "password": PASSWORD})
    assert client.get("/").wsgi_request.user.is_anonymous
    fresh = User(pk=member.pk)
    member.refresh_from_db()
    for field in User._meta.concrete_fields:
        if field.name not in {
            *("id", "username", "display_name", "display_key", "password", "date_joined"),
            "is_active",
        }:
            assert getattr(member, field.name) == getattr(fresh, field.name), field.name
    assert not member.is_active


def test_name_and_address_are_free_again(client, member):
    erase(member)
    make_member(NAME, username=LOGIN, email=EMAIL)


def test_erasing_again_changes_nothing(member):
    erase(member)
    erase(member)
    assert User.objects.get(pk=member.pk).display_name == "Former member 1"


def test_last_owner_hands_the_site_over_first():
    owner = make_moderator()
    with pytest.raises(flows.EraseRefused, match="somebody else its owner"):
        erase(owner)
    make_moderator()
    erase(owner)


def test_merge_of_an_erased_account_cannot_be_undone(traces):
    owner = User.objects.get(display_name="Olga")
    erase(traces)
    with pytest.raises(flows.MergeRefused, match="was erased"):
        flows.undo_merge(merge=traces.merges.get(), by=owner, reason="x")


def test_accounts_that_were_merged_by_way_of_another_are_erased_too(member):
    owner, one, two = make_moderator(), make_member("One"), make_member("Two")
    flows.merge_members(gone=one, kept=two, by=owner, reason="one")
    flows.merge_members(gone=two, kept=member, by=owner, reason="one")
    erase(member)
    accounts = User.objects.filter(erasure__isnull=False)
    assert set(accounts) == {member, one, two}
    assert not accounts.filter(display_name__in=["One", "Two", NAME]).exists()


def test_account_that_a_restored_backup_brings_back_is_erased_again(
    member, django_capture_on_commit_callbacks
):
    entry = {"account": member.pk, "at": timezone.now().isoformat()}
    entry |= {"keep_comments": True, "keep_articles": True}
    journal.place().write_text(f"{json.dumps(entry)}\n")
    later = make_member("Later")
    later_one = entry | {"account": later.pk, "at": "2001-01-01T00:00:00+00:00"}
    journal.place().write_text(f"{json.dumps(entry)}\n{json.dumps(later_one)}\n")
    said = io.StringIO()
    call_command("erase_again", stdout=said)
    assert "Erased again: 1." in said.getvalue()
    assert User.objects.get(pk=member.pk).display_name == "Former member 1"
    assert User.objects.get(pk=later.pk).display_name == "Later"


def test_journal_holds_keys_and_nothing_else(member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase(member, comments=False)
    (entry,) = journal.entries()
    assert (entry.account, entry.keep_comments, entry.keep_articles) == (member.pk, False, True)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_posted_by_who_is_erased_in_that_moment():
    member, other = make_member(NAME), make_member()
    article = make_article()
    first = make_comment(article, member)
    results = race(
        lambda: make_comment(article, member, text=WROTE),
        lambda: make_comment(article, other, parent=first, text=f"@{NAME}: no."),
        lambda: make_comment(article, other, text=f"And @{NAME} again"),
        lambda: comments.like_comment(comment=first, by=other),
        lambda: erase(member, comments=False),
    )
    refused = (ReplyRefused, comments.LikeRefused)
    assert [one for one in results if isinstance(one, Exception) and type(one) not in refused] == []
    assert places([WROTE]) == []
    assert_threads_sound()


SAYS = {
    "post": ("comment_post", {"text": "Half an hour of it."}),
    "edit": ("comment_edit", {"text": "Half an hour of it."}),
    "like": ("comment_like", {"like": "1"}),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", SAYS)
def test_what_is_sent_in_the_moment_of_erasing_is_refused_in_words(client, verb):
    member = make_member(NAME)
    client.force_login(member)
    article = make_article()
    other, own = make_comment(article), make_comment(article, member)
    name, words = SAYS[verb]
    keys = {
        "post": [article.publish_date, article.slug],
        "edit": [own.pk],
        "like": [other.pk],
    }[verb]

    def erase_while_it_waits():
        with transaction.atomic():
            erase(member)
            erased.set()
            wait_until_somebody_waits()

    def send():
        erased.wait(timeout=20)
        return client.post(reverse(name, args=keys), words)

    erased = threading.Event()
    done, answer = race(erase_while_it_waits, send)
    assert done is None
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "closed a moment ago" in page
    assert words.get("text", "") in page
    own.refresh_from_db()
    assert own.text != words.get("text")
    assert not Like.objects.exists()
    assert Comment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_erased", [True, False])
def test_article_of_who_is_erased_in_that_moment_is_refused_in_words(client, is_erased):
    """The control is the same race with somebody else erased: then the draft is there."""
    author = make_member(NAME, is_author=True)
    leaving = author if is_erased else make_member()
    client.force_login(author)

    def erase_while_it_waits():
        with transaction.atomic():
            erase(leaving)
            erased.set()
            if is_erased:
                wait_until_somebody_waits()

    def send():
        erased.wait(timeout=20)
        return client.post(
            reverse("article_new"),
            {"headline": "Half a day of it", "text": "Every word.", "write_key": str(uuid4())},
        )

    erased = threading.Event()
    done, answer = race(erase_while_it_waits, send)
    assert done is None
    if is_erased:
        page = answer.content.decode()
        assert "closed a moment ago" in page
        assert "Half a day of it" in page
        assert "Every word." in page
    assert Article.objects.filter(headline="Half a day of it").exists() is not is_erased


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leaving", ["author", "moderator", "neither"])
def test_article_at_the_desk_by_who_is_erased_in_that_moment_is_refused_in_words(client, leaving):
    """The control is the same race with somebody else erased: then the article is there."""
    author, moderator = make_author(NAME), make_member(is_staff=True)
    people = {"author": author, "moderator": moderator, "neither": make_member()}
    client.force_login(moderator)
    picture = io.BytesIO()
    Image.new("RGB", (1200, 800)).save(picture, "PNG")
    words = {
        "headline": "Half a day of it",
        "text": "Every word.",
        "tag_names": "",
        "author": "" if leaving == "moderator" else author.pk,
        "cover": ContentFile(picture.getvalue(), name="cover.png"),
        "cover_alt": "A picture",
    }

    def erase_while_it_waits():
        with transaction.atomic():
            erase(people[leaving])
            erased.set()
            if leaving != "neither":
                wait_until_somebody_waits()

    def send():
        erased.wait(timeout=20)
        return client.post(reverse("admin:articles_article_add"), words)

    erased = threading.Event()
    done, answer = race(erase_while_it_waits, send)
    assert done is None
    if leaving == "neither":
        assert Article.objects.get().author == author
        return
    page = answer.content.decode()
    said = {"author": "Nobody who may write has this account", "moderator": "closed a moment ago"}
    assert said[leaving] in page
    assert "Half a day of it" in page
    assert "Every word." in page
    assert 'name="kept_cover" value="' in page
    assert not Article.objects.exists()
