"""Pages for authors: their articles, the editor, the preview, publishing."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import kept_text
from accounts.gates import members_only
from forum import pagination
from forum.articles import flows
from forum.articles.covers import PictureRefused
from forum.articles.forms import ArticleForm, PublishForm
from forum.articles.models import Article
from forum.markup import MarkupRefused

ARTICLES_LISTED = 50
form_view = require_http_methods(["GET", "HEAD", "POST"])


def authors_only(view):
    @wraps(view)
    @members_only
    def gate(request, *args, **kwargs):
        if not (request.user.is_author or request.user.is_staff):
            raise PermissionDenied(_("Only authors write articles here."))
        return view(request, *args, **kwargs)

    return gate


@require_safe
@authors_only
def mine(request):
    """An author's own articles, drafts and all, the latest begun first."""
    page = pagination.page_or_404(
        Article.objects.filter(author=request.user).defer("text", "html"),
        moment="created_at",
        before=request.GET.get("before"),
        size=ARTICLES_LISTED,
    )
    return render(request, "articles/mine.html", {"page": page})


@form_view
@authors_only
def new(request):
    return _write(
        request,
        Article(author=request.user),
        lambda piece: flows.create_article(author=request.user, piece=piece),
    )


@form_view
@authors_only
def edit(request, pk):
    article = get_object_or_404(Article.objects.editable_by(request.user), pk=pk)
    return _write(
        request, article, lambda piece: flows.revise_article(article=article, piece=piece)
    )


@require_safe
@authors_only
def preview(request, pk):
    article = get_object_or_404(Article.objects.editable_by(request.user).for_reading(), pk=pk)
    form = PublishForm(initial={"at": article.published_at})
    return render(request, "articles/preview.html", {"article": article, "form": form})


@form_view
@authors_only
def publish(request, pk):
    article = get_object_or_404(Article.objects.editable_by(request.user).for_reading(), pk=pk)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            article = flows.publish_article(article=article, at=form.cleaned_data["at"])
        except flows.ArticleRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Published.") if article.is_published else _("Scheduled."))
            return redirect(article)
    return render(request, "articles/preview.html", {"article": article, "form": form})


@form_view
@authors_only
def unpublish(request, pk):
    article = get_object_or_404(Article.objects.editable_by(request.user), pk=pk)
    if request.method == "POST":
        flows.unpublish_article(article=article)
        messages.success(request, _("The article is a draft again."))
        return redirect("article_edit", pk)
    return render(request, "articles/unpublish.html", {"article": article})


def _write(request, article, save):
    """The editor: saves, or says why not beside the field with all that was written."""
    form = ArticleForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        instance=article,
        initial=kept_text.take(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = save(form.piece())
        except PictureRefused as refusal:
            form.add_error("cover", str(refusal))
        except MarkupRefused as refusal:
            form.add_error("text", str(refusal))
        except flows.ArticleRefused as refusal:
            form.add_error("cover_alt", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(saved if saved.is_published else "article_preview", *_key(saved))
    return render(request, "articles/write.html", {"form": form, "article": article})


def _key(article):
    return [] if article.is_published else [article.pk]
