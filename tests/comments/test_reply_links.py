"""`@name` in a text is a link to the comment it answers."""

import re
import threading
from html import escape

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.names import display_key
from forum.comments import branches, flows, reply_links
from forum.comments.models import Comment
from tests.factories import make_article, make_comment, make_member
from tests.race import race, wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article()


def link(comment, label):
    return f'<bdi><a class="reply-link" href="#comment-{comment.number}">{label}</a></bdi>'


def answer(article, text, **more):
    return make_comment(article, text=text, **more)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("michael reynolds", "@michael reynolds: no."),
        ("michael reynolds", "@Michael Reynolds, no."),
        ("Zoë", "I agree with @zoë"),
        ("d'Artagnan", "@d'Artagnan's horse"),
        ("ليلى حداد", "@ليلى حداد: نعم"),
        ("陈思远", "@陈思远：你好"),
        ("陈思远", "@陈思远你好"),
        ("J.J.", "(@J.J.)"),
        ("CB", "**@CB** and more"),
    ],
)
def test_name_of_somebody_who_took_part_links_to_their_comment(article, name, written):
    first = make_comment(article, make_member(name))
    reply = answer(article, written)
    (row,) = reply.reply_links.all()
    assert row.target == first
    assert link(first, f"@{name.replace(chr(39), '&#x27;')}") in reply.html


def test_longest_name_that_fits_wins(article):
    make_comment(article, make_member("Tom"))
    tom_t = make_comment(article, make_member("Tom T"))
    assert answer(article, "@Tom T: yes").reply_links.get().target == tom_t


def test_name_that_goes_on_in_the_text_is_cut_where_the_member_ends(article):
    tom = make_comment(article, make_member("Tom"))
    assert answer(article, "@Tom Sawyer said so").reply_links.get().target == tom
    assert not answer(article, "@Tomorrow then").reply_links.exists()


def test_latest_comment_before_this_one_is_meant(article):
    author = make_member("CB")
    make_comment(article, author)
    latest = make_comment(article, author)
    assert answer(article, "@CB: yes").reply_links.get().target == latest


def test_parent_is_meant_where_it_is_theirs(article):
    author = make_member("CB")
    parent = make_comment(article, author)
    make_comment(article, author)
    assert answer(article, "@CB: yes", parent=parent).reply_links.get().target == parent


def test_number_names_the_comment(article):
    author = make_member("CB")
    first = make_comment(article, author)
    make_comment(article, author)
    reply = answer(article, "@CB#1: yes, and @cb#2 no")
    assert [row.target.number for row in reply.reply_links.all()] == [1, 2]
    assert link(first, "@CB#1") in reply.html


def test_number_of_somebody_else_falls_back_to_the_name(article):
    make_comment(article)
    theirs = make_comment(article, make_member("CB"))
    assert answer(article, "@CB#1: yes").reply_links.get().target == theirs


def test_several_people_can_be_answered(article):
    one = make_comment(article, make_member("One"))
    two = make_comment(article, make_member("Two"))
    reply = answer(article, "@One: no. @Two: yes. @One: still no.")
    assert [row.target for row in reply.reply_links.all()] == [one, two]
    assert reply.html.count('class="reply-link"') == 3


def test_member_who_took_no_part_is_mentioned(article):
    zoe = make_member("Zoë", username="zoe")
    reply = answer(article, "What would @Zoë say?")
    assert '<a class="mention" href="/members/zoe/">@Zoë</a>' in reply.html
    assert reply.mentions.get().member == zoe
    assert not reply.reply_links.exists()


@pytest.mark.parametrize(
    "written",
    [
        "`@CB`",
        "```\n@CB\n```",
        "> @CB: a quotation",
        "[@CB](https://example.org/)",
        "cb@CB.example",
        "me@CB",
        "https://example.org/@CB",
        "@nobody at all",
        "@",
        "@ CB",
    ],
)
def test_what_is_no_handle_stays_text(article, written):
    make_comment(article, make_member("CB"))
    reply = answer(article, written)
    assert not reply.reply_links.exists()
    assert "reply-link" not in reply.html


def test_comment_out_of_sight_is_not_linked(article):
    hidden = make_comment(article, make_member("CB"))
    flows.hide_comment(comment=hidden, reason="off topic")
    reply = answer(article, "@CB: yes")
    assert "reply-link" not in reply.html


def test_edit_below_a_hidden_parent_answers_what_can_be_read(article):
    author = make_member("CB")
    visible, parent = make_comment(article, author), make_comment(article, author)
    reply = answer(article, "Yes.", parent=parent)
    flows.hide_comment(comment=parent, reason="off topic")
    edited = flows.edit_comment(comment=reply, by=reply.author, text="@CB: yes.")
    assert edited.reply_links.get().target == visible


def test_edit_of_a_comment_moved_below_a_later_one_answers_that_one(article):
    moved = answer(article, "Yes.")
    later = make_comment(article, make_member("CB"))
    branches.move_comment(comment=moved, parent=later)
    edited = flows.edit_comment(comment=moved, by=moved.author, text="@CB: yes.")
    assert edited.reply_links.get().target == later


def test_link_keeps_its_comment_when_the_member_is_renamed_and_the_text_edited(article):
    cb = make_member("CB")
    first = make_comment(article, cb)
    reply = answer(article, "@CB: yes")
    cb.display_name = "Charles B."
    cb.save()
    edited = flows.edit_comment(comment=reply, by=reply.author, text="@CB: yes, indeed")
    assert edited.reply_links.get().target == first
    assert link(first, "@Charles B.") in edited.html


def test_edit_that_drops_a_name_drops_its_link(article):
    make_comment(article, make_member("One"))
    two = make_comment(article, make_member("Two"))
    reply = answer(article, "@One: yes")
    edited = flows.edit_comment(comment=reply, by=reply.author, text="@Two: yes")
    assert edited.reply_links.get().target == two


def test_number_of_queries_does_not_depend_on_the_number_of_names(
    article, django_assert_max_num_queries
):
    for name in ("One", "Two", "Three", "Four", "Five"):
        make_comment(article, make_member(name))
    with django_assert_max_num_queries(3):
        reply_links.resolve("<p>@One @Two @Three#3 @Four @Five</p>", article=article)


@given(st.text(alphabet="@#<>&\"' abAZ19.:\n") | st.text())
def test_html_without_members_is_drawn_as_it_was(text):
    from forum.markup import clean_html

    html = clean_html(text, link_rel="nofollow")
    for at in reply_links.candidates(html):
        assert all(one.length > 0 for one in at)
    drawn, used = reply_links.draw(html, {}, article_id=1)
    assert (drawn, used) == (html, {})


SPACELESS = set("陈思远你好")
NAMES = ["Tom", "Tom T", "Tom T.", "J.J.", "d'Artagnan", "Zoë", "陈思远", "Gone", "Quiet One"]
WORDS = [
    *NAMES,
    "TOM",
    "zoe\u0308",
    "Tоm",
    "Quiet",
    "你好",
    "x",
    "\n",
    "_",
    "&",
    "<",
    ">",
    ".",
    "1",
]
LINK = re.compile(r'<bdi><a class="(?:reply-link|mention)" href="[^"<>]*">[^<>]*</a></bdi>')
INSIDE = {"p": True, "em": True, "code": False, "blockquote": False, "a": False}
pieces = st.lists(
    st.tuples(
        st.sampled_from(sorted(INSIDE)),
        st.lists(
            st.builds(
                "".join,
                st.tuples(
                    st.sampled_from(["@", "@", "@", "", " "]),
                    st.sampled_from(WORDS),
                    st.sampled_from(["", "", " ", "#1", "#2", "#6", "#12", "#03", "#x", ":"]),
                ),
            ),
            max_size=6,
        ).map("".join),
    ),
    max_size=4,
)


def is_word(character):
    return character.isalnum() or character == "_"


def is_whole(name, rest):
    """Whether a name may end before `rest`: not within a word, but for scripts without spaces."""
    if not rest or {name[-1], rest[0]} & SPACELESS:
        return True
    return not (is_word(name[-1]) and is_word(rest[0]))


def readings(text, member, said, latest):
    """Every way to read the beginning of a text as a handle of this member: its length, the
    handle, and the comment it means."""
    for end in range(1, len(text) + 1):
        name, rest = text[:end], text[end:]
        is_theirs = display_key(name) == member.display_key
        if name != name.strip() or set("@\n") & set(name) or not is_theirs:
            continue
        if not is_whole(name, rest):
            continue
        yield end, name.casefold(), latest
        for comment in said:
            number = f"#{comment.number}"
            after = rest[len(number) : len(number) + 1]
            if rest.startswith(number) and not is_word(after) and after != "#":
                yield end + len(number), f"{name}{number}".casefold(), comment


def meant(text, members, comments, before, parent):
    """What the handles in a text mean, by trying every end of every name for every member."""
    at, found = 0, {}
    while (at := text.find("@", at) + 1) > 0:
        if at > 1 and (is_word(text[at - 2]) or text[at - 2] in ".@/&#;"):
            continue
        fits = []
        for member in members:
            said = [c for c in comments if c.author == member and c.is_visible]
            said = [c for c in said if before is None or c.number < before]
            latest = max(said, key=lambda c: c.number, default=None)
            if parent and parent.author == member and parent.is_visible:
                latest = parent
            for length, handle, comment in readings(text[at:], member, said, latest):
                fits.append((length, handle, comment, member))
        if fits:
            length, handle, comment, member = max(fits, key=lambda fit: fit[0])
            found[handle] = (comment, member)
            at += length
    return found


def test_handles_mean_what_trying_everything_finds(article):
    members = [make_member(name) for name in NAMES]
    comments = [make_comment(article, member) for member in members[:-1] for _twice in range(2)]
    for comment in comments[2:9:3]:
        flows.hide_comment(comment=comment, reason="off topic")
    comments = list(Comment.objects.select_related("author").order_by("number"))
    members[-2].is_active = False
    members[-2].save()

    @settings(max_examples=300, deadline=None)
    @given(
        pieces,
        st.none() | st.integers(min_value=1, max_value=len(comments)),
        st.none() | st.sampled_from(comments),
    )
    def agree(pieces, before, parent):
        html = "".join(f"<{tag}>{escape(text, quote=False)}</{tag}>" for tag, text in pieces)
        answers = reply_links.resolve(html, article=article, before=before, parent=parent)
        drawn, used = reply_links.draw(html, answers, article_id=article.pk)
        assert re.findall("<[^>]*>?", LINK.sub("", drawn)) == re.findall("<[^>]*>", html)
        active = [member for member in members if member.is_active]
        expected = {}
        for tag, text in pieces:
            if INSIDE[tag]:
                expected |= meant(text, active, comments, before, parent)
        assert {handle: (a.comment, a.member) for handle, a in used.items()} == expected

    agree()


def test_words_round_a_name_stay_words(article):
    zoe = make_member("Zoë")
    text = "<i>a</i> & @Zoë <script>alert(1)</script> @Zoë: &lt;b&gt; <b>"
    html = make_comment(article, text=text).html
    link = f'<bdi><a class="mention" href="{zoe.get_absolute_url()}">@Zoë</a></bdi>'
    assert html == (
        f"<p>&lt;i&gt;a&lt;/i&gt; &amp; {link} &lt;script&gt;alert(1)&lt;/script&gt; "
        f"{link}: &lt;b&gt; &lt;b&gt;</p>"
    )


# A comment moves while it is being answered -------------------------------------------------------


def answer_while_its_target_moves():
    """The HTML of a comment that names another one, which moves to another article after it was
    looked up and before the answer has its number."""
    target = make_comment(text="Here for now.")
    home, away, member = target.article, make_article(), make_member()
    has_moved = threading.Event()

    def move():
        with transaction.atomic():
            branches.move_comment(comment=target, article=away)
            has_moved.set()
            wait_until_somebody_waits()

    def answer():
        has_moved.wait(timeout=10)
        text = f"@{target.author.display_name}: no."
        return flows.post_comment(author=member, article=home, text=text).html

    _moved, html = race(move, answer)
    return html, target


@pytest.mark.django_db(transaction=True)
def test_link_to_a_comment_that_moves_away_meanwhile_follows_it():
    html, target = answer_while_its_target_moves()
    assert f'href="{target.get_absolute_url()}"' in html


@pytest.mark.django_db(transaction=True)
def test_control_without_looking_again_the_link_leads_to_nothing(monkeypatch):
    monkeypatch.setattr(reply_links, "moved", lambda *_args, **_kwargs: {})
    html, _target = answer_while_its_target_moves()
    assert 'href="#comment-1"' in html


def test_link_within_the_page_that_was_typed_by_hand_leads_there_where_the_text_stands_alone(
    client,
):
    first = make_comment()
    there = f"{first.article.get_absolute_url()}comment-1/"
    text = "[Above](#comment-1), [the end](#discussion)."
    comment = make_comment(first.article, text=text)
    assert 'href="#comment-1"' in client.get(first.article.get_absolute_url()).content.decode()
    for name in ("comment_page", "comment_card", "comment_history"):
        page = client.get(reverse(name, args=[comment.pk])).content.decode()
        if "Above" in page:
            assert f'href="{there}" rel="ugc nofollow noopener">Above' in page, name
            assert 'href="#comment-1"' not in page, name
    assert client.get(there).url == first.get_absolute_url()


def test_link_typed_by_hand_leads_to_the_page_of_the_discussion_that_has_the_comment(
    client, settings
):
    settings.COMMENTS_PER_PAGE = 2
    first = make_comment()
    make_comment(first.article)
    make_comment(first.article, text="[Above](#comment-1) and [below](#comment-4).")
    make_comment(first.article)
    here = first.article.get_absolute_url()
    page = client.get(here, {"start": 3}).content.decode()
    assert f'href="{here}comment-1/" rel' in page
    assert 'href="#comment-4" rel' in page
