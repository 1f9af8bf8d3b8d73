"""Pages for reading: the front page, the article with its discussion, a member's comments."""

from functools import partial
from uuid import uuid4

from django.conf import settings
from django.db.models import Sum
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string

from accounts.models import User
from forum import pagination
from forum.articles.models import Article, ArticleAddress
from forum.articles.views import page_of
from forum.comments import discussion, holding, permissions
from forum.comments import kept as kept_comments
from forum.comments.forms import opened_now
from forum.comments.models import Comment
from forum.postgresql import prepared
from forum.reading import answers, being_discussed, flows, kept_pages, orders, pieces, states
from forum.reading.kept_pages import kept
from forum.reading.marks import count_new
from forum.reading.mine import mine
from forum.reading.models import PersonFollowing
from forum.reading.own import in_lists, public
from forum.tags.models import Category

MOST_NAMES = 20  # that a member had before


@kept(states.front_page, queries=())
def home(request):
    page = page_of(request, Article.objects.all())
    if request.user.is_authenticated:
        count_new(request.user, page.rows)
    context = {
        "page": page,
        "lead": page.rows[0] if page.is_first and page.rows else None,
        "river": page.rows[1:] if page.is_first else page.rows,
        "latest": in_lists(request.user)
        .select_related("author", "article")
        .newest_first()[: states.LATEST_COMMENTS],
        "discussed": being_discussed.articles(being_discussed.being_discussed()),
        "categories": Category.objects.all(),
    }
    return render(request, "articles/home.html", context)


@kept(states.article)
def article(request, day, slug):
    state = _state(request, day, slug)
    piece = state and pieces.read(day, slug, state=state.partition(" ")[0])
    if piece is None:
        readable = Article.objects.readable_by(request.user)
        found = readable.for_reading().filter(publish_date=day, slug=slug).first()
        if found is None:
            return _to_former_address(readable, day, slug)
        piece = pieces.of(found)
    order = orders.order_for(request)
    former_anchors = request.GET.get("anchors") == "former"
    comments = _comments(request, piece.article, order, former_anchors=former_anchors)
    why_not = permissions.why_not_comment(request.user, piece.article)
    is_member = request.user.is_authenticated
    context = _alone(request, piece.article) | {
        "article": piece.article,
        "piece": piece,
        "discussion": comments,
        "cards": answers.GAP,
        "former_anchors": former_anchors,
        "why_not_comment": why_not,
        "may_reply": not why_not or not (is_member or piece.article.is_closed),
        "post_key": uuid4(),
        "opened": opened_now(),
    }
    html = render_to_string("articles/article.html", context, request)
    return orders.remember(request, answers.filled(request, html, comments.cards), order)


def _state(request, day, slug):
    """The state of the page for who asks, which was read before the page is; None for an address
    where nothing is published. One query, which for readers was asked already."""
    if not request.user.is_authenticated:
        return request.state_of_page or prepared.ask(*states.article(day, slug))
    asked = partial(
        states.members_article,
        day,
        slug,
        session_key=request.session.session_key,
        member=request.user.pk,
    )
    return kept_pages.ask_for_member(request, asked)


def _to_former_address(readable, day, slug):
    former = get_object_or_404(
        ArticleAddress.objects.select_related("article"),
        publish_date=day,
        slug=slug,
        article__in=readable,
    )
    return redirect(former.article, permanent=former.article.is_published)


def _alone(request, article):
    """What the page says to this member alone, who is there from now on."""
    if not request.user.is_authenticated:
        return {"mine": None, "standing": None, "waiting": []}
    standing = flows.visit(member=request.user, article=article)
    own = mine(request.user, article, standing.own, csrf=get_token(request))
    waiting = discussion.waiting(article, request.user) if own["held"] else []
    return {
        "mine": own | {"marks": standing.data},
        "standing": standing,
        "waiting": waiting,
        "usual_wait": holding.usual_wait() if waiting else None,
    }


def comment(request, pk):
    """A comment with all that this reader can do with it: where there is no script to put the
    verbs beside it."""
    found = get_object_or_404(
        Comment.objects.readable_by(request.user)
        .select_related("article", "author")
        .knowing_locks(),
        pk=pk,
    )
    context = {
        "comment": found,
        "may_reply": not permissions.why_not_reply(request.user, found)
        or not (request.user.is_authenticated or found.article.is_closed),
        "may_edit": not permissions.why_not_edit(request.user, found),
        "may_withdraw": not permissions.why_not_withdraw(request.user, found),
        "may_like": found.is_visible and found.author_id != request.user.pk,
        "may_moderate": found.article.is_moderated_by(request.user),
        "may_flag": found.is_visible and found.author_id != request.user.pk,
    }
    return render(request, "comments/comment.html", context)


def permalink(request, pk):
    """To the page that shows the comment, in the order the reader is used to, and down to it."""
    order = orders.order_for(request)
    comment = get_object_or_404(Comment.objects.shown().select_related("article"), pk=pk)
    get_object_or_404(Article.objects.readable_by(request.user), pk=comment.article_id)
    start = discussion.start_of_page_with(comment, order=order)
    # Who asks for an order gets it, also where no cookie is taken.
    place = f"?order={order}" if start or request.GET.get("order") == order else ""
    place += f"&start={start}" if start else ""
    response = redirect(f"{comment.article.get_absolute_url()}{place}#{comment.anchor}")
    return orders.remember(request, response, order)


def member(request, username):
    """Who somebody is and what they said, newest first, each with what it answers."""
    person = get_object_or_404(User, username=username)
    page = _said_by(request, person)
    context = {"page": page, "tab": "comments", **_about(request, person)}
    return render(request, "comments/member.html", context)


def member_liked(request, username):
    """What somebody said that others like, newest first, and how often they do in all."""
    person = get_object_or_404(User, username=username)
    likes = person.likes_received.public().aggregate(all=Sum("likes"))["all"] or 0
    page = _said_by(request, person, like_count__gt=0)
    context = {"page": page, "tab": "liked", "likes": likes, **_about(request, person)}
    return render(request, "comments/member.html", context)


def _said_by(request, person, **which):
    return pagination.page_or_404(
        public().filter(author=person, **which).in_context(),
        moment="posted_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )


def _about(request, person):
    """What stands at the head of a member's page; earlier names for members alone."""
    if not request.user.is_authenticated:
        return {"member": person}
    return {
        "member": person,
        "following": PersonFollowing.objects.filter(member=request.user, person=person).first(),
        "former_names": list(person.former_names.order_by("-given_up_at", "-pk")[:MOST_NAMES]),
    }


def _comments(request, piece, order, *, former_anchors):
    """The page of comments asked for; the author's alone are read in order of time."""
    by_host = request.GET.get("by") == "author"
    return kept_comments.read(
        piece,
        order="time" if by_host else order,
        start=number_or_none(request.GET.get("start")),
        by_host=by_host,
        former_anchors=former_anchors,
    )


def number_or_none(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
