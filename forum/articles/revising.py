"""The texts an article had: the list of them, two beside each other, and one brought back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum import pagination
from forum.articles import flows
from forum.articles.comparing import compare
from forum.articles.gates import authors_only
from forum.articles.models import Article

REVISIONS_LISTED = 50


@require_safe
@authors_only
def revisions(request, pk):
    article = _editable(request, pk)
    page = pagination.page_or_404(
        article.revisions.select_related("saved_by").defer("text", "standfirst"),
        moment="saved_at",
        before=request.GET.get("before"),
        size=REVISIONS_LISTED,
    )
    return render(request, "articles/revisions.html", {"article": article, "page": page})


@require_safe
@authors_only
def comparison(request, pk):
    """The words of revision `?old=` and `?new=`; the older stands first whichever is which."""
    article = _editable(request, pk)
    wanted = [request.GET.get(name, "") for name in ("old", "new")]
    if not all(one.isdecimal() and len(one) < 19 for one in wanted):
        raise Http404
    chosen = article.revisions.select_related("saved_by").filter(pk__in=wanted).order_by("pk")
    if len(chosen) != len(set(wanted)):
        raise Http404
    old, new = chosen[0], chosen[len(chosen) - 1]
    context = {"article": article, "old": old, "new": new, "differences": compare(old, new)}
    return render(request, "articles/compare.html", context)


@require_POST
@authors_only
def restore(request, pk, revision):
    article = _editable(request, pk)
    chosen = get_object_or_404(article.revisions.select_related("article"), pk=revision)
    try:
        flows.restore_revision(revision=chosen, by=request.user)
    except flows.ArticleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("That text is back. The one before it is kept below."))
    return redirect("article_revisions", article.pk)


def _editable(request, pk):
    return get_object_or_404(Article.objects.editable_by(request.user).defer("html"), pk=pk)
