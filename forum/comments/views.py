"""Writing comments and liking them: post, reply, edit, withdraw, like, and the texts a comment had
before."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import kept_text
from accounts.gates import members_only
from forum.articles.models import Article
from forum.comments import flows, permissions
from forum.comments.forms import CommentForm
from forum.comments.models import Comment

form_view = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = 422  # Unprocessable content: the page says why and has the text


@form_view
@members_only
def post(request, day, slug):
    readable = Article.objects.readable_by(request.user)
    article = get_object_or_404(readable, publish_date=day, slug=slug)
    return _compose(
        request,
        article,
        why_not=permissions.why_not_comment(request.user, article),
        save=lambda text, key: flows.post_comment(
            author=request.user, article=article, text=text, post_key=key
        ),
    )


@form_view
@members_only
def reply(request, pk):
    parent = _standing(request, pk)
    return _compose(
        request,
        parent.article,
        parent=parent,
        initial=f"@{parent.author.display_name}: " if parent.is_visible else "",
        why_not=permissions.why_not_reply(request.user, parent),
        save=lambda text, key: flows.post_comment(
            author=request.user, article=parent.article, text=text, parent=parent, post_key=key
        ),
    )


@form_view
@members_only
def edit(request, pk):
    comment = get_object_or_404(
        _standing_comments(request).filter(author=request.user, withdrawn_at=None), pk=pk
    )
    return _compose(
        request,
        comment.article,
        parent=comment.parent,
        comment=comment,
        initial=comment.text,
        why_not=permissions.why_not_edit(request.user, comment),
        save=lambda text, key: flows.edit_comment(comment=comment, by=request.user, text=text),
    )


@form_view
@members_only
def withdraw(request, pk):
    comment = get_object_or_404(_standing_comments(request).filter(author=request.user), pk=pk)
    if request.method == "POST":
        try:
            flows.withdraw_comment(comment=comment, by=request.user)
        except flows.ReplyRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your comment is withdrawn."))
        return redirect(f"{comment.article.get_absolute_url()}#discussion")
    return render(request, "comments/withdraw.html", {"comment": comment})


@form_view
@members_only
def like(request, pk):
    """Like a comment, or with `like` empty like it no more; scripts get the count in words."""
    comment = _standing(request, pk)
    if request.method != "POST":
        liked = comment.likes.filter(member=request.user).exists()
        why_not = None if liked else permissions.why_not_like(request.user, comment)
        context = {"comment": comment, "liked": liked, "why_not": why_not}
        return render(request, "comments/like.html", context)
    by_script = request.headers.get("X-Requested-With") == "fetch"
    act = flows.like_comment if request.POST.get("like") else flows.unlike_comment
    try:
        comment = act(comment=comment, by=request.user)
    except flows.LikeRefused as refusal:
        if by_script:
            return JsonResponse({"words": str(refusal)}, status=REFUSED)
        context = {"comment": comment, "liked": False, "why_not": str(refusal)}
        return render(request, "comments/like.html", context, status=REFUSED)
    if by_script:
        return JsonResponse({"count": comment.like_count, "words": _likes(comment.like_count)})
    return redirect(comment)


@require_safe
def history(request, pk):
    """What a comment said before it was edited, oldest first; for who may read the comment."""
    readable = Comment.objects.readable_by(request.user).select_related("article", "author")
    comment = get_object_or_404(readable, pk=pk)
    return render(
        request,
        "comments/history.html",
        {"comment": comment, "revisions": comment.revisions.all()},
    )


def _likes(count):
    return ngettext("%(count)s like", "%(count)s likes", count) % {"count": count}


def _standing(request, pk):
    return get_object_or_404(_standing_comments(request), pk=pk)


def _standing_comments(request):
    """Comments of articles that may be read, also those out of sight: who answers one of them
    gets the text back instead of a page that knows nothing."""
    return Comment.objects.filter(
        article__in=Article.objects.readable_by(request.user)
    ).select_related("article", "author", "parent__author")


def _compose(request, article, *, save, why_not, initial="", parent=None, comment=None):
    """The composer's page: shows, previews, saves, or says why not and gives the text back."""
    kept = kept_text.take(request)
    form = CommentForm(
        request.POST if request.method == "POST" else None,
        initial={"text": initial} | {name: kept[name] for name in ("text",) if name in kept},
    )
    preview = ""
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if "preview" in request.POST:
                preview = flows.preview_comment(
                    article=article, text=text, parent=parent, comment=comment
                )
            else:
                return _to(request, save(text, form.cleaned_data.get("post_key")))
        except flows.ReplyRefused as refusal:
            form.add_error("text", str(refusal))
    context = {
        "form": form,
        "article": article,
        "parent": parent,
        "comment": comment,
        "preview": preview,
        "why_not": why_not,
        "may_write": not why_not or form.is_bound or bool(kept),
    }
    return render(request, "comments/write.html", context, status=REFUSED if form.errors else 200)


def _to(request, comment):
    """To the comment in its place; one that waits for a moderator has none that others see."""
    if comment.held_at is None:
        return redirect(comment)
    messages.info(request, _("Your comment waits for a moderator. You see it, others do not yet."))
    return redirect(f"{comment.article.get_absolute_url()}#waiting")
