"""Pages for authors: their articles, the editor, the preview, publishing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept_text
from forum import pagination
from forum.articles import flows, working_copies
from forum.articles.comparing import Conflict
from forum.articles.forms import (
    REFUSALS,
    ArticleForm,
    PictureForm,
    PublishForm,
    ReturnForm,
    SubmitForm,
)
from forum.articles.gates import authors_only
from forum.articles.models import Article, WorkingCopy
from forum.articles.uploads import signed
from forum.tags.flows import suggest_tags
from forum.tags.naming import LONGEST_TAG

ARTICLES_LISTED = 50
CHANGED_MEANWHILE = 409  # Conflict: the page shows what somebody else saved, and has the text
form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@authors_only
def mine(request):
    """A writer's own articles, drafts and all, the latest begun first; for editors also what was
    handed in."""
    page = pagination.page_or_404(
        Article.objects.by(request.user).defer("text", "html"),
        moment="created_at",
        before=request.GET.get("before"),
        size=ARTICLES_LISTED,
    )
    unsaved = WorkingCopy.objects.filter(editor=request.user).select_related("article")
    context = {"page": page, "unsaved": unsaved.order_by("-kept_at")[:ARTICLES_LISTED]}
    if request.user.edits_all:
        waiting = Article.objects.submitted().select_related("author").defer("text", "html")
        context["waiting"] = waiting[:ARTICLES_LISTED]
    return render(request, "articles/mine.html", context)


@form_view
@authors_only
def new(request):
    return _write(request, Article(author=request.user))


@form_view
@authors_only
def edit(request, pk):
    article = get_object_or_404(Article.objects.editable_by(request.user).defer("html"), pk=pk)
    return _write(request, article)


@require_safe
@authors_only
def tag_suggestions(request):
    """The tags there are that begin as `?q=` does, for completing what is typed."""
    found = suggest_tags(beginning=request.GET.get("q", "")[:LONGEST_TAG])
    return JsonResponse({"tags": [{"name": tag.name, "pieces": tag.pieces} for tag in found]})


@require_POST
@authors_only
def upload(request):
    """Stores a picture for the text or the cover; says where it is, or why it cannot be."""
    form = PictureForm(request.POST, request.FILES, sender=request.user)
    if not form.is_valid():
        said = " ".join(error for errors in form.errors.values() for error in errors)
        return JsonResponse({"said": said}, status=422)
    name = form.cleaned_data["picture"]
    return JsonResponse(
        {"address": default_storage.url(name), "kept": signed(name), "markdown": form.markdown()}
    )


@require_safe
@authors_only
def preview(request, pk):
    return _preview(request, _read(request, pk))


@form_view
@authors_only
def publish(request, pk):
    article = _read(request, pk)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            article = flows.publish_article(
                article=article, at=form.cleaned_data["at"], by=request.user
            )
        except flows.ArticleRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Published.") if article.is_published else _("Scheduled."))
            return redirect(article)
    return _preview(request, article, publish_form=form)


@form_view
@authors_only
def unpublish(request, pk):
    article = get_object_or_404(Article.objects.editable_by(request.user), pk=pk)
    if request.method == "POST":
        try:
            flows.unpublish_article(article=article, by=request.user)
        except flows.ArticleRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(article)
        messages.success(request, _("The article is a draft again."))
        return redirect("article_edit", pk)
    return render(request, "articles/unpublish.html", {"article": article})


@form_view
@authors_only
def submit(request, pk):
    article = _read(request, pk)
    form = SubmitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if flows.submit_article(article=article, by=request.user, note=form.cleaned_data["note"]):
            messages.success(request, _("Handed in. An editor will read it."))
        return redirect("article_preview", pk)
    return _preview(request, article, submit_form=form)


@form_view
@authors_only
def send_back(request, pk):
    article = _read(request, pk)
    form = ReturnForm(request.POST if request.method == "POST" else None, prefix="back")
    if request.method == "POST" and form.is_valid():
        try:
            flows.return_article(article=article, by=request.user, note=form.cleaned_data["note"])
        except flows.ArticleRefused as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        messages.success(request, _("Sent back to its author."))
        return redirect("articles_mine")
    return _preview(request, article, return_form=form)


def _read(request, pk):
    return get_object_or_404(Article.objects.editable_by(request.user).for_reading(), pk=pk)


def _preview(request, article, *, publish_form=None, submit_form=None, return_form=None):
    """The article as it will be, with what this person may do with it."""
    context = {
        "article": article,
        "publish_form": publish_form or PublishForm(initial={"at": article.published_at}),
        "submit_form": submit_form or SubmitForm(),
        "return_form": return_form or ReturnForm(prefix="back"),
    }
    return render(request, "articles/preview.html", context)


def _write(request, article):
    """The editor: saves, or says why not beside the field with all that was written."""
    if "add_picture" in request.POST:
        return _add_picture(request, article)
    posted = request.method == "POST"
    kept = kept_text.take(request)
    copy = None if posted or kept else working_copies.waiting(request, article)
    form = ArticleForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        instance=article,
        initial=kept or (copy.fields if copy else None),
        sender=request.user,
    )
    conflict = None
    if posted and form.is_valid():
        try:
            saved = _save(article, form, request.user)
        except REFUSALS as refusal:
            form.refuse(refusal)
            if isinstance(refusal, flows.ArticleChanged):
                conflict = Conflict(refusal, form)
        else:
            messages.success(request, _("Saved."))
            return redirect(saved if saved.is_published else "article_preview", *_key(saved))
    return _editor(request, article, form, copy=copy, conflict=conflict)


def _add_picture(request, article):
    """The editor with a picture put behind the text; nothing is saved yet."""
    typed = working_copies.fields_of(request.POST)
    picture = PictureForm(request.POST, request.FILES, sender=request.user)
    if picture.is_valid():
        typed["text"] = f"{typed['text'].rstrip()}\n\n{picture.markdown()}\n"
        picture = PictureForm()
    form = ArticleForm(instance=article, initial=typed)
    return _editor(request, article, form, picture=picture)


def _editor(request, article, form, *, copy=None, conflict=None, picture=None):
    context = {
        "form": form,
        "article": article,
        "copy": copy,
        "conflict": conflict,
        "picture": picture or PictureForm(),
    }
    status = CHANGED_MEANWHILE if conflict else 200
    return render(request, "articles/write.html", context, status=status)


def _save(article, form, by):
    key = form.cleaned_data["write_key"]
    if article.pk is None:
        return flows.create_article(author=by, piece=form.piece(), write_key=key)
    return flows.revise_article(
        article=article,
        piece=form.piece(),
        by=by,
        began_from=form.cleaned_data["began_from"],
        write_key=key,
    )


def _key(article):
    return [] if article.is_published else [article.pk]
