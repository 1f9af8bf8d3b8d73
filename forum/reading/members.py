"""Pages of one member's own: their discussions, and what they follow and mute."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import members_only
from accounts.models import User
from forum import pagination
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.reading.forms import FollowingForm, PersonFollowingForm
from forum.reading.marks import count_new
from forum.reading.models import Following, PersonFollowing
from forum.reading.own import in_lists, my_discussions

MOST_ARTICLES = 5  # of those that people I follow wrote

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@members_only
def discussions(request):
    """Where I took part or follow, newest activity first."""
    page = pagination.page_or_404(
        my_discussions(request.user),
        moment="last_commented_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
    count_new(request.user, page.rows)
    return render(request, "reading/discussions.html", {"page": page})


@form_view
@members_only
def article_following(request, day, slug):
    readable = Article.objects.readable_by(request.user)
    return _following(request, get_object_or_404(readable, publish_date=day, slug=slug))


@form_view
@members_only
def branch_following(request, pk):
    readable = Comment.objects.readable_by(request.user).select_related("article", "author")
    branch = get_object_or_404(readable, pk=pk)
    return _following(request, branch.article, branch)


@form_view
@members_only
def member_following(request, username):
    person = get_object_or_404(User.objects.exclude(pk=request.user.pk), username=username)
    found = PersonFollowing.objects.filter(member=request.user, person=person).first()
    form = PersonFollowingForm(
        request.POST if request.method == "POST" else None, initial={"choice": _choice(found)}
    )
    if request.method == "POST" and form.is_valid():
        form.act()(member=request.user, person=person)
        messages.success(request, _("Saved."))
        return redirect(person)
    return render(request, "reading/member_following.html", {"form": form, "member": person})


@require_safe
@members_only
def people(request):
    """Whom I follow and mute, and what those I follow wrote and said, newest first."""
    mine = PersonFollowing.objects.filter(member=request.user)
    followed = mine.filter(followed_at__isnull=False).values("person")
    page = pagination.page_or_404(
        in_lists(request.user).filter(author__in=followed).in_context(),
        moment="posted_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
    articles = Article.objects.published().filter(author__in=followed).newest_first()
    context = {
        "page": page,
        "followings": mine.select_related("person").order_by("person__display_key"),
        "articles": articles.select_related("author").defer("text", "html")[:MOST_ARTICLES],
    }
    return render(request, "reading/people.html", context)


def _choice(following):
    return "neither" if following is None else "mute" if following.muted_at else "follow"


def _following(request, article, branch=None):
    found = Following.objects.filter(member=request.user, article=article, branch=branch).first()
    form = FollowingForm(
        request.POST if request.method == "POST" else None, initial={"choice": _choice(found)}
    )
    back = branch.get_absolute_url() if branch else f"{article.get_absolute_url()}#discussion"
    if request.method == "POST" and form.is_valid():
        form.act()(member=request.user, article=article, branch=branch)
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {"form": form, "article": article, "branch": branch, "back": back}
    return render(request, "reading/following.html", context)
